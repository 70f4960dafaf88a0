"""The whole chain looked at once: counts, the search, and exact amounts of what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

from regulars.ground.org.models import Store
from regulars.understand.diagnosis import calendar, history
from regulars.understand.diagnosis.causes import Cause
from regulars.understand.diagnosis.chain import (
    Chain,
    Lives,
    chain_on,
    groups_of,
    moved_of,
    places_of,
    shaken_by,
)
from regulars.understand.diagnosis.cube import Cube, Month, cube_of, without
from regulars.understand.diagnosis.exact import Exact
from regulars.understand.diagnosis.expectation import LEAST_MONTHS
from regulars.understand.diagnosis.findings import TARGET, Finding, Place
from regulars.understand.diagnosis.scan import causes_of
from regulars.understand.diagnosis.telling import Look
from regulars.understand.metrics.service import (
    Period,
    Question,
    get_freshness,
    trees_of_places,
)
from regulars.understand.targets.service import find_targets

KEEP_SECONDS = 3600
SHAKEN_FOR = 365
"""Days for which a store's closing or opening is felt next door: as long as its past is."""
Counted = Mapping[Period, Month]


@dataclass(frozen=True)
class Found:
    """What was found in the whole chain for one period beside another. `reason` says why not.
    `silent` are stores that sold nothing in the period, or in the month before it."""

    findings: tuple[Finding, ...]
    calendar_share: float
    openings: tuple[Place, ...]
    reason: str = ""
    silent: tuple[int, ...] = ()


@dataclass(frozen=True)
class Known:
    """What a search found in a period: it is the same beside whatever the period is set."""

    causes: Sequence[Cause]
    silent: tuple[int, ...]


def look(question: Question, against: str, known: Known | None = None) -> Found:
    """Findings of the whole chain for the question's period, the most money first; `against`
    "target" sets it beside the targets in force. With what is `known` nothing is searched for, and
    only the amounts are counted.
    """
    period, compared = question.period, question.compared
    if compared is None:
        return Found((), 0.0, (), _("There is nothing to compare with."))
    chain = chain_on(period.last_day)
    days = calendar.learn(history.daily_tickets(period.start))
    there = days.weight_of(compared)
    share = days.weight_of(period) / there - 1 if there and against != TARGET else 0.0
    counted: Counted = {}
    if known is None:
        months = history.past_months(period)
        if len(months) < LEAST_MONTHS + 1:
            return Found((), share, (), _("Too little history: five whole months are needed."))
        counted = _counted(chain, months, period)
        known = _search(chain, counted, compared, days)
    exact = exact_of(question, chain, counted, is_target=against == TARGET)
    moved = _moved(chain, known.silent, period, compared)
    told = Look(question, compared, against, chain, exact, share, moved)
    findings = [*(told.tell(cause) for cause in known.causes), *told.circumstances()]
    return Found(tuple(findings), share, told.openings, silent=known.silent)


def exact_of(
    question: Question, chain: Chain, counted: Counted | None = None, *, is_target: bool = False
) -> Exact:
    """The exact trees of all places in both of the question's periods, and their goods. What was
    `counted` already is not counted again."""
    assert question.compared is not None
    everywhere = replace(question, org=chain.nodes[chain.root], categories=())
    now, before = trees_of_places(everywhere, list(chain.stores_of))
    assert before is not None
    if is_target:
        before = find_targets(everywhere, list(chain.nodes))
    goods = [
        (counted or {}).get(period) or history.goods_of(period, chain.counted)
        for period in (question.compared, question.period)
    ]
    pair = cube_of(chain.stores, chain.counted, goods, [1.0, 1.0])
    channels = {} if is_target else history.by_channel(question.period, question.compared)
    return Exact(now, before, pair, chain.stores_of, question.method, is_target, channels)


def _counted(chain: Chain, months: Sequence[Period], period: Period) -> Counted:
    """The months before and the period itself, the earliest first."""
    counted = history.counts_of_months(months, chain.stores, chain.counted)
    counted.append(history.counts_of(period, chain.stores, chain.counted))
    return dict(zip([*months, period], counted, strict=True))


def _search(chain: Chain, counted: Counted, compared: Period, days: calendar.Calendar) -> Known:
    """The search, kept until the numbers change."""
    period = [*counted][-1]
    key = f"diagnosis:{get_freshness().version}:{period.start}:{period.end}"
    known: Known | None = cache.get(key)
    if known is None:
        busy = [days.weight_of(each) for each in counted]
        cube = cube_of(chain.stores, chain.counted, list(counted.values()), busy)
        silent = _silent(cube)
        steady = without(cube, _moved(chain, silent, period, compared))
        since = period.start - timedelta(days=SHAKEN_FOR)
        shaken = shaken_by(chain, _lives(chain), since, period.last_day)
        places = places_of(chain, steady, shaken)
        known = Known(causes_of(steady, places, groups_of(chain), chain.root), silent)
        cache.set(key, known, KEEP_SECONDS)
    return known


def _silent(cube: Cube) -> tuple[int, ...]:
    tickets = cube.place("tickets").sum(1)
    silent = (tickets[:, -1] == 0) | (tickets[:, -2] == 0)
    return tuple(cube.stores[silent].tolist())


def _moved(
    chain: Chain, silent: Sequence[int], period: Period, compared: Period
) -> tuple[int, ...]:
    """Stores that opened or closed since the compared period began."""
    since = min(compared.start, period.start)
    return moved_of(chain, _lives(chain), silent, since, period.last_day)


def _lives(chain: Chain) -> Lives:
    dates = Store.objects.filter(pk__in=chain.stores)
    return {
        pk: (opened, closed)
        for pk, opened, closed in dates.values_list("pk", "opened_on", "closed_on")
    }
