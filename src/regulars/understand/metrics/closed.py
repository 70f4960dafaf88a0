"""Closed months, shown as they stood when they were closed."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.understand.metrics.forest import Grown
from regulars.understand.metrics.identity import CHAIN, RETURNS, Counts, Tree
from regulars.understand.metrics.models import ClosedPart, Closing
from regulars.understand.metrics.periods import Period
from regulars.understand.metrics.question import Question


def get_closing(question: Question) -> Closing | None:
    """The last closing of the question's month; None where it asks about anything else than one
    closed month of all goods and channels."""
    if question.is_about_goods or question.channel or not question.period.is_calendar_month:
        return None
    return _last_closing(question.period)


def as_closed(question: Question) -> Question:
    """The same question, answered as the numbers stood at the closing. Raises UserError where
    there is none."""
    if get_closing(question) is None:
        raise UserError(
            _("Only closed months, of all goods and channels, can be shown as they were."),
            field="state",
        )
    return replace(question, is_as_closed=True)


def closed_trees(period: Period, node_ids: Sequence[int]) -> Grown | None:
    """The kept trees by node; None for a period that was not closed."""
    closing = _last_closing(period) if period.is_calendar_month else None
    if closing is None:
        return None
    rows = ClosedPart.objects.filter(closing=closing, node__in=node_ids)
    trees: dict[int, Tree] = {}
    for node, part, *counted in rows.values_list("node_id", "part", *CHAIN).order_by("pk"):
        tree, counts = trees.get(node, Tree({})), Counts(*counted)
        is_returns = part == RETURNS
        trees[node] = (
            replace(tree, returns=counts)
            if is_returns
            else replace(tree, parts=tree.parts | {part: counts})
        )
    return Grown(trees)


def _last_closing(month: Period) -> Closing | None:
    return Closing.objects.filter(month_on=month.start).order_by("-version").first()
