"""The segments room for other rooms."""

from collections.abc import Sequence

from sqlglot import exp

from regulars.ground.accounts.access import Scope
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query
from regulars.know.segments.becoming import list_entered
from regulars.know.segments.behaviours import KINDS
from regulars.know.segments.counting import Counted, Preview, preview
from regulars.know.segments.keeping import keep_up, refresh, refresh_all
from regulars.know.segments.listing import (
    LONGEST_LIST,
    get_upload,
    list_refused,
    match_lines,
    refused_csv,
)
from regulars.know.segments.meeting import meets, stands_on_models, tags_named, who_met
from regulars.know.segments.models import Segment
from regulars.know.segments.overlap import (
    MOST_COMPARED,
    Combination,
    Other,
    count_sizes,
    list_combinations,
    list_others,
)
from regulars.know.segments.profile import Distinction, Meaning, Profile, profile
from regulars.know.segments.reach import asked, in_sight, named_within, select_ids, wide
from regulars.know.segments.reasons import Flip, Moved, is_of_new_text, list_moved, version_of
from regulars.know.segments.registry import (
    get_segment,
    restore,
    save_list,
    save_rule,
    set_active,
)

__all__ = [
    "KINDS",
    "LONGEST_LIST",
    "MOST_COMPARED",
    "Combination",
    "Counted",
    "Distinction",
    "Flip",
    "Meaning",
    "Moved",
    "Other",
    "Preview",
    "Profile",
    "count_members",
    "count_sizes",
    "get_segment",
    "get_upload",
    "is_of_new_text",
    "keep_up",
    "list_combinations",
    "list_entered",
    "list_member_ids",
    "list_moved",
    "list_others",
    "list_refused",
    "match_lines",
    "meets",
    "preview",
    "profile",
    "refresh",
    "refresh_all",
    "refused_csv",
    "restore",
    "save_list",
    "save_rule",
    "schema",
    "set_active",
    "stands_on_models",
    "tags_named",
    "version_of",
    "which_of",
    "who_met",
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
    select = select.from_(wide())
    select = select.where(_inside(segment), *in_sight(scope))
    count: int = query(select.sql("duckdb"), asked(select, scope))["n"][0].as_py()
    return count


def which_of(scope: Scope, segment: Segment, member_ids: Sequence[int]) -> Sequence[int]:
    """Those of some members who are in it and in the caller's sight."""
    select = named_within(scope, "listed_within")
    parameters = {"segment": segment.pk, "ids": list(member_ids)}
    rows = query(select.sql("duckdb"), {**asked(select, scope), **parameters})
    ids: list[int] = rows["member_id"].to_pylist()
    return ids


def _inside(segment: Segment) -> exp.Expr:
    ids = exp.select("member_id").from_("segment_members")
    ids = ids.where(exp.column("segment_id").eq(exp.Literal.number(segment.pk)))
    return exp.In(this=exp.column("member_id", "t"), query=exp.Subquery(this=ids))
