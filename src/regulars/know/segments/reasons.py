"""Who entered or left a segment by a change, and why: which conditions of its text were met the day
before and no longer on the day, or the other way round.

Facts count as far as they had come by each of the days; what is on record of a member, and where
the groups of a rank begin, is taken as it is today.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock
from regulars.ground.warehouse.service import query
from regulars.know.language.errors import TextError
from regulars.know.language.parsing import parsed
from regulars.know.language.printing import printed
from regulars.know.language.tree import Node, names_in
from regulars.know.segments.compiling import TABLE, SegmentNames, who
from regulars.know.segments.counting import conditions_within
from regulars.know.segments.models import Segment, SegmentChange, SegmentVersion
from regulars.know.segments.reach import asked, find_place, find_segment, named_within
from regulars.know.tags.service import (
    Defined,
    Subject,
    Tag,
    defined,
    narrowed,
    rows_of_few,
    spoken,
)

OWNER = "owner_id"


@dataclass(frozen=True)
class Flip:
    """A condition that was met the day before (`was`) and not on the day, or the other way round,
    with the tags it names: before and after."""

    text: str
    was: bool
    values: Sequence[tuple[Tag, Any, Any]] = ()


@dataclass(frozen=True)
class Moved:
    """A member of a change; without flips, facts of earlier days came late or were corrected, or
    records were merged."""

    member_id: int
    flips: Sequence[Flip]


def list_moved(
    scope: Scope, change: SegmentChange, *, is_entry: bool, after: int, limit: int
) -> list[Moved]:
    """Who entered, or left, in the order of their ids after `after`; each with what flipped. For a
    LIST nothing flips."""
    select = named_within(scope, "changed")
    parameters = {"change": str(change.pk), "is_entry": is_entry, "after": after, "most": limit}
    found = query(select.sql("duckdb"), {**asked(select, scope), **parameters})
    ids: list[int] = found["member_id"].to_pylist()
    flips = flips_of(change, ids) if ids else {}
    return [Moved(each, flips.get(each, [])) for each in ids]


def version_of(change: SegmentChange) -> SegmentVersion | None:
    """The version that was in force when a change came about."""
    versions = change.segment.versions.filter(made_at__lte=change.told_at)
    return versions.order_by("-number").first()


def is_of_new_text(change: SegmentChange) -> bool:
    """Whether the segment was given another text on the day of the change."""
    version = version_of(change)
    return (
        version is not None
        and version.number > 1
        and clock.business_date(version.made_at) >= change.changed_on
    )


def flips_of(change: SegmentChange, ids: Sequence[int]) -> dict[int, list[Flip]]:
    """What flipped for each of these members. Nothing for a LIST, nor where the text of that time
    names what there is no more."""
    version = version_of(change)
    if change.segment.kind != Segment.Kind.RULE or version is None or not version.text:
        return {}
    tree = parsed(version.text)
    leaves = [node for node in conditions_within(tree) if not conditions_within(node)[1:]]
    try:
        question = _question(tree, leaves, ids)
    except TextError:
        return {}
    days = (change.changed_on - timedelta(days=1), change.changed_on)
    before, then = (_answers(question, day) for day in days)
    told = defined(Subject.MEMBER).columns.tags
    return {
        each: list(_flipped(leaves, told, before[each], then[each]))
        for each in ids
        if each in before and each in then
    }


def _flipped(
    leaves: Sequence[Node], tags: Mapping[str, Tag], before: Mapping[str, Any], then: Any
) -> Iterator[Flip]:
    for number, leaf in enumerate(leaves):
        name = f"met_{number}"
        if before[name] != then[name]:
            named = sorted(names_in(leaf) & set(tags))
            values = [(tags[code], before[f"is_{code}"], then[f"is_{code}"]) for code in named]
            yield Flip(printed(leaf), before[name], values)


def _question(tree: Node, leaves: Sequence[Node], ids: Sequence[int]) -> exp.Select:
    """Every leaf and every tag that is named, over the rows that some members would have."""
    told = narrowed(defined(Subject.MEMBER), names_in(tree))
    codes = names_in(tree) & set(told.columns.tags)
    names = SegmentNames(told, find_segment, find_place, segments_by="in_segment_then")
    met = [who(leaf, names).as_(f"met_{number}") for number, leaf in enumerate(leaves)]
    values = [told.columns.read(code, TABLE).as_(f"is_{code}") for code in sorted(codes)]
    select = exp.select(exp.column("member_id", TABLE), *met, *values)
    return select.from_(_rows(told, ids).subquery(TABLE, copy=False))


def _rows(told: Defined, ids: Sequence[int]) -> exp.Select:
    among: Expr = exp.In(
        this=exp.column(OWNER), expressions=[exp.Literal.number(each) for each in ids]
    )
    return rows_of_few(told.subject, told.columns, among)


def _answers(question: exp.Select, day: date) -> dict[int, dict[str, Any]]:
    rows = query(question.sql("duckdb"), spoken(question, day)).to_pylist()
    return {row["member_id"]: row for row in rows}
