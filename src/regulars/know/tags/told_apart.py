"""Measures that tell values apart (how many different, days between, the favourite) in two steps:
a row for each owner and value, for all such tags at once, then a row for each owner. A set of
values for each owner and tag would take many times the memory."""

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.tags.definitions import Measure
from regulars.know.tags.measures import Lifted, of_chosen, ratio, whole

VALUE = "value"
APART = frozenset({Measure.DISTINCT, Measure.INTERVAL, Measure.FAVOURITE})
A_DAY, A_WEIGHT, HASHES = 2**32, 2**48, 2**32 - 1
FIRST_DAY = "1970-01-01"


def once_a_value(number: int, told: Lifted, chosen: Expr | None) -> list[Expr]:
    """What is kept of a tag on the row of an owner and a value: whether any row was chosen, and for
    a favourite its weight, then its last day, then what always falls the same, as one number."""
    is_met = exp.true() if chosen is None else exp.func("BOOL_OR", chosen, dialect="duckdb")
    if told.measure != Measure.FAVOURITE:
        return [is_met.as_(f"met_{number}")]
    assert told.value is not None
    weighed = exp.func("SUM", told.weight) if told.weight else exp.Count(this=exp.Star())
    weight = exp.func("COALESCE", of_chosen(weighed, chosen), exp.Literal.number(0))
    first = exp.cast(exp.Literal.string(FIRST_DAY), "DATE", dialect="duckdb")
    last = exp.Sub(this=of_chosen(exp.func("MAX", told.on.copy()), chosen), expression=first)
    same = exp.BitwiseAnd(
        this=exp.Anonymous(this="hash", expressions=[told.value.copy()]),
        expression=exp.Literal.number(HASHES),
    )
    place = exp.Add(
        this=exp.Add(this=_times(weight, A_WEIGHT), expression=_times(exp.paren(last), A_DAY)),
        expression=exp.cast(exp.paren(same), "HUGEINT", dialect="duckdb"),
    )
    return [is_met.as_(f"met_{number}"), place.as_(f"place_{number}")]


def over_values(measure: Measure, number: int) -> Expr:
    """The tag, from the rows of an owner's values."""
    is_met, value = exp.column(f"met_{number}"), exp.column(VALUE)
    if measure == Measure.FAVOURITE:
        place = exp.column(f"place_{number}")
        best = exp.Anonymous(this="arg_max", expressions=[value, place])
        return of_chosen(best, is_met)
    count = of_chosen(exp.Count(this=exp.Star()), is_met)
    if measure == Measure.DISTINCT:
        return whole(count)
    last, first = (of_chosen(exp.func(name, value.copy()), is_met) for name in ("MAX", "MIN"))
    steps = exp.paren(exp.Sub(this=count, expression=exp.Literal.number(1)))
    days = exp.paren(exp.Sub(this=last, expression=first))
    return ratio(days, exp.func("NULLIF", steps, exp.Literal.number(0)))


def in_two_steps(each: exp.Select, owner: str, tags: Sequence[tuple[str, Measure]]) -> exp.Select:
    """`each` is a row an owner and value; the answer a row an owner with a column a tag."""
    columns = [over_values(measure, n).as_(code) for n, (code, measure) in enumerate(tags)]
    select = exp.select(owner, *columns).from_(each.subquery("each", copy=False), copy=False)
    return select.group_by(exp.Literal.number(1), copy=False)


def _times(number: Expr, by: int) -> Expr:
    wide = exp.cast(number, "HUGEINT", dialect="duckdb")
    return exp.Mul(this=wide, expression=exp.Literal.number(by))
