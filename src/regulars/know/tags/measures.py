"""The measures of an aggregate as SQL: whole numbers and cents stay whole, what cannot be known is
null."""

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.tags.definitions import Measure


@dataclass(frozen=True)
class Lifted:
    """An aggregate with its parts as SQL over the joined relations; `place` says of two rows which
    was earlier."""

    measure: Measure
    value: Expr | None
    part: Expr | None
    weight: Expr | None
    on: Expr
    place: Expr
    may_be_unknown: bool = False


def measured(told: Lifted, chosen: Expr | None) -> Expr:  # noqa: PLR0911 - one line a measure
    """The aggregate function of a measure over the rows that `chosen` lets through."""
    value, on = told.value, told.on.copy()
    match told.measure:
        case Measure.COUNT:
            return _whole(_of(exp.Count(this=exp.Star()), chosen))
        case Measure.DISTINCT:
            assert value is not None
            return _whole(_of(exp.Count(this=exp.Distinct(expressions=[value])), chosen))
        case Measure.SUM:
            return _whole(_sum(told, chosen))
        case Measure.MAX | Measure.MIN:
            return _of(exp.func(told.measure.upper(), value), chosen)
        case Measure.FIRST | Measure.LAST:
            assert value is not None
            return _at_the_end(told, value, chosen)
        case Measure.DAYS_SINCE:
            return _of(exp.func("MAX", on), chosen)
        case Measure.INTERVAL:
            return _interval(on, chosen)
        case Measure.SHARE:
            return _share(told, chosen)
        case Measure.FAVOURITE:
            raise TypeError("a favourite is found in two steps")


def _sum(told: Lifted, chosen: Expr | None) -> Expr:
    """Of no rows it is nought; of rows of which nothing is known it is unknown."""
    total = _of(exp.func("SUM", told.value), chosen)
    if not told.may_be_unknown:
        return exp.func("COALESCE", total, _zero())
    none = exp.EQ(this=_of(exp.Count(this=exp.Star()), chosen), expression=_zero())
    return exp.Case().when(none, _zero()).else_(total)


def _of(function: Expr, chosen: Expr | None) -> Expr:
    if chosen is None:
        return function
    return exp.Filter(this=function, expression=exp.Where(this=chosen.copy()))


def _whole(number: Expr) -> Expr:
    return exp.cast(number, "BIGINT", dialect="duckdb")


def _zero() -> Expr:
    return exp.Literal.number(0)


def _at_the_end(told: Lifted, value: Expr, chosen: Expr | None) -> Expr:
    """Of the rows of a day the one of the lowest, or highest, order."""
    if value == told.on:
        return _of(exp.func("MIN" if told.measure == Measure.FIRST else "MAX", value), chosen)
    function = "arg_min_null" if told.measure == Measure.FIRST else "arg_max_null"
    return _of(exp.Anonymous(this=function, expressions=[value, told.place.copy()]), chosen)


def _interval(on: Expr, chosen: Expr | None) -> Expr:
    """Days from the first to the last, by one less than the days on which something was."""
    days = exp.Sub(
        this=_of(exp.func("MAX", on.copy()), chosen), expression=_of(exp.func("MIN", on), chosen)
    )
    count = _of(exp.Count(this=exp.Distinct(expressions=[on.copy()])), chosen)
    steps = exp.func("NULLIF", exp.Sub(this=count, expression=exp.Literal.number(1)), _zero())
    return _ratio(exp.paren(days), steps)


def _share(told: Lifted, chosen: Expr | None) -> Expr:
    assert told.part is not None
    both = told.part if chosen is None else exp.and_(exp.paren(chosen.copy()), exp.paren(told.part))
    weighed = exp.Count(this=exp.Star()) if told.weight is None else exp.func("SUM", told.weight)
    part = exp.func("COALESCE", _of(weighed.copy(), both), _zero())
    return _ratio(part, exp.func("NULLIF", _of(weighed, chosen), _zero()))


def _ratio(one: Expr, other: Expr) -> Expr:
    return exp.Div(
        this=exp.cast(one, "DOUBLE", dialect="duckdb"),
        expression=exp.cast(other, "DOUBLE", dialect="duckdb"),
    )
