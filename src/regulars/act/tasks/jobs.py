"""What the worker does for leads."""

from typing import Any

from regulars.act.tasks import leaving, merging, mornings
from regulars.act.tasks.forgetting import forget
from regulars.act.tasks.withdrawing import bring_back, withdraw
from regulars.ground.jobs.service import every, subscribe
from regulars.ground.kit import clock
from regulars.know.identities.service import FORGOTTEN, MERGED, get_forgetting
from regulars.know.members.models import Member


@every("* * * * *")
def begin_day() -> None:
    """So often it is looked whether the chain's hour has come."""
    mornings.begin_day()


@every("*/10 * * * *")
def hand_over_of_those_gone() -> None:
    """Whoever left is noticed within minutes of her position's end."""
    leaving.hand_over_of_those_gone(clock.today())


@subscribe("play.stopped")
def drop_leads(play_id: int, **_told: Any) -> None:
    """Nobody is approached for a play that was stopped."""
    withdraw(play_id)


@subscribe("play.paused")
def withdraw_leads(play_id: int, **_told: Any) -> None:
    """Nor for one that rests until it is approved anew."""
    withdraw(play_id)


@subscribe("play.approved")
def bring_leads_back(play_id: int, **_told: Any) -> None:
    """What was withdrawn when it came to rest."""
    bring_back(play_id)


@subscribe(MERGED)
def keep_one_lead(merge_id: int) -> None:
    merging.keep_one_lead(merge_id)


@subscribe(FORGOTTEN)
def forget_leads(forgetting_id: int) -> None:
    member_id = get_forgetting(forgetting_id).member_id
    merged = Member.objects.filter(merged_into=member_id).values_list("pk", flat=True)
    forget([member_id, *merged])
