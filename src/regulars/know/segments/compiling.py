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
from regulars.know.segments.behaviours import doers_of
from regulars.know.segments.groups import OWNER, Group
from regulars.know.tags.service import Defined

GROUPS = (Behaviour, Sequence, InSegment, InOrg)
TABLE = "t"
MEMBER = exp.column("member_id", TABLE)
FIND = Callable[[str], int | None]
"""The id of a segment by its code; None where there is none."""
Belongs = Callable[[Special, Group], Expr]
"""The condition that the member of a row belongs to the group that a node names."""
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
        belongs: Belongs | None = None,
    ) -> None:
        """`stored`: the columns that there are, where not all of them need be; `segments_by`: the
        query of who is in a segment; `belongs`: how to look whether somebody belongs to a group."""
        self._tags = told.columns.names(TABLE)
        self._find_segment = find_segment
        self._find_place = find_place
        self._stored = stored
        self._segments_by = segments_by
        self._belongs = belongs or _looked_up

    def resolve(self, name: Name) -> Typed:
        found = self._tags.resolve(name)
        if self._stored is not None and not _columns_of(found.sql) <= self._stored:
            raise TextError(
                _("“%s” is not computed yet: within minutes it is.") % name.name, name.at
            )
        return found

    def special(self, node: Special) -> Expr:
        if isinstance(node, Sampled):
            return _sampled(node.percent, node)
        return self._belongs(node, self._group_of(node))

    def _group_of(self, node: Special) -> Group:
        match node:
            case Behaviour() | Sequence():
                return doers_of(node)
            case InSegment(code):
                found = self._find_segment(code)
                if found is None:
                    raise TextError(_("There is no segment “%s”.") % code, node.at)
                return _named(self._segments_by, found)
            case InOrg(code):
                found = self._find_place(code)
                if found is None:
                    raise TextError(_("There is no place “%s”.") % code, node.at)
                return _named("in_place", found)
            case Sampled():
                raise TextError(_("This cannot stand here."), node.at)


def who(node: Node, names: SegmentNames) -> Expr:
    """The condition. Raises TextError with the place of what means nothing."""
    return exp.func("COALESCE", condition(node, names), exp.false())


def _columns_of(value: Expr) -> set[str]:
    return {column.name for column in value.find_all(exp.Column)}


def _looked_up(_node: Special, group: Group) -> Expr:
    return group.has(MEMBER)


def _named(query: str, found: int) -> Group:
    select = tree_of(__package__, query)
    for asked in list(select.find_all(exp.Placeholder)):
        if asked.name == "id":
            asked.replace(exp.Literal.number(found))
    member = exp.column("member_id", "t").as_(OWNER)
    return Group(exp.select(member).from_(select.subquery("t")))


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
