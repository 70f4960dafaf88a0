"""Which plays run when, whom they share, and where the work is more than the people."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.act.opportunities.models import Play
from regulars.act.opportunities.reach import HOME, TABLE, pilot_ids
from regulars.act.opportunities.sizing import KEPT_FOR
from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.service import query
from regulars.know.segments.service import meets
from regulars.know.tags.service import spoken

MOST_COMPARED = 40


@dataclass(frozen=True)
class Conflict:
    """Two plays whose days overlap, how many members meet both, and of which share of the smaller
    one that is."""

    one: Play
    other: Play
    shared: int
    smaller: int
    first_on: date
    last_on: date

    @property
    def share(self) -> float | None:
        return self.shared / self.smaller if self.smaller else None


@dataclass(frozen=True)
class Meeting:
    """`sizes` by play; `conflicts`, the largest first; `members` of any play, each once."""

    sizes: dict[int, int]
    conflicts: list[Conflict]
    members: int


def conflicts_among(plays: Sequence[Play], on: date) -> Meeting:
    """What plays with a `who` share, found in one pass over the members: each is marked with the
    plays that he meets, and the marks are counted. Kept for ten minutes."""
    counted = [play for play in plays if play.who.strip()][:MOST_COMPARED]
    masks = _masks(counted, on)
    sizes = {play.pk: _of(masks, 1 << n) for n, play in enumerate(counted)}
    found = [
        Conflict(
            one, other, shared, min(sizes[one.pk], sizes[other.pk]),
            max(one.starts_on, other.starts_on), min(one.ends_on, other.ends_on),
        )
        for n, one in enumerate(counted)
        for m, other in enumerate(counted)
        if n < m and one.starts_on and other.starts_on and one.ends_on and other.ends_on
        and one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
        and (shared := _both(masks, 1 << n, 1 << m))
    ]  # fmt: skip
    found.sort(key=lambda each: -each.shared)
    return Meeting(sizes, found, sum(masks.values()))


def conflicts_of(play: Play, others: Sequence[Play], on: date) -> list[Conflict]:
    """What one play shares with the others."""
    plays = [play, *(each for each in others if each.pk != play.pk)]
    return [
        conflict
        for conflict in conflicts_among(plays, on).conflicts
        if play.pk in (conflict.one.pk, conflict.other.pk)
    ]


def _of(masks: dict[int, int], bit: int) -> int:
    return sum(count for mask, count in masks.items() if mask & bit)


def _both(masks: dict[int, int], one: int, other: int) -> int:
    return sum(count for mask, count in masks.items() if mask & one and mask & other)


def _masks(plays: Sequence[Play], on: date) -> dict[int, int]:
    if not plays:
        return {}
    said = [(play.pk, play.version, play.who, pilot_ids(play)) for play in plays]
    key = hashlib.sha256(f"{said}|{on}".encode()).hexdigest()
    found: dict[int, int] | None = cache.get(f"opportunities.masks.{key}")
    if found is None:
        found = _marked(plays, on)
        cache.set(f"opportunities.masks.{key}", found, KEPT_FOR)
    return found


def _marked(plays: Sequence[Play], on: date) -> dict[int, int]:
    marks: Expr = exp.Literal.number(0)
    parameters: dict[str, list[int]] = {}
    for n, play in enumerate(plays):
        is_met = exp.and_(_meets_or_nobody(play), _at_home(play, n, parameters))
        bit = exp.cast(exp.Literal.number(1 << n), "BIGINT")
        case = exp.Case().when(is_met, bit).else_(exp.Literal.number(0))
        marks = exp.BitwiseOr(this=exp.paren(marks), expression=exp.paren(case))
    home = exp.to_table("members").as_(HOME, table=True)
    same = exp.column("member_id", HOME).eq(exp.column("member_id", TABLE))
    marked = exp.select(marks.as_("mask")).from_(exp.to_table("member_tags").as_(TABLE, table=True))
    marked = marked.join(home, on=same)
    select = exp.select("mask", exp.Count(this=exp.Star()).as_("n")).from_(marked.subquery("m"))
    select = select.where(exp.column("mask").neq(0)).group_by("mask")
    rows = query(select.sql("duckdb"), spoken(select, on) | parameters)
    return dict(zip(rows["mask"].to_pylist(), rows["n"].to_pylist(), strict=True))


def _meets_or_nobody(play: Play) -> Expr:
    """Whose tags have gone since meets nobody: the page says so of the play itself."""
    try:
        return meets(play.who)
    except UserError:
        return exp.false()


def _at_home(play: Play, n: int, parameters: dict[str, list[int]]) -> Expr:
    store = exp.column("home_store_id", HOME)
    if not (ids := pilot_ids(play)):
        return exp.not_(store.is_(exp.null()))
    parameters[f"stores_{n}"] = ids
    given = exp.Anonymous(this="unnest", expressions=[exp.Placeholder(this=f"stores_{n}")])
    return exp.In(this=store, query=exp.Subquery(this=exp.select(given)))
