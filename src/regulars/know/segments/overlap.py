"""How segments lie over one another: sizes, what two share, and who is in which of several."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from regulars.ground.accounts.access import Scope
from regulars.ground.warehouse.service import query
from regulars.know.segments.models import Segment
from regulars.know.segments.reach import asked, named_within

MOST_COMPARED = 6
MOST_COMBINATIONS = 20


@dataclass(frozen=True)
class Other:
    """Another segment: how many are in it, and how many of these in the one that is looked at."""

    segment: Segment
    size: int
    shared: int
    own_size: int

    @property
    def share_of_own(self) -> Fraction | None:
        """Of the segment that is looked at, the part that is in the other too."""
        return Fraction(self.shared, self.own_size) if self.own_size else None

    @property
    def share_of_other(self) -> Fraction | None:
        return Fraction(self.shared, self.size) if self.size else None


@dataclass(frozen=True)
class Combination:
    """`count` members are in all of `segments`, and in none of the others compared."""

    segments: Sequence[Segment]
    count: int


def list_others(scope: Scope, segment: Segment) -> list[Other]:
    """Every other segment, counted in the caller's sight: those that share most first."""
    found = {row["segment_id"]: row for row in _rows(scope, "overlaps", {"segment": segment.pk})}
    own_size = found.get(segment.pk, {}).get("size", 0)
    others = [
        Other(other, row.get("size", 0), row.get("shared", 0), own_size)
        for other in Segment.objects.exclude(pk=segment.pk).order_by("name")
        for row in [found.get(other.pk, {})]
    ]
    return sorted(others, key=lambda other: -other.shared)


def list_combinations(scope: Scope, segments: Sequence[Segment]) -> list[Combination]:
    """Who is in which of up to MOST_COMPARED segments, the largest combinations first, as the bars
    of an UpSet plot (Lex et al. 2014): every member counts once."""
    compared = list(segments)[:MOST_COMPARED]
    rows = _rows(scope, "combinations", {"segments": [each.pk for each in compared]})
    return [
        Combination([s for n, s in enumerate(compared) if row["bits"] >> n & 1], row["size"])
        for row in rows[:MOST_COMBINATIONS]
    ]


def count_sizes(scope: Scope) -> dict[int, int]:
    """How many of each segment are in the caller's sight, by the segment's id."""
    return {row["segment_id"]: row["size"] for row in _rows(scope, "sizes", {})}


def _rows(scope: Scope, name: str, parameters: dict[str, object]) -> list[dict[str, int]]:
    select = named_within(scope, name)
    found = query(select.sql("duckdb"), {**asked(select, scope), **parameters})
    rows: list[dict[str, int]] = found.to_pylist()
    return rows
