"""Which of the plays that run answers a finding, and where."""

from collections.abc import Iterable, Sequence, Set
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


def answers_among(plays: Iterable[Play], part: str, factor: str) -> list[Play]:
    """Those of these plays that answer a finding: its part and factor first, then its part."""
    told = list(plays)
    found = [play for each in answered_by(part, factor) for play in told if each in play.answers]
    return list(dict.fromkeys(found))


def find_answer(plays: Sequence[Placed], part: str, factor: str, store_id: int) -> Play | None:
    """Of these plays the first that answers a finding and runs at a store."""
    here = [each.play for each in plays if not each.stores or store_id in each.stores]
    return next(iter(answers_among(here, part, factor)), None)
