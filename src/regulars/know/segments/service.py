"""The segments room for other rooms."""

from collections.abc import Sequence

from sqlglot import exp

from regulars.ground.accounts.access import Scope
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query
from regulars.know.segments.counting import (
    Counted,
    Preview,
    asked,
    in_sight,
    preview,
    select_ids,
)
from regulars.know.segments.keeping import keep_up, refresh, refresh_all
from regulars.know.segments.models import Segment
from regulars.know.segments.registry import get_segment, save_list, save_rule, set_active

__all__ = [
    "Counted",
    "Preview",
    "count_members",
    "get_segment",
    "keep_up",
    "list_member_ids",
    "preview",
    "refresh",
    "refresh_all",
    "save_list",
    "save_rule",
    "schema",
    "set_active",
]


def schema() -> Statement:
    """This room's tables in the warehouse."""
    return Statement(named(__package__, "warehouse_schema"))


def list_member_ids(scope: Scope, segment: Segment, after: int, limit: int) -> Sequence[int]:
    """Who is in it and in the caller's sight: the ids after `after`, in their order."""
    member = exp.column("member_id", "t")
    select = select_ids().where(_inside(segment), *in_sight(scope), member > after)
    select = select.order_by(member.copy()).limit(limit)
    ids: list[int] = query(select.sql("duckdb"), asked(select, scope))["member_id"].to_pylist()
    return ids


def count_members(scope: Scope, segment: Segment) -> int:
    """How many are in it and in the caller's sight."""
    select = exp.select(exp.Count(this=exp.Star()).as_("n"))
    select = select.from_(exp.to_table("member_tags").as_("t", table=True))
    select = select.where(_inside(segment), *in_sight(scope))
    count: int = query(select.sql("duckdb"), asked(select, scope))["n"][0].as_py()
    return count


def _inside(segment: Segment) -> exp.Expr:
    ids = exp.select("member_id").from_("segment_members")
    ids = ids.where(exp.column("segment_id").eq(exp.Literal.number(segment.pk)))
    return exp.In(this=exp.column("member_id", "t"), query=exp.Subquery(this=ids))
