"""The metrics room: trees, their children, trends, KPIs, member assets."""

from dataclasses import dataclass
from datetime import date

from regulars.ground.kit.sql import named
from regulars.understand.metrics.answers import answer, get_freshness
from regulars.understand.metrics.assets import MemberAssets, get_member_assets
from regulars.understand.metrics.children import (
    Child,
    get_tree,
    list_channels,
    list_children_of,
    open_question,
)
from regulars.understand.metrics.closed import as_closed, get_closing
from regulars.understand.metrics.closing import close_due, close_month
from regulars.understand.metrics.cohorts import Cohort, Cohorts, Worth, get_cohorts
from regulars.understand.metrics.comparison import Comparison, Factor, Part
from regulars.understand.metrics.contributions import Method, contributions, to_cents
from regulars.understand.metrics.counted import counts_of_places
from regulars.understand.metrics.forest import Grown, Trees
from regulars.understand.metrics.identity import (
    CHAIN,
    MEMBER_PARTS,
    PARTS,
    RETURNS,
    WHOLE,
    Counts,
    Tree,
    tree_of,
)
from regulars.understand.metrics.kpis import Value, list_metrics, list_metrics_of_tree
from regulars.understand.metrics.labels import factor_name, part_name
from regulars.understand.metrics.leaf_members import (
    LeafMember,
    LeafMembers,
    list_members_of_leaf,
)
from regulars.understand.metrics.periods import (
    Period,
    compared_with,
    month_named,
    month_of,
    months_later,
)
from regulars.understand.metrics.question import Question, ask
from regulars.understand.metrics.registry import METRICS, Metric
from regulars.understand.metrics.splits import SPLIT_PARTS, Slice, Split, get_split
from regulars.understand.metrics.trees import (
    ALL_GOODS,
    BY_PLACE,
    goods_of,
    place_of,
    tree_for,
    trees_of_goods,
    trees_of_places,
)

__all__ = [
    "ALL_GOODS",
    "BY_PLACE",
    "CHAIN",
    "MEMBER_PARTS",
    "METRICS",
    "PARTS",
    "RETURNS",
    "SPLIT_PARTS",
    "WHOLE",
    "Child",
    "Cohort",
    "Cohorts",
    "Comparison",
    "Counts",
    "Factor",
    "Grown",
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
    "Trees",
    "Value",
    "Worth",
    "answer",
    "as_closed",
    "ask",
    "close_due",
    "close_month",
    "compared_with",
    "contributions",
    "counts_of_places",
    "factor_name",
    "get_closing",
    "get_cohorts",
    "get_freshness",
    "get_member_assets",
    "get_split",
    "get_tree",
    "goods_of",
    "list_channels",
    "list_children_of",
    "list_members_of_leaf",
    "list_metrics",
    "list_metrics_of_tree",
    "list_trend",
    "month_named",
    "month_of",
    "months_later",
    "open_question",
    "part_name",
    "place_of",
    "to_cents",
    "tree_for",
    "tree_of",
    "trees_of_goods",
    "trees_of_places",
]


@dataclass(frozen=True)
class Point:
    """One month of a trend; the last one ends with the question's period."""

    month_on: date
    net_cents: int


def list_trend(question: Question) -> list[Point]:
    """The 13 months that end with the question's last day."""
    end = question.period.end
    start = month_of(question.period.last_day).start
    start = start.replace(year=start.year - 1)
    name = "goods_trend" if question.is_about_goods else "store_trend"
    parameters = {"start": start, "end": end, "channel": question.channel}
    rows = answer(named(__package__, name), parameters | place_of(question) | goods_of(question))
    return [Point(**row) for row in rows.to_pylist()]
