"""The whole chain looked at once: counts, the search, and exact amounts of what it found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt
from django.core.cache import cache
from django.utils.translation import gettext as _

from regulars.ground.org.models import Store
from regulars.understand.diagnosis import calendar, history
from regulars.understand.diagnosis.chain import (
    Chain,
    Lives,
    chain_on,
    groups_of,
    places_of,
    shaken_by,
)
from regulars.understand.diagnosis.cube import Cube, cube_of, without
from regulars.understand.diagnosis.exact import Exact
from regulars.understand.diagnosis.expectation import LEAST_MONTHS
from regulars.understand.diagnosis.findings import Finding, Place
from regulars.understand.diagnosis.scan import Cause, causes_of
from regulars.understand.diagnosis.telling import Look
from regulars.understand.metrics.service import (
    Period,
    Question,
    Tree,
    Trees,
    get_freshness,
    trees_of_places,
)

TargetOf = Callable[[Question], Tree | None]
KEEP_SECONDS = 3600
SHAKEN_FOR = 365
"""Days for which a store's closing or opening is felt next door: as long as its past is."""


@dataclass(frozen=True)
class Found:
    """What was found in the whole chain for one period beside another. `reason` says why not."""

    findings: tuple[Finding, ...]
    calendar_share: float
    openings: tuple[Place, ...]
    reason: str = ""


def look(question: Question, against: str, target_of: TargetOf | None = None) -> Found:
    """Findings of the whole chain for the question's period, the most money first.

    The search is kept in memory until the numbers change; amounts are counted for each asking.
    """
    period, compared = question.period, question.compared
    if compared is None:
        return Found((), 0.0, (), _("There is nothing to compare with."))
    chain = chain_on(period.last_day)
    months = history.past_months(period)
    days = calendar.learn(history.daily_tickets(period.start))
    there = days.weight_of(compared)
    share = days.weight_of(period) / there - 1 if there else 0.0
    if len(months) < LEAST_MONTHS + 1:
        return Found((), share, (), _("Too little history: five whole months are needed."))
    cube = _cube(chain, months, period, days)
    moved = _moved(chain, cube, period, compared)
    causes = _causes(chain, cube, moved, period)
    earlier = _goods_of(compared, chain, months, cube)
    exact = _exact(question, chain, cube, earlier, target_of)
    told = Look(question, compared, against, chain, exact, share, moved)
    findings = [*(told.tell(cause) for cause in causes), *told.circumstances()]
    return Found(tuple(findings), share, told.openings)


def _cube(chain: Chain, months: Sequence[Period], period: Period, days: calendar.Calendar) -> Cube:
    counted = history.counts_of_months(months, chain.stores, chain.counted)
    counted.append(history.counts_of(period, chain.stores, chain.counted))
    busy = [days.weight_of(each) for each in (*months, period)]
    return cube_of(chain.stores, chain.counted, counted, busy)


def _causes(chain: Chain, cube: Cube, moved: Sequence[int], period: Period) -> list[Cause]:
    """The search, kept until the numbers change."""
    key = f"diagnosis:{get_freshness().version}:{period.start}:{period.end}"
    known: list[Cause] | None = cache.get(key)
    if known is None:
        steady = without(cube, moved)
        since = period.start - timedelta(days=SHAKEN_FOR)
        shaken = shaken_by(chain, _lives(chain), since, period.last_day)
        places = places_of(chain, steady, shaken)
        known = causes_of(steady, places, groups_of(chain), chain.root)
        cache.set(key, known, KEEP_SECONDS)
    return known


def _moved(chain: Chain, cube: Cube, period: Period, compared: Period) -> tuple[int, ...]:
    """Stores that opened or closed since the compared period began: by their dates, and by having
    sold nothing now or nothing last month."""
    since = min(compared.start, period.start)
    told = {
        pk
        for pk, (opened, closed) in _lives(chain).items()
        if (opened and opened > since) or (closed and closed <= period.last_day)
    }
    tickets = cube.place("tickets").sum(1)
    silent = (tickets[:, -1] == 0) | (tickets[:, -2] == 0)
    return tuple(sorted(told | set(cube.stores[silent].tolist())))


def _lives(chain: Chain) -> Lives:
    dates = Store.objects.filter(pk__in=chain.stores)
    return {
        pk: (opened, closed)
        for pk, opened, closed in dates.values_list("pk", "opened_on", "closed_on")
    }


def _goods_of(
    compared: Period, chain: Chain, months: Sequence[Period], cube: Cube
) -> npt.NDArray[np.int64]:
    """The goods of the compared period: those of a kept month, or counted now."""
    if compared in months:
        return np.asarray(cube.goods[..., list(months).index(compared)])
    counted = history.counts_of(compared, chain.stores, chain.counted)
    return np.asarray(cube_of(chain.stores, chain.counted, [counted], [1.0]).goods[..., 0])


def _exact(
    question: Question,
    chain: Chain,
    cube: Cube,
    earlier: npt.NDArray[np.int64],
    target_of: TargetOf | None,
) -> Exact:
    everywhere = Question(
        chain.nodes[chain.root], question.period, question.compared, method=question.method
    )
    now, before = trees_of_places(everywhere, list(chain.stores_of))
    assert before is not None
    if target_of is not None:
        before = _Targets(everywhere, chain, target_of)
    pair = replace(cube, goods=np.stack([earlier, cube.goods[..., -1]], axis=-1))
    return Exact(now, before, pair, chain.stores_of, question.method)


class _Targets(dict[int, Tree], Trees):
    """Target trees by node, found when they are asked for."""

    def __init__(self, question: Question, chain: Chain, target_of: TargetOf) -> None:
        super().__init__()
        self._question, self._chain, self._target_of = question, chain, target_of

    def __contains__(self, node: object) -> bool:
        return node in self._chain.nodes

    def __missing__(self, node: int) -> Tree:
        told = self._target_of(replace(self._question, org=self._chain.nodes[node]))
        self[node] = told or Tree({})
        return self[node]
