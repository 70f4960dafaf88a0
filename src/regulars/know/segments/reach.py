"""Whom a question about segments may reach: the members in a caller's sight, with their tags."""

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit import clock
from regulars.ground.kit.sql import tree_of
from regulars.ground.org.models import Node as Place
from regulars.ground.org.service import store_ids_under
from regulars.know.segments.compiling import TABLE, Belongs, SegmentNames
from regulars.know.segments.models import Segment
from regulars.know.tags.service import CARRIERS, Defined, Subject, computed_columns, spoken

CARRIER = CARRIERS[Subject.MEMBER]


def select_ids() -> exp.Select:
    return exp.select(exp.column("member_id", TABLE)).from_(wide())


def names_of(told: Defined, belongs: Belongs | None = None) -> SegmentNames:
    """What the names of a text mean, as far as it is computed."""
    stored = computed_columns(told)
    return SegmentNames(told, find_segment, find_place, stored=stored, belongs=belongs)


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


def wide(table: str = CARRIER.table) -> Expr:
    """The members with their tags, as `t`."""
    return exp.to_table(table).as_(TABLE, table=True)


def find_segment(code: str) -> int | None:
    return Segment.objects.filter(code=code).values_list("pk", flat=True).first()


def find_place(code: str) -> int | None:
    return Place.objects.filter(code=code).values_list("pk", flat=True).first()
