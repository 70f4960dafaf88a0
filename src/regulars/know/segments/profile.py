"""What tells the members of a group from all the others: tag by tag, how differently their values
are spread. One scan over the members picks as many of either side as it takes; their columns are
compared one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.accounts.access import Scope
from regulars.ground.warehouse.service import query
from regulars.know.language.parsing import parsed
from regulars.know.language.tree import names_in
from regulars.know.language.types import Type
from regulars.know.segments.compiling import MEMBER, who
from regulars.know.segments.counts import counts_of
from regulars.know.segments.reach import asked, in_sight, names_of, wide
from regulars.know.tags.definitions import Tag
from regulars.know.tags.service import Subject, computed_columns, defined

MOST_EACH = 10_000
"""So many are looked at on either side: their shares are known to a point."""
FEWEST_EACH = 30
MOST_VALUES = 40
MOST_SHOWN = 15
LEAST = 0.02
"""Below this information value a tag tells nothing (Siddiqi, Credit Risk Scorecards, 2006)."""
PARTS = (0.2, 0.4, 0.6, 0.8)
LOWEST: Final = "inverted_cdf"
"""Where the parts end: always at a value that somebody has."""
SPREAD = 1_000_000
IN, PLACE = "_is_in", "_place"  # no tag is called so
CODED = frozenset({Type.TEXT, Type.YES_NO})
WHOLE = frozenset({Type.COUNT, Type.MONEY})
FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True)
class Meaning:
    """One value of a tag, or the numbers above `low` and up to `high`; nothing of it: unknown."""

    value: Any = None
    low: Any = None
    high: Any = None


@dataclass(frozen=True)
class Part:
    """What share of either side has such a value."""

    meaning: Meaning
    share: Fraction
    share_of_rest: Fraction

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
    tree = parsed(text)
    condition = who(tree, names_of(defined(Subject.MEMBER)))
    total, (size,) = counts_of(scope, [tree])
    rest = total - size
    if min(size, rest) < FEWEST_EACH:
        return Profile(size, rest, size, rest)
    tags = _tags()
    select = _picked(scope, condition, tags, size, rest)
    rows = query(select.sql("duckdb"), asked(select, scope))
    is_in = rows[IN].to_numpy()
    own = names_in(parsed(rule or text))
    compared = (_distinction(tag, rows[tag.code].combine_chunks(), is_in) for tag in tags)
    told = [replace(each, is_in_rule=each.tag.code in own) for each in compared if each]
    best = sorted(told, key=lambda each: -each.information)[:MOST_SHOWN]
    looked_at = int(is_in.sum())
    return Profile(size, rest, looked_at, len(is_in) - looked_at, best)


def _tags() -> list[Tag]:
    """Those that stand in the table."""
    told = defined(Subject.MEMBER)
    stored = computed_columns(told)
    return [
        tag
        for tag in told.checked.tags
        if {column.name for column in told.columns.read(tag.code).find_all(exp.Column)} <= stored
    ]


def _picked(scope: Scope, condition: Expr, tags: Sequence[Tag], size: int, rest: int) -> exp.Select:
    """About MOST_EACH of either side, scattered evenly: always the same ones."""
    columns = defined(Subject.MEMBER).columns
    place = exp.Mod(
        this=exp.Anonymous(this="hash", expressions=[MEMBER.copy()]),
        expression=exp.Literal.number(SPREAD),
    )
    rows = exp.select(condition.copy().as_(IN), place.as_(PLACE))
    rows = rows.select(*(columns.read(tag.code, "t").as_(tag.code) for tag in tags), copy=False)
    rows = rows.from_(wide()).where(*in_sight(scope))
    ends = [exp.Literal.number(SPREAD * MOST_EACH // max(each, MOST_EACH)) for each in (size, rest)]
    most = exp.Case().when(exp.column(IN), ends[0]).else_(ends[1])
    select = exp.select(exp.column(IN), *(exp.column(tag.code) for tag in tags))
    return select.from_(rows.subquery("seen", copy=False)).where(exp.column(PLACE) < most)


def _distinction(tag: Tag, values: pa.Array, is_in: Any) -> Distinction | None:
    """None where a tag tells nothing, or has too many values to compare."""
    if tag.type in CODED:
        found = values.dictionary_encode(null_encoding="encode")
        meanings = found.dictionary.to_pylist()
        if len(meanings) > MOST_VALUES:
            return None
        return _compared(tag, found.indices.to_numpy(), is_in, [Meaning(value=m) for m in meanings])
    numbers, is_known = _numbers(values)
    of_rest = numbers[is_known & ~is_in]
    if not of_rest.size:
        return None
    ends = np.unique(np.quantile(of_rest, PARTS, method=LOWEST))
    places = np.where(is_known, np.searchsorted(ends, numbers, side="left"), len(ends) + 1)
    shown = [_value_of(tag.type, end) for end in ends]
    meanings = [
        Meaning(low=low, high=high)
        for low, high in zip([None, *shown], [*shown, None], strict=True)
    ]
    found = _compared(tag, places, is_in, [*meanings, Meaning()])
    if found is None:
        return None
    middles = (_middle(tag, numbers[is_known & side]) for side in (is_in, ~is_in))
    middle, middle_of_rest = middles
    return replace(found, middle=middle, middle_of_rest=middle_of_rest)


def _compared(
    tag: Tag, places: Any, is_in: Any, meanings: Sequence["Meaning"]
) -> Distinction | None:
    counts, rest = (np.bincount(places[side], minlength=len(meanings)) for side in (is_in, ~is_in))
    seen = (counts + rest) > 0
    told = information(counts[seen], rest[seen])
    if told < LEAST:
        return None
    parts = [
        Part(meaning, Fraction(int(one), int(counts.sum())), Fraction(int(other), int(rest.sum())))
        for meaning, one, other in zip(meanings, counts, rest, strict=True)
    ]
    return Distinction(tag, told, max(parts, key=lambda part: part.share - part.share_of_rest))


def _numbers(values: pa.Array) -> tuple[Any, Any]:
    """Numbers, or the days of dates, with which of them are known."""
    if pa.types.is_date(values.type):
        values = pc.cast(pc.cast(values, pa.date32()), pa.int32())
    is_known = values.is_valid().to_numpy(zero_copy_only=False)
    filled = pc.fill_null(pc.cast(values, pa.float64(), safe=False), 0.0)
    numbers = filled.to_numpy(zero_copy_only=False)
    return numbers, is_known & np.isfinite(numbers)


def _middle(tag: Tag, numbers: Any) -> Any:
    return _value_of(tag.type, np.quantile(numbers, 0.5, method=LOWEST)) if numbers.size else None


def _value_of(kind: Type | None, number: float) -> Any:
    if kind == Type.DATE:
        return FIRST_DAY + timedelta(days=int(number))
    return int(number) if kind in WHOLE else float(number)


def information(counts: Any, rest: Any) -> float:
    """The divergence J between two spreads over the same values (Kullback & Leibler 1951), known as
    information value, with half a member added to each value. What two samples of one spread would
    show by chance, (k − 1)(1/n + 1/m) for k values, is taken off, so that few do not fool."""
    size, size_of_rest, kinds = counts.sum(), rest.sum(), len(counts)
    if not (size and size_of_rest):
        return 0.0
    share = (counts + 0.5) / (size + 0.5 * kinds)
    of_rest = (rest + 0.5) / (size_of_rest + 0.5 * kinds)
    told = ((share - of_rest) * np.log(share / of_rest)).sum()
    return float(told - (kinds - 1) * (1 / size + 1 / size_of_rest))
