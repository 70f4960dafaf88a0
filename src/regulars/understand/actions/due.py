"""What is to be done, for everybody at once: at all places, and late ones by whom they concern."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from regulars.ground.kit.sql import named


@dataclass(frozen=True)
class Work:
    """At a place and below it, what was given out from another action left out: open and to be done
    on a day or before it, open and late by then, open at all, done on the day."""

    due: int = 0
    late: int = 0
    still_open: int = 0
    done: int = 0


@dataclass(frozen=True)
class Late:
    """Actions of somebody that have become late: one's own (`is_own`), or given to others. `first`
    are the first of them in words, `action_id` the very first."""

    user_id: int
    language: str
    is_own: bool
    count: int
    first: list[str]
    action_id: int


def work_of_places(day: date) -> dict[int, Work]:
    """By node id, of all places that have any, in one question."""
    return {row[0]: Work(*row[1:]) for row in _rows("work_of_places", {"day": day})}


def list_newly_late(since: date, day: date, language: str) -> list[Late]:
    """What was to be done between `since` and `day` (without it) and is still open, one line for
    everyone whom it concerns; `language` is that of whoever chose none."""
    asked = {"since": since, "day": day, "language": language}
    return [Late(*row) for row in _rows("newly_late", asked)]


def _rows(name: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, name), parameters)
        return list(cursor.fetchall())
