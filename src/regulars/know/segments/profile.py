"""What tells the members of a group from all the others: tag by tag, how differently their values
are spread, in one scan over the members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log
from typing import Any

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.accounts.access import Scope
from regulars.ground.warehouse.service import query
from regulars.know.language.parsing import parsed
from regulars.know.language.tree import names_in
from regulars.know.language.types import Type
from regulars.know.segments.compiling import MEMBER, who
from regulars.know.segments.counting import asked, count_where, in_sight, names_of, wide
from regulars.know.tags.definitions import Tag
from regulars.know.tags.service import Subject, computed_columns, defined

MOST_EACH = 50_000
"""So many are looked at on either side: their shares are known to half a point."""
FEWEST_EACH = 30
MOST_VALUES = 40
MOST_SHOWN = 15
LEAST = 0.02
"""Below this information value a tag tells nothing (Siddiqi, Credit Risk Scorecards, 2006)."""
PARTS = (0.2, 0.4, 0.6, 0.8)
SPREAD = 1_000_000
IN, ENDS, MIDDLE = "is_in", "ends_", "middle_"
CODED = frozenset({Type.TEXT, Type.YES_NO})
UNKNOWN = -1
"""The part of those whose number is not known."""


@dataclass(frozen=True)
class Part:
    """One value of a tag (None: unknown), or the numbers above `low` and up to `high`."""

    share: Fraction
    share_of_rest: Fraction
    value: Any = None
    low: Any = None
    high: Any = None

    @property
    def lift(self) -> Fraction | None:
        return self.share / self.share_of_rest if self.share_of_rest else None


@dataclass(frozen=True)
class Distinction:
    """A tag, how much it tells (`information`), the part that stands out most, and for numbers and
    dates the values in the middle. `is_in_rule`: the group's own text names the tag."""

    tag: Tag
    information: float
    part: Part
    middle: Any = None
    middle_of_rest: Any = None
    is_in_rule: bool = False


@dataclass(frozen=True)
class Profile:
    """`looked_at` of `size` members, and `rest_looked_at` of `rest`, were compared; without enough
    of either nothing is said."""

    size: int
    rest: int
    looked_at: int
    rest_looked_at: int
    distinctions: Sequence[Distinction] = ()

    @property
    def is_enough(self) -> bool:
        return min(self.looked_at, self.rest_looked_at) >= FEWEST_EACH


def profile(scope: Scope, text: str, rule: str = "") -> Profile:
    """Those in the caller's sight who meet a text, against all others in it. `rule` is the text
    whose tags are marked as the group's own, where it is not the text itself. Raises TextError."""
    condition = who(parsed(text), names_of(defined(Subject.MEMBER)))
    size, rest = _sizes(scope, condition)
    if not (size and rest):
        return Profile(size, rest, size, rest)
    tags = _tags()
    rows = _compared(scope, condition, tags, size, rest)
    inside, outside = (rows.get(is_in, {"n": 0}) for is_in in (True, False))
    own = names_in(parsed(rule or text))
    told = [_distinction(tag, inside, outside, is_in_rule=tag.code in own) for tag in tags]
    found = Profile(size, rest, inside["n"], outside["n"])
    if not found.is_enough:
        return found
    best = sorted((each for each in told if each), key=lambda each: -each.information)
    return Profile(size, rest, inside["n"], outside["n"], best[:MOST_SHOWN])


def _tags() -> list[Tag]:
    """Those that stand in the table."""
    told, stored = defined(Subject.MEMBER), computed_columns(Subject.MEMBER)
    return [
        tag
        for tag in told.checked.tags
        if {column.name for column in told.columns.read(tag.code).find_all(exp.Column)} <= stored
    ]


def _sizes(scope: Scope, condition: Expr) -> tuple[int, int]:
    total = exp.Count(this=exp.Star()).as_("total")
    select = exp.select(total, count_where(condition).as_("size")).from_(wide())
    select = select.where(*in_sight(scope))
    (row,) = query(select.sql("duckdb"), asked(select, scope)).to_pylist()
    return row["size"], row["total"] - row["size"]


def _compared(
    scope: Scope, condition: Expr, tags: Sequence[Tag], size: int, rest: int
) -> dict[bool, dict[str, Any]]:
    """For each side how many take which value or lie in which fifth of the others' numbers."""
    is_in = exp.column(IN, "picked")
    counted = [_histogram(tag).as_(tag.code) for tag in tags]
    numbers = [tag for tag in tags if tag.type not in CODED]
    middles = [_quantile(tag, "picked", 0.5).as_(MIDDLE + tag.code) for tag in numbers]
    ends = [
        exp.Anonymous(this="any_value", expressions=[exp.column(tag.code, "ends")])
        .as_(ENDS + tag.code)
        for tag in numbers
    ]  # fmt: skip
    cut = exp.select("1", *(_quantile(tag, "picked", *PARTS).as_(tag.code) for tag in numbers))
    select = (
        exp.select(is_in.copy(), exp.Count(this=exp.Star()).as_("n"), *counted, *middles, *ends)
        .from_("picked")
        .join("ends", join_type="cross")
        .group_by(is_in.copy())
        .with_("picked", as_=_picked(scope, condition, tags, size, rest), materialized=True)
        .with_("ends", as_=cut.from_("picked").where(exp.not_(is_in.copy())), materialized=True)
    )
    rows = query(select.sql("duckdb"), asked(select, scope)).to_pylist()
    return {row[IN]: row for row in rows}


def _picked(scope: Scope, condition: Expr, tags: Sequence[Tag], size: int, rest: int) -> exp.Select:
    """Up to MOST_EACH of either side, scattered evenly: always the same ones."""
    columns = defined(Subject.MEMBER).columns
    place = exp.Mod(
        this=exp.Anonymous(this="hash", expressions=[MEMBER.copy()]),
        expression=exp.Literal.number(SPREAD),
    )
    rows = exp.select(condition.copy().as_(IN), place.as_("place"))
    rows = rows.select(*(columns.read(tag.code, "t").as_(tag.code) for tag in tags))
    rows = rows.from_(wide()).where(*in_sight(scope))
    ends = [exp.Literal.number(SPREAD * MOST_EACH // max(each, MOST_EACH)) for each in (size, rest)]
    most = exp.Case().when(exp.column(IN), ends[0]).else_(ends[1])
    return exp.select("*").from_(rows.subquery("seen")).where(exp.column("place") < most)


def _histogram(tag: Tag) -> Expr:
    value = exp.column(tag.code, "picked")
    if tag.type in CODED:
        return exp.Anonymous(this="histogram", expressions=[value])
    unknown = exp.Is(this=value, expression=exp.null())
    fifth = exp.Case().when(unknown, exp.Literal.number(UNKNOWN))
    for number in range(len(PARTS)):
        end = exp.Anonymous(
            this="list_extract",
            expressions=[exp.column(tag.code, "ends"), exp.Literal.number(number + 1)],
        )
        fifth = fifth.when(value.copy() <= end, exp.Literal.number(number))
    return exp.Anonymous(
        this="histogram", expressions=[fifth.else_(exp.Literal.number(len(PARTS)))]
    )


def _quantile(tag: Tag, table: str, *parts: float) -> Expr:
    told = [exp.Literal.number(str(part)) for part in parts]
    asked_for = told[0] if len(told) == 1 else exp.Array(expressions=told)
    value = exp.column(tag.code, table)
    return exp.Anonymous(this="quantile_disc", expressions=[value, asked_for])


def _distinction(
    tag: Tag, inside: Mapping[str, Any], outside: Mapping[str, Any], *, is_in_rule: bool
) -> Distinction | None:
    """None where a tag tells nothing, or has too many values to compare."""
    counts, rest = (dict(side.get(tag.code) or {}) for side in (inside, outside))
    is_coded = tag.type in CODED
    if is_coded:
        for side, row in ((counts, inside), (rest, outside)):
            side[None] = row["n"] - sum(side.values())
    keys = [key for key in {**rest, **counts} if counts.get(key) or rest.get(key)]
    if not inside["n"] or not outside["n"] or len(keys) > MOST_VALUES:
        return None
    told = information([counts.get(k, 0) for k in keys], [rest.get(k, 0) for k in keys])
    if told < LEAST:
        return None
    parts = [
        _part(key, outside.get(ENDS + tag.code), Fraction(counts.get(key, 0), inside["n"]),
              Fraction(rest.get(key, 0), outside["n"]), is_coded=is_coded)
        for key in keys
    ]  # fmt: skip
    middle, of_rest = (side.get(MIDDLE + tag.code) for side in (inside, outside))
    best = max(parts, key=lambda part: part.share - part.share_of_rest)
    return Distinction(tag, told, best, middle, of_rest, is_in_rule)


def _part(key: Any, ends: Any, share: Fraction, of_rest: Fraction, *, is_coded: bool) -> Part:
    if is_coded:
        return Part(share, of_rest, value=key)
    if key == UNKNOWN:
        return Part(share, of_rest)
    low = ends[key - 1] if key and ends else None
    high = ends[key] if ends and key < len(ends) else None
    return Part(share, of_rest, low=low, high=high)


def information(counts: Sequence[int], rest: Sequence[int]) -> float:
    """The divergence J between two spreads over the same values (Kullback & Leibler 1951), known as
    information value, with half a member added to each value. What two samples of one spread would
    show by chance, (k − 1)(1/n + 1/m) for k values, is taken off, so that few do not fool."""
    size, size_of_rest = sum(counts), sum(rest)
    if not (size and size_of_rest):
        return 0.0
    kinds = len(counts)
    told = 0.0
    for one, other in zip(counts, rest, strict=True):
        share = (one + 0.5) / (size + 0.5 * kinds)
        of_rest = (other + 0.5) / (size_of_rest + 0.5 * kinds)
        told += (share - of_rest) * log(share / of_rest)
    return told - (kinds - 1) * (1 / size + 1 / size_of_rest)
