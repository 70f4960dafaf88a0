"""The targets of all places at once: as many questions for four thousand as for one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.org.service import ensure_head_office
from regulars.understand.metrics.service import Period, answer, month_of
from regulars.understand.targets.calendar import (
    EVEN,
    WINDOW,
    get_specials,
    list_days,
    weekdays_from,
    weigh,
    whole_weights,
)
from regulars.understand.targets.finding import find_plan, touched_by
from regulars.understand.targets.keeping import totals_in_force
from regulars.understand.targets.rules import split_cents
from regulars.understand.targets.stretches import Stretch

Weekdays = tuple[int, ...]


def find_target_cents_of_places(
    period: Period, nodes: Sequence[int] | None = None
) -> dict[int, int]:
    """What `find_target_cents` says of each place (None: of all that have a target), by node id;
    whoever has none is not in it."""
    plan = find_plan(period)
    if plan is None:
        return {}
    touched = touched_by(plan, period)
    months = [stretch.month_on for stretch in touched]
    amounts: dict[int, dict[date, int]] = defaultdict(dict)
    for (node, month_on), counts in totals_in_force(plan, nodes, month_on__in=months).items():
        amounts[node][month_on] = counts.net_cents
    known = {node: of for node, of in amounts.items() if len(of) == len(months)}
    found = dict.fromkeys(known, 0)
    for stretch in touched:
        of_month = {node: cents[stretch.month_on] for node, cents in known.items()}
        for node, cents in _shares_of(stretch, period, of_month).items():
            found[node] += cents
    return found


def _shares_of(stretch: Stretch, period: Period, cents: Mapping[int, int]) -> Mapping[int, int]:
    """Of each place's month, the cents of the days that a period takes of it."""
    whole = stretch.period
    if period.start <= whole.start and whole.end <= period.end:
        return cents
    weekdays, specials = (
        _weekdays_of(list(cents), whole.start),
        get_specials(whole.start, whole.last_day),
    )
    shares = {}
    for node, of_month in cents.items():
        days = weigh(weekdays[node], specials, whole.start, whole.last_day)
        parts = zip(days, split_cents(of_month, whole_weights(days)), strict=True)
        shares[node] = sum(part for day, part in parts if period.start <= day.day < period.end)
    return shares


def _weekdays_of(nodes: Sequence[int], first: date) -> dict[int, Weekdays]:
    """As `calendar.get_weekdays` has it: a place's own weights, else the chain's, else equal
    ones."""
    befores = (date(first.year, 1, 1), min(month_of(first).start, clock.today()))
    learnt = [_learnt_before(before) for before in befores]
    chain = ensure_head_office().pk
    known = [of.get(chain) for of in learnt]
    of_chain = known[0] or known[1] or (EVEN,) * 7
    return {node: learnt[0].get(node) or learnt[1].get(node) or of_chain for node in nodes}


def _learnt_before(day: date) -> dict[int, Weekdays]:
    start, today = day - WINDOW, clock.today()
    asked = {
        "start": start,
        "end": min(day, today),
        "as_of": today,
        "special": [event.day_on for event in list_days(start, day)],
    }
    rows = answer(named(__package__, "weekdays_of_places"), asked).to_pylist()
    sold: defaultdict[int, list[tuple[int, int]]] = defaultdict(lambda: [(0, 0)] * 7)
    for row in rows:
        sold[row["node_id"]][row["weekday"] - 1] = (row["net_cents"], row["days"])
    weights = {node: weekdays_from(of) for node, of in sold.items()}
    return {node: of for node, of in weights.items() if of is not None}
