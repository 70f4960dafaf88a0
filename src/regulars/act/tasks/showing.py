"""What a lead's card shows, of many leads in one statement: a phone asks for it again and again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from regulars.act.tasks.contacts import counted_since, open_channels
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named


@dataclass(frozen=True)
class Shown:
    """A lead as its card shows it; names are "" where there is none. `good` is the first of the
    goods that suit her; `child_birth_on` and `child_due_on` are her youngest child's; `consents`
    and `contacts` go by channel."""

    id: int
    version: int
    parent_id: int | None
    member_id: int | None
    title: str
    reason: str
    talk: str
    content_url: str
    coupon: str
    value_cents: int | None
    due_on: date
    is_to_do: bool
    staff_name: str
    good: str
    is_service: bool
    member_name: str
    member_code: str
    child_birth_on: date | None
    child_due_on: date | None
    consents: Mapping[str, bool | None]
    contacts: Mapping[str, int]

    @property
    def is_late(self) -> bool:
        return self.is_to_do and self.due_on < clock.today()

    @property
    def channels(self) -> list[str]:
        """Those that may be used with her now; none for a task without a member."""
        if self.member_id is None:
            return []
        return open_channels(self.consents, self.contacts, is_service=self.is_service)


def show(lead_ids: Sequence[int]) -> list[Shown]:
    """In the order of their ids; whether they may be seen was asked before."""
    asked: dict[str, Any] = {"leads": list(lead_ids), "since": counted_since()}
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "on_cards"), asked)
        return [Shown(*row) for row in cursor.fetchall()]
