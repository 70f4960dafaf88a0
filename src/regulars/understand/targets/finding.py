"""What others ask: the target of a place for a time, and what was sold against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office
from regulars.understand.metrics.service import (
    Counts,
    Grown,
    Period,
    Question,
    Tree,
    Trees,
    trees_of_places,
)
from regulars.understand.targets.bases import base_tree, plan_question, sales
from regulars.understand.targets.calendar import (
    DayWeight,
    list_day_weights,
    whole_weights,
)
from regulars.understand.targets.keeping import (
    mixes_in_force,
    totals_in_force,
    trees_in_force,
)
from regulars.understand.targets.making import weights_of
from regulars.understand.targets.models import Plan
from regulars.understand.targets.rules import split_cents, target_tree
from regulars.understand.targets.stretches import Stretch, base_of, period_of_plan, stretches_of


@dataclass(frozen=True)
class DayTarget:
    """One day of a month: its share of the month's cents."""

    weight: DayWeight
    net_cents: int


def visible_plans(scope: Scope) -> QuerySet[Plan]:
    """Plans that a user may see, the latest first: a draft is for those who make plans alone."""
    plans = Plan.objects.select_related("category", "brand").order_by("-first_on", "-pk")
    return plans if scope.may(Capability.SET_TARGETS) else plans.exclude(state=Plan.State.DRAFT)


def find_plan(period: Period) -> Plan | None:
    """The year plan in force that covers all of a period."""
    return (
        Plan.objects.filter(
            kind=Plan.Kind.YEAR,
            state__in=(Plan.State.AGREED, Plan.State.FROZEN),
            first_on__lte=period.start,
            last_on__gte=period.last_day,
        )
        .order_by("-made_at")
        .first()
    )


def find_target(question: Question) -> Tree | None:
    """The target of the question's place for its period, by the year plan in force; None where
    there is none: no plan, no history of the place, a brand, a channel, a category that is not a
    top one.

    Its net cents are exact: months as they were set, days of a month by the calendar's weights.
    The parts of whole months are those of the plan; of any other time they follow by the same rule
    from the same days that the plan is built on. Of goods, and of a place without history, only the
    money is known: then there are no parts, see `is_money_only`.
    """
    if question.brands or question.channel:
        return None
    plan = find_plan(question.period)
    return None if plan is None else target_in(plan, question)


def find_targets(question: Question, nodes: Mapping[int, Node]) -> Trees:
    """`find_target` of many places, for all goods: what they all need is asked at once, and each
    tree grows when it is looked at. A place without a target is not in it."""
    plan = find_plan(question.period)
    return Grown() if plan is None else _TargetTrees(plan, question, nodes)


class _TargetTrees(Grown):
    def __init__(self, plan: Plan, question: Question, nodes: Mapping[int, Node]) -> None:
        super().__init__()
        period, ids = question.period, list(nodes)
        self._plan, self._period, self._nodes = plan, period, nodes
        self._touched = _touched(plan, period)
        months = [each.month_on for each in self._touched]
        self._totals = totals_in_force(plan, ids, month_on__in=months)
        everywhere = Question(ensure_head_office(), base_of(plan, period))
        self._bases = trees_of_places(everywhere, ids)[0]
        is_whole = [each.period for each in self._touched] == [period]
        self._set = trees_in_force(plan, ids, months[0]) if is_whole else {}

    def __contains__(self, node: object) -> bool:
        return all((node, each.month_on) in self._totals for each in self._touched)

    def __missing__(self, node: int) -> Tree:
        if node not in self:
            raise KeyError(node)
        cents = sum(
            _part_of(self._nodes[node], each, self._period, self._cents(node, each))
            for each in self._touched
        )
        tree = self._set.get(node)
        if tree is None or tree.net_cents != cents:
            base = self._bases.get(node, Tree({}))
            tree = target_tree(base, cents, weights_of(self._plan)) or money_only(cents)
        self[node] = tree
        return tree

    def _cents(self, node: int, stretch: Stretch) -> int:
        return self._totals[node, stretch.month_on].net_cents


def find_target_cents(question: Question) -> int | None:
    """The net cents of `find_target`, without what they are made of, at a part of its cost."""
    if question.brands or question.channel:
        return None
    plan = find_plan(question.period)
    return None if plan is None else _cents_in(plan, question)


def target_in(plan: Plan, question: Question) -> Tree | None:
    """As `find_target`, by one plan; None outside its days too."""
    cents = _cents_in(plan, question)
    if cents is None:
        return None
    node, touched = question.org, _touched(plan, question.period)
    if not question.categories and [each.period for each in touched] == [question.period]:
        tree = trees_in_force(plan, [node.pk], touched[0].month_on).get(node.pk)
        if tree is not None and tree.net_cents == cents:
            return tree
    return _grown(plan, question, cents) or money_only(cents)


def money_only(net_cents: int) -> Tree:
    """A target of which no part is known."""
    return Tree({}, Counts(net_cents=net_cents))


def is_money_only(tree: Tree) -> bool:
    """Whether only the amount is known."""
    return not tree.parts


def list_day_targets(node: Node, stretch: Stretch, net_cents: int) -> list[DayTarget]:
    """The days of a month, whose cents add up to the month's."""
    days = list_day_weights(node, stretch.period.start, stretch.period.last_day)
    shares = split_cents(net_cents, whole_weights(days))
    return [DayTarget(day, cents) for day, cents in zip(days, shares, strict=True)]


def list_days_of(plan: Plan, question: Question) -> list[dict[str, Any]]:
    """The days of a time within one month, with `on`, `net_cents` and `event` (its name or None);
    none of a longer time."""
    touched = _touched(plan, question.period)
    months = _cents_by_month(plan, question, touched)
    if not months or len(touched) > 1:
        return []
    days = list_day_targets(question.org, touched[0], months[touched[0].month_on])
    return [
        {
            "on": each.weight.day,
            "net_cents": each.net_cents,
            "event": each.weight.event and each.weight.event.name,
        }
        for each in days
        if question.period.start <= each.weight.day < question.period.end
    ]


def sold_by_month(plan: Plan, node: Node) -> dict[date, int]:
    """What a place has sold of the plan's goods on the plan's days up to today, by month; a month
    that has not begun is not in it."""
    begun = [each for each in stretches_of(plan) if each.has_begun]
    if not begun:
        return {}
    sold = sales(plan, [node.pk], sold_period(plan))
    return {each.month_on: sold.get((node.pk, each.month_on), 0) for each in begun}


def sold_period(plan: Plan) -> Period:
    """The plan's days up to today."""
    whole = period_of_plan(plan)
    return Period(whole.start, min(whole.end, clock.today() + timedelta(days=1)))


def sold_question(plan: Plan, node: Node) -> Question | None:
    """What a place has sold of a plan up to today; None before it begins."""
    period = sold_period(plan)
    return plan_question(plan, node, period) if period.days > 0 else None


def _touched(plan: Plan, period: Period) -> list[Stretch]:
    """The plan's months that a period reaches into."""
    return [
        each
        for each in stretches_of(plan)
        if each.period.start < period.end and each.period.end > period.start
    ]


def _cents_by_month(
    plan: Plan, question: Question, touched: Sequence[Stretch]
) -> dict[date, int] | None:
    node, months = question.org.pk, [each.month_on for each in touched]
    if question.categories:
        wanted = [category.pk for category in question.categories]
        mixes = mixes_in_force(plan, [node], month_on__in=months, category__in=wanted)
        found = {month: sum(mix.values()) for (_node, month), mix in mixes.items()}
    else:
        totals = totals_in_force(plan, [node], month_on__in=months)
        found = {month: counts.net_cents for (_node, month), counts in totals.items()}
    return found if len(found) == len(months) else None


def _cents_in(plan: Plan, question: Question) -> int | None:
    whole, period = period_of_plan(plan), question.period
    if not (whole.start <= period.start and period.end <= whole.end):
        return None
    touched = _touched(plan, period)
    months = _cents_by_month(plan, question, touched)
    if months is None:
        return None
    return sum(_part_of(question.org, each, period, months[each.month_on]) for each in touched)


def _part_of(node: Node, stretch: Stretch, period: Period, net_cents: int) -> int:
    """Of a month's cents, those of the days that a period takes of it."""
    first = max(stretch.period.start, period.start)
    last = min(stretch.period.last_day, period.last_day)
    if (first, last) == (stretch.period.start, stretch.period.last_day):
        return net_cents
    days = list_day_targets(node, stretch, net_cents)
    return sum(each.net_cents for each in days if first <= each.weight.day <= last)


def _grown(plan: Plan, question: Question, net_cents: int) -> Tree | None:
    if question.categories:
        return None
    return target_tree(base_tree(plan, question), net_cents, weights_of(plan))
