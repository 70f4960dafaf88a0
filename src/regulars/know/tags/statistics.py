"""What is seen of a tag's values: how many have one, and which there are."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.kit import clock
from regulars.ground.warehouse.service import query, run
from regulars.know.language.types import Type
from regulars.know.tags.definitions import Tag
from regulars.know.tags.models import Definition, Statistic
from regulars.know.tags.registry import Defined, defined
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import dropped, made, spoken
from regulars.know.tags.whole import Timing

BARS = 12
MILLISECONDS = 1000
MOST_LOOKED_AT = 200_000
SAMPLE = "desk.tag_sample"
TOTAL = "_total"  # no tag is called so


def note_statistics(subject: Subject, timings: Sequence[Timing]) -> None:
    """Look at every tag of a subject as its table now stands: how many owners there are (`total`),
    how many of them have a value (`known`), and `distribution`: pairs of a value, or the beginning
    of a range of values, and how many have it, of up to 200,000 owners."""
    told, day = defined(subject), clock.today()
    if not told.columns.tags:
        return
    definitions = Definition.objects.filter(subject=subject, code__in=told.columns.tags)
    counts = _counts(told, day)
    _take_sample(told, day, counts[TOTAL])
    common = {"computed_at": clock.now(), "as_of": day, "total": counts[TOTAL]}
    found = [
        Statistic(
            definition=each,
            **common,
            known=counts[each.code],
            distribution=_distribution(told.columns.tags[each.code]),
            **_took(each.code, timings),
        )
        for each in definitions
    ]
    run(dropped(SAMPLE))
    seen = ["computed_at", "as_of", "total", "known", "distribution"]
    Statistic.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["definition"],
        update_fields=[*seen, "took_ms", "error"] if timings else seen,
    )


def _took(code: str, timings: Sequence[Timing]) -> dict[str, Any]:
    for timing in timings:
        if any(tag.code == code for tag in timing.tags):
            return {"took_ms": round(timing.seconds * MILLISECONDS), "error": timing.error}
    return {}


def _counts(told: Defined, day: date) -> dict[str, int]:
    """How many there are, and how many have a value by the tags' codes."""
    known = [exp.Count(this=told.columns.read(code)).as_(code) for code in told.columns.tags]
    select = exp.select(exp.Count(this=exp.Star()).as_(TOTAL), *known)
    select = select.from_(CARRIERS[told.subject].table)
    (row,) = query(select.sql("duckdb"), spoken(select, day)).to_pylist()
    return dict(row)


def _take_sample(told: Defined, day: date, total: int) -> None:
    carrier = CARRIERS[told.subject]
    each = exp.Mod(
        this=exp.column(carrier.key), expression=exp.Literal.number(total // MOST_LOOKED_AT + 1)
    )
    values = [told.columns.read(code).as_(code) for code in told.columns.tags]
    select = exp.select(*values).from_(carrier.table).where(each.eq(0))
    run(made(SAMPLE, select, day))


def _distribution(tag: Tag) -> list[list[Any]]:
    rows = query(_bars(tag, exp.column(tag.code), SAMPLE).sql("duckdb")).to_pylist()
    return [[_plain(each["bar"]), each["n"]] for each in rows]


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
