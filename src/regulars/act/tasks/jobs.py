"""What the worker does for leads."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from regulars.act.tasks import ending, mornings
from regulars.act.tasks.forgetting import forget
from regulars.ground.jobs.service import every, subscribe
from regulars.know.identities.service import FORGOTTEN, get_forgetting
from regulars.know.members.models import Member

LINES = "lines"


@every("*/5 * * * *")
def begin_day() -> None:
    """So often it is looked whether the chain's hour has come."""
    mornings.begin_day()


@subscribe("batch.loaded")
def end_by_sales(
    kind: str, places: Sequence[Mapping[str, Any]] | None = None, **_told: Any
) -> None:
    """What she was to buy, she bought."""
    if kind == LINES:
        ending.end_by_sales(None if places is None else map(_place, places))


def _place(told: Mapping[str, Any]) -> tuple[int, date]:
    return told["store"], date.fromisoformat(told["on"])


@subscribe("play.stopped")
def drop_leads(play_id: int, **_told: Any) -> None:
    """Nobody is approached for a play that was stopped."""
    ending.drop_of_play(play_id)


@subscribe(FORGOTTEN)
def forget_leads(forgetting_id: int) -> None:
    member_id = get_forgetting(forgetting_id).member_id
    merged = Member.objects.filter(merged_into=member_id).values_list("pk", flat=True)
    forget([member_id, *merged])
