"""What is seen of a tag's values: how many have one, and which there are."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.kit import clock
from regulars.ground.warehouse.service import query
from regulars.know.language.types import Type
from regulars.know.tags.definitions import Tag
from regulars.know.tags.models import Definition, Statistic
from regulars.know.tags.registry import Defined, defined
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import spoken
from regulars.know.tags.whole import Timing

BARS = 12
MILLISECONDS = 1000


def note_statistics(subject: Subject, timings: Sequence[Timing]) -> None:
    """Look at every tag of a subject as its table now stands."""
    told, day = defined(subject), clock.today()
    seconds = {tag.code: each for each in timings for tag in each.tags}
    definitions = Definition.objects.filter(subject=subject, is_active=True).in_bulk()
    for definition in definitions.values():
        tag = told.columns.tags.get(definition.code)
        if tag is None:
            continue
        timing = seconds.get(tag.code)
        seen: dict[str, Any] = {
            "computed_at": clock.now(),
            "as_of": day,
            "error": timing.error if timing else "",
            **look_at(told, tag, day),
        }
        if timing:
            seen["took_ms"] = round(timing.seconds * MILLISECONDS)
        with transaction.atomic():
            Statistic.objects.update_or_create(definition=definition, defaults=seen)


def look_at(told: Defined, tag: Tag, day: date) -> dict[str, Any]:
    """`total` owners, how many of them have a value (`known`), and `distribution`: pairs of a
    value, or the beginning of a range of values, and how many have it."""
    value = told.columns.read(tag.code)
    table = CARRIERS[told.subject].table
    counted = exp.select(
        exp.Count(this=exp.Star()).as_("total"),
        exp.Count(this=value.copy()).as_("known"),
    ).from_(table)
    (row,) = query(counted.sql("duckdb"), spoken(counted, day)).to_pylist()
    bars = _bars(tag, value, table)
    rows = query(bars.sql("duckdb"), spoken(bars, day)).to_pylist()
    return {**row, "distribution": [[_plain(each["bar"]), each["n"]] for each in rows]}


def _bars(tag: Tag, value: Expr, table: str) -> exp.Select:
    known = exp.not_(exp.Is(this=exp.paren(value.copy()), expression=exp.null()))
    if tag.type in (Type.TEXT, Type.YES_NO):
        bar, order = value, exp.column("n").desc()
    else:
        bar, order = _beginning_of_range(value, table), exp.column("bar").asc()
    return (
        exp.select(bar.as_("bar"), exp.Count(this=exp.Star()).as_("n"))
        .from_(table)
        .where(known)
        .group_by(exp.Literal.number(1))
        .order_by(order)
        .limit(BARS)
    )


def _beginning_of_range(value: Expr, table: str) -> Expr:
    """The largest of the cuts between equal parts that a value reaches."""
    fractions = [exp.Literal.number(str(part / BARS)) for part in range(BARS)]
    cuts = exp.Anonymous(
        this="quantile_disc", expressions=[value.copy(), exp.Array(expressions=fractions)]
    )
    found = exp.select(cuts.as_("cuts")).from_(table)
    cut = exp.to_identifier("cut")
    reached = exp.Lambda(this=exp.LTE(this=exp.column("cut"), expression=value), expressions=[cut])
    listed = exp.Anonymous(this="list_filter", expressions=[exp.Subquery(this=found), reached])
    return exp.Anonymous(this="list_max", expressions=[listed])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
