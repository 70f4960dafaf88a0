"""A segment's text as SQL: a condition on a row of `member_tags`, here `t`."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.kit.sql import tree_of
from regulars.know.language.compiling import condition
from regulars.know.language.errors import TextError
from regulars.know.language.tree import (
    Behaviour,
    InOrg,
    InSegment,
    Name,
    Node,
    Sampled,
    Sequence,
)
from regulars.know.language.types import Special, Typed
from regulars.know.segments.behaviours import behaved, followed
from regulars.know.tags.service import Defined

TABLE = "t"
MEMBER = exp.column("member_id", TABLE)
FIND = Callable[[str], int | None]
"""The id of a segment by its code; None where there is none."""
PRIME, SPAN, PERCENT = 2_654_435_761, 2**32, 100


class SegmentNames:
    """Tags by their codes; what was done, other segments, places and samples besides."""

    def __init__(
        self,
        told: Defined,
        find_segment: FIND,
        find_place: FIND,
        *,
        stored: frozenset[str] | None = None,
        segments_by: str = "in_segment",
    ) -> None:
        """`stored`: the columns that there are, where not all of them need be; `segments_by`: the
        query of who is in a segment."""
        self._tags = told.columns.names(TABLE)
        self._find_segment = find_segment
        self._find_place = find_place
        self._stored = stored
        self._segments_by = segments_by

    def resolve(self, name: Name) -> Typed:
        found = self._tags.resolve(name)
        if self._stored is not None and not _columns_of(found.sql) <= self._stored:
            raise TextError(
                _("“%s” is not computed yet: within minutes it is.") % name.name, name.at
            )
        return found

    def special(self, node: Special) -> Expr:
        match node:
            case Behaviour():
                return behaved(node, MEMBER)
            case Sequence():
                return followed(node, MEMBER)
            case InSegment(code):
                found = self._find_segment(code)
                if found is None:
                    raise TextError(_("There is no segment “%s”.") % code, node.at)
                return _among(self._segments_by, found)
            case InOrg(code):
                found = self._find_place(code)
                if found is None:
                    raise TextError(_("There is no place “%s”.") % code, node.at)
                return _among("in_place", found)
            case Sampled(percent):
                return _sampled(percent, node)


def who(node: Node, names: SegmentNames) -> Expr:
    """The condition. Raises TextError with the place of what means nothing."""
    return exp.func("COALESCE", condition(node, names), exp.false())


def _columns_of(value: Expr) -> set[str]:
    return {column.name for column in value.find_all(exp.Column)}


def _among(query: str, found: int) -> Expr:
    select = tree_of(__package__, query)
    for asked in list(select.find_all(exp.Placeholder)):
        if asked.name == "id":
            asked.replace(exp.Literal.number(found))
    return exp.In(this=MEMBER.copy(), query=exp.Subquery(this=select))


def _sampled(percent: int, node: Node) -> Expr:
    """Spread by multiplication (Knuth, The Art of Computer Programming 3, 6.4), so that
    neighbouring numbers fall far apart and a number always falls in the same place."""
    if not 1 <= percent < PERCENT:
        raise TextError(_("A sample has 1 to 99 per cent."), node.at)
    spread = exp.Mod(
        this=exp.paren(exp.Mul(this=MEMBER.copy(), expression=exp.Literal.number(PRIME))),
        expression=exp.Literal.number(SPAN),
    )
    share = exp.Mul(this=exp.paren(spread), expression=exp.Literal.number(PERCENT))
    most = exp.Literal.number(percent * SPAN)
    return exp.LT(this=exp.paren(share), expression=most)
