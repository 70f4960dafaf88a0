"""A node beside the nodes one level below it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import pyarrow as pa
from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.sql import named
from regulars.ground.org.service import list_children
from regulars.know.catalog.models import Brand
from regulars.know.catalog.service import list_categories
from regulars.know.orders.service import channel_name
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.comparison import Comparison
from regulars.understand.metrics.forest import Forest
from regulars.understand.metrics.identity import Counts
from regulars.understand.metrics.question import Question
from regulars.understand.metrics.trees import (
    ALL_GOODS,
    BY_BRAND,
    BY_CATEGORY,
    BY_PLACE,
    Pair,
    pair_of,
    trees_for,
    trees_of_goods,
    trees_of_places,
    whole_of,
)

WITHOUT_BRAND = 0
NOTHING: Pair = (Forest(pa.table({"node": pa.nulls(0)})), None)
Names = dict[int, tuple[str, str]]
"""Code and name by node id."""


@dataclass(frozen=True)
class Child:
    """One node of the next level: `code` asks for it on its axis; "" is what none has."""

    axis: str
    code: str
    name: str
    node: int
    trees: Pair

    @cached_property
    def comparison(self) -> Comparison:
        """Its tree, beside the compared period's. Exact, not cheap: a list shows totals."""
        return Comparison(*pair_of(self.trees, self.node))

    @cached_property
    def total(self) -> Counts:
        """Its buyers, tickets and net cents."""
        return self.trees[0].total_of(self.node)

    @property
    def net_cents(self) -> int:
        return self.total.net_cents

    @property
    def change_cents(self) -> int | None:
        before = self._cents_before
        return None if before is None else self.net_cents - before

    @property
    def change_rate(self) -> Fraction | None:
        before = self._cents_before
        return Fraction(self.net_cents, before) - 1 if before else None

    @cached_property
    def _cents_before(self) -> int | None:
        before = self.trees[1]
        return None if before is None else before.total_of(self.node).net_cents


def get_tree(question: Question) -> Comparison:
    """The question's tree, beside the compared period's when one is asked for."""
    return Comparison(*trees_for(question), question.method)


def list_children_of(question: Question, axis: str) -> list[Child]:
    """Every node one level down on an axis ("org", "category", "brand", "channel"), the largest
    first; computed in one pass a level. Nodes without sales in either period are left out."""
    if question.is_as_closed and axis != "org":
        raise UserError(_("Closed months were kept by place only."), field="state")
    if axis == "channel":
        return _largest_first(_channels(question))
    below = {"org": _places, "category": _categories, "brand": _brands}[axis](question)
    return _children(axis, *below)


def open_question(question: Question, axis: str) -> tuple[Comparison, list[Child]]:
    """`get_tree` and `list_children_of`: of places in one pass, a single statement's."""
    if axis != "org":
        return get_tree(question), list_children_of(question, axis)
    names, trees = _places(question, with_whole=True)
    whole = ALL_GOODS if question.is_about_goods else question.org.pk
    return Comparison(*pair_of(trees, whole), question.method), _children(axis, names, trees)


def list_channels(question: Question) -> list[str]:
    """Channels that sold anything in the question's period, chain-wide."""
    period = {"start": question.period.start, "end": question.period.end}
    rows = answer(named(__package__, "channels"), period)
    return [channel for channel in rows.column("channel").to_pylist() if channel]


def _places(question: Question, with_whole: bool = False) -> tuple[Names, Pair]:
    nodes = list_children(question.org, question.period.last_day)
    names = {node.pk: (node.code, node.name) for node in nodes}
    if question.is_about_goods:
        pair = trees_of_goods(question, BY_PLACE, node_ids=list(names), with_whole=with_whole)
        return names, pair
    return names, trees_of_places(question, [question.org.pk] * with_whole + list(names))


def _categories(question: Question) -> tuple[Names, Pair]:
    chosen = question.categories
    below = chosen if len(chosen) > 1 else list_categories(chosen[0] if chosen else None)
    names = {category.pk: (category.code, category.name) for category in below}
    if not names:
        return names, NOTHING
    itself = chosen[0] if len(chosen) == 1 else None
    if itself:
        names[itself.pk] = (itself.code, _("Directly in %(name)s") % {"name": itself.name})
    return names, trees_of_goods(question, BY_CATEGORY, below, itself)


def _brands(question: Question) -> tuple[Names, Pair]:
    known = Brand.objects.values_list("pk", "code", "name")
    if question.brands:
        known = known.filter(pk__in=[brand.pk for brand in question.brands])
    names = {pk: (code, name) for pk, code, name in known}
    if not question.brands:
        names[WITHOUT_BRAND] = ("", _("Without a brand"))
    return names, trees_of_goods(question, BY_BRAND)


def _channels(question: Question) -> list[Child]:
    wholes = {
        channel: whole_of(replace(question, channel=channel)) for channel in list_channels(question)
    }
    return [
        Child("channel", code, channel_name(code), node, trees)
        for code, (trees, node) in wholes.items()
    ]


def _children(axis: str, names: Names, trees: Pair) -> list[Child]:
    now, before = trees
    return _largest_first(
        Child(axis, code, name, node, trees)
        for node, (code, name) in names.items()
        if node in now or (before is not None and node in before)
    )


def _largest_first(children: Iterable[Child]) -> list[Child]:
    selling = [child for child in children if child.net_cents or child.change_cents]
    return sorted(selling, key=lambda child: -child.net_cents)
