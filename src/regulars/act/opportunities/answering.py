"""Which of the plays that run answers a finding, and where."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from regulars.act.opportunities.models import Play
from regulars.act.opportunities.reach import pilot_ids
from regulars.act.opportunities.rules import answered_by


@dataclass(frozen=True)
class Placed:
    """A play and its pilot stores; none are all."""

    play: Play
    stores: Set[int]


def placed(plays: Sequence[Play]) -> list[Placed]:
    return [Placed(play, frozenset(pilot_ids(play))) for play in plays]


def find_answer(plays: Sequence[Placed], part: str, factor: str, store_id: int) -> Play | None:
    """Of these plays the first that answers a finding's part and factor, else its part, and that
    runs at a store."""
    here = [each.play for each in plays if not each.stores or store_id in each.stores]
    for answer in answered_by(part, factor):
        for play in here:
            if answer in play.answers:
                return play
    return None
