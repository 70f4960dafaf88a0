"""A plan looked at from one place: its amount, its months, the places or goods it is made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from regulars.ground.org.models import Node
from regulars.ground.org.service import list_children
from regulars.know.catalog.models import Category
from regulars.understand.metrics.service import Comparison, Counts, Question
from regulars.understand.targets.bases import base_tree, plan_question, sales
from regulars.understand.targets.finding import is_money_only, sold_period, target_in
from regulars.understand.targets.keeping import Place, mixes_in_force, totals_in_force
from regulars.understand.targets.models import Plan
from regulars.understand.targets.stretches import (
    Stretch,
    base_periods,
    seen_on,
    stretches_of,
)


@dataclass(frozen=True)
class Line:
    """An amount beside what was sold: of a month, a place or a category. `target` is None where
    there is none (no history, nothing set), `base_cents` and `sold_cents` where nothing was sold
    then, or the time has not begun."""

    code: str
    name: str
    target: Counts | None
    base_cents: int | None
    sold_cents: int | None
    stretch: Stretch | None = None
    frozen_cents: int | None = None

    @property
    def net_cents(self) -> int | None:
        return None if self.target is None else self.target.net_cents

    @property
    def growth(self) -> Fraction | None:
        """Target beside base."""
        if self.target is None or not self.base_cents or self.base_cents < 0:
            return None
        return Fraction(self.target.net_cents, self.base_cents) - 1

    @property
    def completion(self) -> Fraction | None:
        """Sold so far beside the target."""
        if self.sold_cents is None or not self.net_cents:
            return None
        return Fraction(self.sold_cents, self.net_cents)


@dataclass(frozen=True)
class Sight:
    """What is seen of a plan from a place: of `month` (None: of all months together)."""

    plan: Plan
    node: Node
    month: Stretch | None
    months: Sequence[Line]
    places: Sequence[Line]
    goods: Sequence[Line]

    @cached_property
    def whole(self) -> Line:
        """The chosen month, or all of them: the counts of several months do not add up, so that
        only their money is told."""
        if self.month is not None:
            return next(line for line in self.months if line.stretch == self.month)
        return _together(self.node.code, self.node.name, self.months)


def look(plan: Plan, node: Node, month_on: date | None, categories: Sequence[Category]) -> Sight:
    """A plan as seen from a place; with `categories`, of these goods alone."""
    stretches = stretches_of(plan)
    month = next((each for each in stretches if each.month_on == month_on), None)
    children = list(list_children(node, seen_on(plan)))
    everyone = [node, *children]
    view = _View(plan, everyone, stretches, categories)
    months = [view.line(node, [each], each.month_on.strftime("%Y-%m"), each) for each in stretches]
    wanted = [month] if month else stretches
    places = [view.line(child, wanted) for child in children]
    goods = [] if categories else list(_goods(plan, node, wanted, month))
    return Sight(plan, node, month, months, places, goods)


def beside_base(plan: Plan, node: Node, month: Stretch) -> Comparison | None:
    """The tree a place is to have in a month, beside that of the days it is built on: where the
    growth is to come from. None where only the amount is known."""
    tree = target_in(plan, Question(node, month.period))
    if tree is None or is_money_only(tree):
        return None
    return Comparison(tree, base_tree(plan, plan_question(plan, node, month.period)))


class _View:
    """The amounts of some places, and what they sold then and now."""

    def __init__(
        self,
        plan: Plan,
        nodes: Sequence[Node],
        stretches: Sequence[Stretch],
        categories: Sequence[Category],
    ) -> None:
        ids = [node.pk for node in nodes]
        self.targets = _targets(plan, ids, categories)
        self.frozen: Mapping[Place, Counts] = {}
        if plan.frozen_number and not categories:
            self.frozen = totals_in_force(plan, ids, plan.frozen_number)
        self.base: dict[Place, int] = {}
        for base in base_periods(stretches):
            self.base |= sales(plan, ids, base, categories)
        now = sold_period(plan)
        self.sold = sales(plan, ids, now, categories) if now.days > 0 else {}

    def line(
        self, node: Node, stretches: Sequence[Stretch], name: str = "", of: Stretch | None = None
    ) -> Line:
        months = [(node.pk, each.month_on) for each in stretches]
        begun = [(node.pk, each.month_on) for each in stretches if each.has_begun]
        bases = [(node.pk, each.base.start.replace(day=1)) for each in stretches]
        targets = [self.targets[place] for place in months if place in self.targets]
        cents = sum(target.net_cents for target in targets)
        return Line(
            code=node.code,
            name=name or node.name,
            target=(targets[0] if len(stretches) == 1 else Counts(net_cents=cents))
            if targets
            else None,
            base_cents=_sum(self.base, bases),
            sold_cents=sum(self.sold.get(place, 0) for place in begun) if begun else None,
            stretch=of,
            frozen_cents=_frozen(self.frozen, months),
        )


def _targets(
    plan: Plan, nodes: Sequence[int], categories: Sequence[Category]
) -> dict[Place, Counts]:
    if not categories:
        return totals_in_force(plan, nodes)
    mixes = mixes_in_force(plan, nodes, category__in=[category.pk for category in categories])
    return {place: Counts(net_cents=sum(mix.values())) for place, mix in mixes.items()}


def _goods(
    plan: Plan, node: Node, stretches: Sequence[Stretch], month: Stretch | None
) -> Iterator[Line]:
    """Top categories, the largest first, and what no category has."""
    months = [each.month_on for each in stretches]
    mixes = mixes_in_force(plan, [node.pk], month_on__in=months)
    found: dict[int, int] = {}
    for mix in mixes.values():
        for pk, cents in mix.items():
            found[pk] = found.get(pk, 0) + cents
    names = Category.objects.in_bulk(list(found))
    for pk, cents in sorted(found.items(), key=lambda pair: -pair[1]):
        category: Category = names[pk]
        yield Line(category.code, category.name, Counts(net_cents=cents), None, None, month)


def _together(code: str, name: str, lines: Sequence[Line]) -> Line:
    targets = [line.net_cents for line in lines if line.net_cents is not None]
    bases = [line.base_cents for line in lines if line.base_cents is not None]
    sold = [line.sold_cents for line in lines if line.sold_cents is not None]
    frozen = [line.frozen_cents for line in lines if line.frozen_cents is not None]
    return Line(
        code=code,
        name=name,
        target=Counts(net_cents=sum(targets)) if targets else None,
        base_cents=sum(bases) if bases else None,
        sold_cents=sum(sold) if sold else None,
        frozen_cents=sum(frozen) if frozen else None,
    )


def _sum(cents: Mapping[Place, int], places: Sequence[Place]) -> int | None:
    known = [cents[place] for place in places if place in cents]
    return sum(known) if known else None


def _frozen(frozen: Mapping[Place, Counts], places: Sequence[Place]) -> int | None:
    known = [frozen[place].net_cents for place in places if place in frozen]
    return sum(known) if known else None
