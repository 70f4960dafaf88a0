"""How many meet a text, and each condition in it, all in one pass over the members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit import clock
from regulars.ground.kit.sql import tree_of
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
    """A condition of a text, how many meet it, and the conditions that it is made of. `left`: of a
    group of which all are to be met, how many remain after this condition and those before it."""

    text: str
    count: int
    parts: Sequence["Counted"] = ()
    left: int | None = None


@dataclass(frozen=True)
class Preview:
    """`total` members in the caller's sight, `count` of them in."""

    count: int
    total: int
    root: Counted


def preview(scope: Scope, text: str, *, is_stepwise: bool = False) -> Preview:
    """How many meet a text and each condition in it; `is_stepwise`: and how many remain from one
    to the next. Raises TextError with the place of what means nothing."""
    tree = parsed(text)
    names = names_of(defined(Subject.MEMBER))
    nodes = conditions_within(tree)
    simple = {id(node): exp.column(f"is_{n}") for n, node in enumerate(nodes) if not _parts(node)}
    # Each once, as a column: however many groups it is part of, nobody is asked twice.
    met = [who(node, names).as_(simple[id(node)].name) for node in nodes if id(node) in simple]
    rows = exp.select(*met).from_(wide()).where(*in_sight(scope))
    steps = [step for node in nodes for step in _steps(node)] if is_stepwise else []
    wanted = [_together(node, simple) for node in nodes]
    wanted += [exp.and_(*(_together(part, simple) for part in step)) for step in steps]
    counts = [count_where(each).as_(f"n{n}") for n, each in enumerate(wanted)]
    select = exp.select(exp.Count(this=exp.Star()).as_("total"), *counts)
    select = select.from_(rows.subquery("seen", copy=False), copy=False)
    (row,) = query(select.sql("duckdb"), asked(select, scope)).to_pylist()
    found = {id(node): row[f"n{n}"] for n, node in enumerate(nodes)}
    left = {id(step[-1]): row[f"n{n}"] for n, step in enumerate(steps, len(nodes))}
    return Preview(row["n0"], row["total"], _counted(tree, found, left))


def select_ids() -> exp.Select:
    return exp.select(exp.column("member_id", TABLE)).from_(wide())


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
    theirs = tree_of(__package__, "in_stores")
    return [exp.In(this=exp.column("member_id", TABLE), query=exp.Subquery(this=theirs))]


def named_within(scope: Scope, name: str) -> exp.Select:
    """A named query with what its relation `t` holds narrowed to the caller's sight."""
    select = tree_of(__package__, name)
    for each in list(select.find_all(exp.Select)):
        if each.args["from_"].this.alias_or_name == TABLE:
            each.where(*in_sight(scope), copy=False)
    return select


def asked(select: exp.Select, scope: Scope) -> dict[str, object]:
    """The parameters of a question within a scope."""
    place = {} if scope.node_id is None else {"stores": store_ids_under(scope.node_id)}
    return {**spoken(select, clock.today()), **place}


def wide() -> Expr:
    """The members with their tags, as `t`."""
    return exp.to_table(WIDE).as_(TABLE, table=True)


def conditions_within(node: Node) -> list[Node]:
    """A condition and those that it is made of, outermost first."""
    return [node, *(below for part in _parts(node) for below in conditions_within(part))]


def count_where(condition: Expr) -> Expr:
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition.copy()))


def _together(node: Node, simple: Mapping[int, Expr]) -> Expr:
    """A condition from those that it is made of, none of which is ever unknown."""
    match node:
        case AllOf(parts):
            return exp.and_(*(_together(part, simple) for part in parts))
        case AnyOf(parts):
            return exp.or_(*(_together(part, simple) for part in parts))
        case Negated(part):
            return exp.not_(exp.paren(_together(part, simple)))
        case _:
            return simple[id(node)].copy()


def _steps(node: Node) -> list[Sequence[Node]]:
    """The beginnings of a group of which all are to be met."""
    if not isinstance(node, AllOf):
        return []
    return [node.parts[:end] for end in range(1, len(node.parts) + 1)]


def _counted(node: Node, found: dict[int, int], left: dict[int, int]) -> Counted:
    parts = [_counted(part, found, left) for part in _parts(node)]
    return Counted(printed(node), found[id(node)], parts, left.get(id(node)))


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
