"""Who entered a segment because something about them changed: what others wait for."""

from collections.abc import Sequence
from datetime import timedelta

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.language.errors import TextError
from regulars.know.segments.meeting import who_met
from regulars.know.segments.models import Segment, SegmentChange

MOST_LOOKED_AT = 50_000


def list_entered(change_id: str) -> Sequence[int]:
    """Who entered by a change. Whoever enters as a segment is first filled under its text, and met
    that text before it was given, has not become anything, and is left out; so are all where more
    enter at once than can be looked at."""
    rows = query(named(__package__, "entered_by"), {"change": change_id})
    ids: list[int] = rows["member_id"].to_pylist()
    change = SegmentChange.objects.filter(pk=change_id).select_related("segment").first()
    if change is None or change.segment.kind == Segment.Kind.LIST or not _is_filling(change):
        return ids
    if len(ids) > MOST_LOOKED_AT:
        return []
    before = _met_before(change.segment, ids)
    return [each for each in ids if each not in before]


def _is_filling(change: SegmentChange) -> bool:
    """Whether it is the first since the segment was given its text, or switched on."""
    told = SegmentChange.objects.filter(
        segment=change.segment, told_at__gte=change.segment.changed_at, told_at__lt=change.told_at
    )
    return not told.exists()


def _met_before(segment: Segment, ids: Sequence[int]) -> set[int]:
    day = min(clock.business_date(segment.changed_at), clock.today()) - timedelta(days=1)
    try:
        select, parameters = who_met(segment.text, "asked", day)
    except TextError:
        return set(ids)
    found = query(select.sql("duckdb"), parameters | {"asked": list(ids)})
    return set(found["member_id"].to_pylist())
