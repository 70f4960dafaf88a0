"""Trees from the warehouse: one statement for all nodes of a level, and for both periods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.know.catalog.models import Category
from regulars.understand.metrics.answers import Asked, answer, answers
from regulars.understand.metrics.closed import closed_trees
from regulars.understand.metrics.forest import NO_TREE, Bases, Forest, Trees, forests_of
from regulars.understand.metrics.identity import Tree
from regulars.understand.metrics.periods import Period
from regulars.understand.metrics.question import Question

WHOLE, BY_CATEGORY, BY_BRAND, BY_PLACE = "whole", "category", "brand", "org"
ALL_GOODS = -1
Pair = tuple[Trees, Trees | None]
"""Trees by node id: of the question's period, and of the compared one when there is one."""


def tree_for(question: Question) -> Tree:
    """The tree of the question's own node."""
    return trees_for(replace(question, compared=None))[0]


def trees_for(question: Question) -> tuple[Tree, Tree | None]:
    """The tree of the question's own node, and that of the compared period."""
    return pair_of(*whole_of(question))


def whole_of(question: Question) -> tuple[Pair, int]:
    """The trees among which the question's own node is, and its id."""
    if question.is_about_goods:
        return trees_of_goods(question, WHOLE), ALL_GOODS
    return trees_of_places(question, [question.org.pk]), question.org.pk


def pair_of(trees: Pair, node: int) -> tuple[Tree, Tree | None]:
    """One node's trees out of many; a node without sales has an empty one."""
    now, before = trees
    return now.get(node, NO_TREE), None if before is None else before.get(node, NO_TREE)


def trees_of_places(question: Question, node_ids: Sequence[int]) -> Pair:
    """Trees of organisation nodes, by node id, in the question's channel and periods."""
    if question.is_as_closed:
        return _trees_as_closed(question, node_ids)
    if question.is_chain and list(node_ids) == [question.org.pk] and not question.channel:
        return _trees_of_chain(question)
    nodes = {"nodes": list(node_ids), "channel": question.channel}
    rows, *bases = answers(
        _asked("store_parts", _periods_of(question) | nodes),
        *(_asked("store_bases", days_of(period) | nodes) for period in _asked_periods(question)),
    )
    return _pair(forests_of(rows, [_by_node(base) for base in bases]))


def trees_of_goods(
    question: Question,
    axis: str,
    categories: Iterable[Category] = (),
    directly_in: Category | None = None,
    *,
    node_ids: Sequence[int] = (),
    with_whole: bool = False,
) -> Pair:
    """Trees of categories (`categories`, else the question's) or brands, by their ids; `WHOLE`
    takes all of them as one node, `ALL_GOODS`, and `BY_PLACE` has a node for each of `node_ids`,
    places below the question's own. The node of `directly_in` is not all of that
    category: only the goods that stand in it and in none below. With `BY_PLACE`, `with_whole` adds
    `ALL_GOODS`, the question's own place, for little more than the others alone."""
    places = [question.org.pk] * (with_whole or axis != BY_PLACE) + list(node_ids)
    parameters = goods_of(question, categories) | place_of(question) | _periods_of(question)
    parameters |= {
        "axis": axis,
        "places": places,
        "is_chain": question.is_chain and question.org.pk in places,
        "channel": question.channel,
        "directly_in": directly_in and directly_in.pk,
    }
    rows = answer(*_asked("goods_parts", parameters))
    return _pair(forests_of(rows, [None] * len(_asked_periods(question))))


def _trees_as_closed(question: Question, node_ids: Sequence[int]) -> Pair:
    """A compared period that was not closed is counted as it is known now."""
    pair: list[Trees] = []
    for period in _asked_periods(question):
        closed = closed_trees(period, node_ids)
        now = replace(question.for_period(period), is_as_closed=False)
        pair.append(trees_of_places(now, node_ids)[0] if closed is None else closed)
    return _pair(pair)


def _trees_of_chain(question: Question) -> Pair:
    """The whole chain need not be joined with its places."""
    node = {"node": question.org.pk}
    parts = [_asked("chain_parts", days_of(each) | node) for each in _asked_periods(question)]
    bases, *rows = answers(_asked("chain_bases", _periods_of(question) | node), *parts)
    return _pair(
        [
            Forest(of_period, _by_node(bases.filter(pc.field("period") == number)))
            for number, of_period in enumerate(rows)
        ]
    )


def _pair(forests: Sequence[Trees]) -> Pair:
    now, *before = forests
    return now, before[0] if before else None


def _by_node(bases: pa.Table) -> Bases:
    return {row["node"]: row for row in bases.to_pylist()}


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


def _asked_periods(question: Question) -> list[Period]:
    return [period for period in (question.period, question.compared) if period]


def _periods_of(question: Question) -> dict[str, Any]:
    """The question's period and the compared one, as the parameters of one statement."""
    compared = question.compared
    return days_of(question.period) | {
        "before_start": compared and compared.start,
        "before_end": compared and compared.end,
        "before_as_of": compared and compared.last_day,
    }


def days_of(period: Period) -> dict[str, Any]:
    """A period, and the days before it in which a member counts as active."""
    return {
        "start": period.start,
        "end": period.end,
        "as_of": period.last_day,
        "window_days": chain().active_window_days,
    }


def _asked(name: str, parameters: Mapping[str, Any]) -> Asked:
    return named(__package__, name), parameters
