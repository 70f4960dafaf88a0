"""The metrics room: trees, their children, trends, KPIs, member assets."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from regulars.ground.kit.sql import named
from regulars.ground.org.service import list_children
from regulars.know.catalog.models import Brand
from regulars.know.catalog.service import list_categories
from regulars.know.collect.service import get_freshness
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.assets import MemberAssets, get_member_assets
from regulars.understand.metrics.cohorts import Cohort, Cohorts, Worth, get_cohorts
from regulars.understand.metrics.comparison import Comparison, Factor, Part
from regulars.understand.metrics.contributions import Method
from regulars.understand.metrics.identity import Counts, Tree
from regulars.understand.metrics.kpis import Value, list_metrics
from regulars.understand.metrics.labels import part_name
from regulars.understand.metrics.leaf_members import (
    LeafMember,
    LeafMembers,
    list_members_of_leaf,
)
from regulars.understand.metrics.periods import Period, month_of
from regulars.understand.metrics.question import Question, ask
from regulars.understand.metrics.registry import METRICS, Metric
from regulars.understand.metrics.splits import SPLIT_PARTS, Slice, Split, get_split
from regulars.understand.metrics.trees import (
    BY_BRAND,
    BY_CATEGORY,
    BY_PLACE,
    Pair,
    goods_of,
    pair_of,
    place_of,
    trees_for,
    trees_of_goods,
    trees_of_places,
)

__all__ = [
    "METRICS",
    "SPLIT_PARTS",
    "Child",
    "Cohort",
    "Cohorts",
    "Comparison",
    "Counts",
    "Factor",
    "LeafMember",
    "LeafMembers",
    "MemberAssets",
    "Method",
    "Metric",
    "Part",
    "Period",
    "Point",
    "Question",
    "Slice",
    "Split",
    "Tree",
    "Value",
    "Worth",
    "ask",
    "get_cohorts",
    "get_freshness",
    "get_member_assets",
    "get_split",
    "get_tree",
    "list_channels",
    "list_children_of",
    "list_members_of_leaf",
    "list_metrics",
    "list_trend",
    "part_name",
]

AXES = ("org", "category", "brand", "channel")
WITHOUT_BRAND = 0


@dataclass(frozen=True)
class Child:
    """One node of the next level: `code` asks for it on its axis; "" is what none has."""

    axis: str
    code: str
    name: str
    comparison: Comparison


@dataclass(frozen=True)
class Point:
    """One month of a trend; the last one ends with the question's period."""

    month_on: date
    net_cents: int


def get_tree(question: Question) -> Comparison:
    """The question's tree, beside the compared period's when one is asked for."""
    return Comparison(*trees_for(question), question.method)


def list_children_of(question: Question, axis: str) -> list[Child]:
    """Every node one level down on an axis ("org", "category", "brand", "channel"), the largest
    first; computed in one pass a level. Nodes without sales in either period are left out."""
    makers = {"org": _places, "category": _categories, "brand": _brands, "channel": _channels}
    children = makers[axis](question)
    selling = [c for c in children if c.comparison.net_cents or c.comparison.change_cents]
    return sorted(selling, key=lambda child: -child.comparison.net_cents)


def list_channels(question: Question) -> list[str]:
    """Channels that sold anything in the question's period, chain-wide."""
    period = {"start": question.period.start, "end": question.period.end}
    rows = answer(named(__package__, "channels"), period)
    return [channel for channel in rows.column("channel").to_pylist() if channel]


def list_trend(question: Question) -> list[Point]:
    """The 13 months that end with the question's last day."""
    end = question.period.end
    start = month_of(question.period.last_day).start
    start = start.replace(year=start.year - 1)
    name = "goods_trend" if question.is_about_goods else "store_trend"
    parameters = {"start": start, "end": end, "channel": question.channel}
    rows = answer(named(__package__, name), parameters | place_of(question) | goods_of(question))
    return [Point(**row) for row in rows.to_pylist()]


def _places(question: Question) -> list[Child]:
    nodes = list_children(question.org, question.period.last_day)
    names = {node.pk: (node.code, node.name) for node in nodes}
    if question.is_about_goods:
        return _children("org", names, trees_of_goods(question, BY_PLACE, node_ids=list(names)))
    return _children("org", names, trees_of_places(question, list(names)))


def _categories(question: Question) -> list[Child]:
    chosen = question.categories
    below = chosen if len(chosen) > 1 else list_categories(chosen[0] if chosen else None)
    names = {category.pk: (category.code, category.name) for category in below}
    if not names:
        return []
    itself = chosen[0] if len(chosen) == 1 else None
    if itself:
        names[itself.pk] = (itself.code, _("Directly in %(name)s") % {"name": itself.name})
    trees = trees_of_goods(question, BY_CATEGORY, below, directly_in=itself)
    return _children("category", names, trees)


def _brands(question: Question) -> list[Child]:
    known = question.brands or Brand.objects.all()
    names = {brand.pk: (brand.code, brand.name) for brand in known}
    if not question.brands:
        names[WITHOUT_BRAND] = ("", _("Without a brand"))
    return _children("brand", names, trees_of_goods(question, BY_BRAND))


def _channels(question: Question) -> list[Child]:
    asked = [replace(question, channel=channel) for channel in list_channels(question)]
    return [Child("channel", q.channel or "", q.channel or "", get_tree(q)) for q in asked]


def _children(axis: str, names: dict[int, tuple[str, str]], trees: Pair) -> list[Child]:
    now, before = trees
    return [
        Child(axis, code, name, Comparison(*pair_of(trees, pk)))
        for pk, (code, name) in names.items()
        if pk in now or (before and pk in before)
    ]
