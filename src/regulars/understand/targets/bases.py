"""What a plan is built on: the places, and what each of them sold in the same days before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db import connection

from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office
from regulars.know.catalog.models import Category
from regulars.know.catalog.service import list_categories
from regulars.understand.metrics.service import (
    ALL_GOODS,
    BY_PLACE,
    Period,
    Question,
    Tree,
    Trees,
    answer,
    goods_of,
    tree_for,
    trees_of_goods,
    trees_of_places,
)
from regulars.understand.targets.models import Plan
from regulars.understand.targets.rules import Places
from regulars.understand.targets.stretches import Stretch, base_of, base_periods, seen_on

Mix = dict[int, int]
"""Cents by category."""


def places_on(day: date) -> Places:
    """The organisation of a day, without the stores that are closed by then."""
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "places"), {"day": day})
        rows = cursor.fetchall()
    below: dict[int, list[int]] = defaultdict(list)
    for node, parent in rows:
        if parent is not None:
            below[parent].append(node)
    return Places(ensure_head_office().pk, dict(below))


def places_of(plan: Plan) -> Places:
    return places_on(seen_on(plan))


@dataclass(frozen=True)
class Base:
    """The trees of all places in one stretch's base."""

    places: Places
    trees: Trees
    top_tree: Tree

    def tree_of(self, node: int) -> Tree:
        return self.top_tree if node == self.places.top else self.trees.get(node, Tree({}))

    @cached_property
    def sold(self) -> Mapping[int, int]:
        """What each place's share is measured by: what it sold; of a place with others below, what
        these sold, wherever they hung then."""
        found: dict[int, int] = {}
        for node in reversed(list(self.places.down())):
            children = self.places.below.get(node)
            own = sum(found[c] for c in children) if children else self._net(node)
            found[node] = max(own, 0)
        return found

    @cached_property
    def potential(self) -> Mapping[int, int]:
        """What each place's members would bring if each spent what those of their part do in the
        whole chain; who is no member of the place's own counts as it sold."""
        per_head = {
            part: (counts.net_cents, counts.members)
            for part, counts in self.top_tree.parts.items()
            if counts.members
        }
        found: dict[int, int] = {}
        for node in reversed(list(self.places.down())):
            if children := self.places.below.get(node):
                found[node] = sum(found[child] for child in children)
                continue
            parts = self.tree_of(node).parts
            brought = (
                counts.members * per_head[part][0] // per_head[part][1]
                if counts.members is not None and part in per_head
                else counts.net_cents
                for part, counts in parts.items()
            )
            found[node] = max(sum(brought), 0)
        return found

    def weights(self, shares: str) -> Mapping[int, int]:
        return self.potential if shares == Plan.Shares.POTENTIAL else self.sold

    def _net(self, node: int) -> int:
        return self.trees.total_of(node).net_cents


def base_for(plan: Plan, stretch: Stretch, places: Places) -> Base:
    """As it is known now. A member's part is fixed as of the base period's start."""
    question = plan_question(plan, ensure_head_office(), stretch.base)
    nodes = list(places.down())
    if question.is_about_goods:
        trees, _none = trees_of_goods(question, BY_PLACE, node_ids=nodes[1:], with_whole=True)
        return Base(places, trees, trees.get(ALL_GOODS, Tree({})))
    trees, _none = trees_of_places(question, nodes)
    return Base(places, trees, trees.get(places.top, Tree({})))


def plan_question(plan: Plan, node: Node, period: Period) -> Question:
    """What a place sold of the plan's goods in a time: all goods, or those of a special plan."""
    return Question(
        node,
        period,
        categories=(plan.category,) if plan.category else (),
        brands=(plan.brand,) if plan.brand else (),
    )


def sales(
    plan: Plan, nodes: Sequence[int], period: Period, categories: Sequence[Category] = ()
) -> dict[tuple[int, date], int]:
    """Cents by place and month that places sold of the plan's goods (or of some `categories`) in a
    time, with the stores that they have as the plan is split; what is not in it sold nothing."""
    question = plan_question(plan, ensure_head_office(), period)
    if categories:
        question = replace(question, categories=tuple(categories))
    parameters = goods_of(question) | {
        "nodes": list(nodes),
        "start": period.start,
        "end": period.end,
        "as_of": seen_on(plan),
    }
    name = "sales_of_goods" if question.is_about_goods else "sales"
    rows = answer(named(__package__, name), parameters)
    columns = (rows.column(name).to_pylist() for name in ("node", "month_on", "net_cents"))
    return {(node, month_on): cents for node, month_on, cents in zip(*columns, strict=True)}


def base_tree(plan: Plan, question: Question) -> Tree:
    """The tree of a question's place in the days before that the plan stands on."""
    return tree_for(question.for_period(base_of(plan, question.period)))


def categories_of(stretches: list[Stretch]) -> dict[tuple[int, date], Mix]:
    """By store and month of the base: what it sold of each top category; nothing below nought."""
    tops = list(list_categories().values_list("pk", flat=True))
    found: dict[tuple[int, date], Mix] = defaultdict(dict)
    for base in base_periods(stretches):
        asked = {"start": base.start, "end": base.end, "categories": tops}
        rows = answer(named(__package__, "base_categories"), asked)
        columns = (rows.column(name).to_pylist() for name in rows.column_names)
        for node, month_on, category, cents in zip(*columns, strict=True):
            if cents > 0:
                found[node, month_on][category] = cents
    return found
