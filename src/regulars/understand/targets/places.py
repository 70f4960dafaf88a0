"""The targets of all places at once: as many questions for four thousand as for one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.org.service import ensure_head_office
from regulars.understand.metrics.service import (
    Grown,
    Period,
    Question,
    Tree,
    Trees,
    answer,
    month_of,
    trees_of_places,
)
from regulars.understand.targets.calendar import (
    EVEN,
    WINDOW,
    get_specials,
    list_days,
    weekdays_from,
    weigh,
    whole_weights,
)
from regulars.understand.targets.finding import find_plan, money_only, touched_by
from regulars.understand.targets.keeping import totals_in_force, trees_in_force
from regulars.understand.targets.making import weights_of
from regulars.understand.targets.models import Plan
from regulars.understand.targets.rules import split_cents, target_tree
from regulars.understand.targets.stretches import Stretch, base_of

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


def find_targets(question: Question, nodes: Sequence[int]) -> Trees:
    """`find_target` of many places, for all goods: what they all need is asked at once, and each
    tree grows when it is looked at. A place without a target is not in it."""
    plan = find_plan(question.period)
    return Grown() if plan is None else _TargetTrees(plan, question, nodes)


class _TargetTrees(Trees):
    def __init__(self, plan: Plan, question: Question, nodes: Sequence[int]) -> None:
        period = question.period
        self._weights = weights_of(plan)
        self._cents = find_target_cents_of_places(period, nodes)
        before = Question(ensure_head_office(), base_of(plan, period))
        self._bases = trees_of_places(before, nodes)[0]
        touched = touched_by(plan, period)
        is_whole = [each.period for each in touched] == [period]
        self._set = trees_in_force(plan, nodes, touched[0].month_on) if is_whole else {}
        self._grown: dict[int, Tree] = {}

    def __getitem__(self, node: int) -> Tree:
        if node not in self._grown:
            self._grown[node] = self._tree(node, self._cents[node])
        return self._grown[node]

    def __iter__(self) -> Iterator[int]:
        return iter(self._cents)

    def __len__(self) -> int:
        return len(self._cents)

    def _tree(self, node: int, cents: int) -> Tree:
        tree = self._set.get(node)
        if tree is not None and tree.net_cents == cents:
            return tree
        base = self._bases.get(node, Tree({}))
        return target_tree(base, cents, self._weights) or money_only(cents)


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
