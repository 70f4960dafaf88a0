"""Trees from the warehouse: one statement for all nodes of a level."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.know.catalog.models import Category
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.identity import CHAIN, MEMBER_PARTS, Counts, Tree, tree_of
from regulars.understand.metrics.question import Question

NON_MEMBER = "non_member"
UNKNOWN_IN_GOODS = ("new", "cross_store")
UNKNOWN_OF_BUYERS = ("new", "never_bought")
WHOLE, BY_CATEGORY, BY_BRAND, BY_PLACE = "whole", "category", "brand", "org"
ALL_GOODS = NOW = 0
NO_TREE = Tree({})
Pair = tuple[dict[int, Tree], dict[int, Tree] | None]
"""Trees by node id: of the question's period, and of the compared one when there is one."""


def tree_for(question: Question) -> Tree:
    """The tree of the question's own node."""
    return trees_for(replace(question, compared=None))[0]


def trees_for(question: Question) -> tuple[Tree, Tree | None]:
    """The tree of the question's own node, and that of the compared period."""
    if question.is_about_goods:
        return pair_of(trees_of_goods(question, WHOLE), ALL_GOODS)
    return pair_of(trees_of_places(question, [question.org.pk]), question.org.pk)


def pair_of(trees: Pair, node: int) -> tuple[Tree, Tree | None]:
    """One node's trees out of many; a node without sales has an empty one."""
    now, before = trees
    return now.get(node, NO_TREE), None if before is None else before.get(node, NO_TREE)


def trees_of_places(question: Question, node_ids: Sequence[int]) -> Pair:
    """Trees of organisation nodes, by node id, in the question's channel and periods."""
    now = _trees_of_places(question, node_ids)
    if question.compared is None:
        return now, None
    return now, _trees_of_places(question.for_period(question.compared), node_ids)


def trees_of_goods(
    question: Question,
    axis: str,
    categories: Iterable[Category] = (),
    directly_in: Category | None = None,
    node_ids: Sequence[int] = (),
) -> Pair:
    """Trees of categories (`categories`, else the question's) or brands, by their ids; `WHOLE`
    takes all of them as one node, `ALL_GOODS`, and `BY_PLACE` has a node for each of `node_ids`,
    places below the question's own. The node of `directly_in` is not all of that
    category: only the goods that stand in it and in none below."""
    compared = question.compared
    parameters = _period_of(question) | goods_of(question, categories) | place_of(question)
    parameters |= {
        "axis": axis,
        "orgs": list(node_ids) or [question.org.pk],
        "is_chain": question.is_chain and not node_ids,
        "channel": question.channel,
        "directly_in": directly_in and directly_in.pk,
        "before_start": compared and compared.start,
        "before_end": compared and compared.end,
        "before_as_of": compared and compared.last_day,
    }
    rows = _ask("goods_parts", parameters).to_pylist()
    now = _trees([row for row in rows if row["period"] == NOW], None)
    if compared is None:
        return now, None
    return now, _trees([row for row in rows if row["period"] != NOW], None)


def _trees_of_places(question: Question, node_ids: Sequence[int]) -> dict[int, Tree]:
    period = _period_of(question)
    if question.is_chain and list(node_ids) == [question.org.pk] and not question.channel:
        period = period | {"node": question.org.pk}
        parts, bases = _ask("chain_parts", period), _ask("chain_bases", period)
    else:
        places = {"nodes": list(node_ids), "as_of": question.period.last_day}
        parts = _ask("store_parts", period | places | {"channel": question.channel})
        bases = _ask("store_bases", period | places)
    return _trees(parts.to_pylist(), {row["node"]: row for row in bases.to_pylist()})


def goods_of(question: Question, categories: Iterable[Category] = ()) -> dict[str, Any]:
    """The categories and brands that bound a question about goods, as query parameters."""
    chosen = list(categories) or question.categories or Category.objects.filter(parent=None)
    return {
        "categories": [category.pk for category in chosen],
        "brands": [brand.pk for brand in question.brands] or None,
    }


def place_of(question: Question) -> dict[str, Any]:
    """Where in the organisation: a store counts where it stood on the period's last day."""
    return {
        "org": question.org.pk,
        "is_chain": question.is_chain,
        "as_of": question.period.last_day,
    }


def _period_of(question: Question) -> dict[str, Any]:
    return {
        "start": question.period.start,
        "end": question.period.end,
        "window_days": chain().active_window_days,
    }


def _ask(name: str, parameters: Mapping[str, Any]) -> pa.Table:
    return answer(named(__package__, name), parameters)


def _trees(
    rows: Iterable[Mapping[str, Any]], bases: Mapping[int, Mapping[str, int]] | None
) -> dict[int, Tree]:
    """Rows of (node, part, counts) as trees. A base counts also where nobody of it bought."""
    by_node = {node: _idle_parts(base) for node, base in (bases or {}).items()}
    for row in rows:
        base = (bases or {}).get(row["node"])
        by_node.setdefault(row["node"], {})[row["part"]] = _counts(row, base)
    return {node: tree_of(parts) for node, parts in by_node.items()}


def _idle_parts(base: Mapping[str, int]) -> dict[str, Counts]:
    return {part: Counts(_known_base(part, base), buyers=0) for part in MEMBER_PARTS}


def _counts(row: Mapping[str, Any], base: Mapping[str, int] | None) -> Counts:
    part, known = row["part"], {name: row[name] for name in CHAIN if name in row}
    if part == NON_MEMBER:
        return Counts(**known | {"members": None, "buyers": None})
    if base is not None:
        return Counts(**known | {"members": _known_base(part, base)})
    return Counts(**known | ({"members": None} if part in UNKNOWN_IN_GOODS else {}))


def _known_base(part: str, base: Mapping[str, int]) -> int | None:
    """None for what has no base, and where only buyers are recorded for whoever has not bought."""
    if chain().only_buyers_recorded and part in UNKNOWN_OF_BUYERS:
        return None
    return base.get(part)
