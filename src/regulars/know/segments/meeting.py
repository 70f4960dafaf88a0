"""A text as a condition on members, for other rooms that ask the warehouse about them."""

from datetime import date
from typing import Any

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.parsing import parsed
from regulars.know.language.tree import Action, Name, Node, children
from regulars.know.segments.compiling import TABLE, SegmentNames, who
from regulars.know.segments.reach import find_place, find_segment, names_of
from regulars.know.tags.definitions import Kind
from regulars.know.tags.service import Subject, defined, narrowed, rows_of_few, spoken

OWNER = "owner_id"


def meets(text: str) -> Expr:
    """The condition that a row `t` of the members with their tags meets a text; `$today` may stand
    in it. Raises TextError with the place of what means nothing."""
    return who(parsed(text), names_of(defined(Subject.MEMBER)))


def tags_named(text: str) -> set[str]:
    """The codes of the tags that a text asks for. Raises TextError."""
    return _named(parsed(text))


def stands_on_models(text: str) -> bool:
    """Whether a text asks for what models foresee: of that nothing is known but as of today."""
    tags = narrowed(defined(Subject.MEMBER), sorted(tags_named(text))).checked.tags
    return any(tag.kind == Kind.MODEL for tag in tags)


def who_met(text: str, member_ids: str, day: date) -> tuple[exp.Select, dict[str, Any]]:
    """Of the members of a list parameter `member_ids`, those (`member_id`) who met a text at the
    end of a day: facts and what staff wrote as of then; what is on record, segments and places as
    of today. Raises TextError."""
    told = defined(Subject.MEMBER)
    tree = parsed(text)
    columns = narrowed(told, sorted(_named(tree))).columns
    given = exp.Anonymous(this="unnest", expressions=[exp.Placeholder(this=member_ids)])
    among = exp.In(this=exp.column(OWNER), query=exp.Subquery(this=exp.select(given)))
    rows = rows_of_few(Subject.MEMBER, columns, among)
    met = who(tree, SegmentNames(told, find_segment, find_place))
    select = exp.select(exp.column("member_id", TABLE)).from_(rows.subquery(TABLE)).where(met)
    return select, spoken(select, day)


def _named(node: Node) -> set[str]:
    if isinstance(node, Action):
        return set()  # what stands there are fields of what was done
    own = {node.name} if isinstance(node, Name) else set()
    return own.union(*map(_named, children(node)))
