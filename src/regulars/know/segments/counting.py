"""How many meet a text, and each condition in it, all in one pass over the members."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp, parse_one
from sqlglot.expressions import Expr

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node as Place
from regulars.ground.org.service import store_ids_under
from regulars.ground.warehouse.service import query
from regulars.know.language.parsing import parsed
from regulars.know.language.printing import printed
from regulars.know.language.tree import AllOf, AnyOf, Negated, Node
from regulars.know.segments.compiling import TABLE, SegmentNames, who
from regulars.know.segments.models import Segment
from regulars.know.tags.service import (
    Defined,
    Subject,
    computed_columns,
    defined,
    spoken,
)

WIDE = "member_tags"


@dataclass(frozen=True)
class Counted:
    """A condition of a text, how many meet it, and the conditions that it is made of."""

    text: str
    count: int
    parts: Sequence["Counted"] = ()


@dataclass(frozen=True)
class Preview:
    """`total` members in the caller's sight, `count` of them in."""

    count: int
    total: int
    root: Counted


def preview(scope: Scope, text: str) -> Preview:
    """Raises TextError with the place of what means nothing."""
    tree = parsed(text)
    told = defined(Subject.MEMBER)
    names = names_of(told)
    nodes = _conditions(tree)
    conditions = [who(node, names) for node in nodes]
    counts = [
        exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=each)).as_(f"n{n}")
        for n, each in enumerate(conditions)
    ]
    select = exp.select(exp.Count(this=exp.Star()).as_("total"), *counts)
    select = select.from_(_wide()).where(*in_sight(scope))
    (row,) = query(select.sql("duckdb"), asked(select, scope)).to_pylist()
    found = {id(node): row[f"n{n}"] for n, node in enumerate(nodes)}
    return Preview(row["n0"], row["total"], _counted(tree, found))


def select_ids() -> exp.Select:
    return exp.select(exp.column("member_id", TABLE)).from_(_wide())


def names_of(told: Defined) -> SegmentNames:
    """What the names of a text mean, as far as it is computed."""
    stored = computed_columns(Subject.MEMBER)
    return SegmentNames(told, find_segment, find_place, stored=stored)


def in_sight(scope: Scope) -> list[Expr]:
    """Nobody without the capability; at home in a store of the caller's place, where there is
    one."""
    if not scope.may(Capability.SEE_MEMBERS) and not scope.may(Capability.SEE_TAGS):
        return [exp.false()]
    if scope.node_id is None:
        return []
    theirs = parse_one(named(__package__, "in_stores").strip(";\n"), dialect="duckdb")
    return [exp.In(this=exp.column("member_id", TABLE), query=exp.Subquery(this=theirs))]


def asked(select: exp.Select, scope: Scope) -> dict[str, object]:
    """The parameters of a question within a scope."""
    place = {} if scope.node_id is None else {"stores": store_ids_under(scope.node_id)}
    return {**spoken(select, clock.today()), **place}


def _wide() -> Expr:
    return exp.to_table(WIDE).as_(TABLE, table=True)


def _conditions(node: Node) -> list[Node]:
    """A condition and those that it is made of, outermost first."""
    return [node, *(below for part in _parts(node) for below in _conditions(part))]


def _counted(node: Node, found: dict[int, int]) -> Counted:
    parts = [_counted(part, found) for part in _parts(node)]
    return Counted(printed(node), found[id(node)], parts)


def _parts(node: Node) -> Sequence[Node]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Negated(part):
            return [part]
        case _:
            return []


def find_segment(code: str) -> int | None:
    return Segment.objects.filter(code=code).values_list("pk", flat=True).first()


def find_place(code: str) -> int | None:
    return Place.objects.filter(code=code).values_list("pk", flat=True).first()
