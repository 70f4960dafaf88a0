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


def measured(told: Lifted, chosen: Expr | None) -> Expr:
    """The aggregate function of a measure over the rows that `chosen` lets through."""
    value, on = told.value, told.on.copy()
    match told.measure:
        case Measure.COUNT:
            return whole(of_chosen(exp.Count(this=exp.Star()), chosen))
        case Measure.SUM:
            return whole(_sum(told, chosen))
        case Measure.MAX | Measure.MIN:
            return of_chosen(exp.func(told.measure.upper(), value), chosen)
        case Measure.FIRST | Measure.LAST:
            assert value is not None
            return _at_the_end(told, value, chosen)
        case Measure.DAYS_SINCE:
            return of_chosen(exp.func("MAX", on), chosen)
        case Measure.SHARE:
            return _share(told, chosen)
        case _:
            raise TypeError(f"{told.measure} is found in two steps")


def _sum(told: Lifted, chosen: Expr | None) -> Expr:
    """Of no rows it is nought; of rows of which nothing is known it is unknown."""
    total = of_chosen(exp.func("SUM", told.value), chosen)
    if not told.may_be_unknown:
        return exp.func("COALESCE", total, _zero())
    none = exp.EQ(this=of_chosen(exp.Count(this=exp.Star()), chosen), expression=_zero())
    return exp.Case().when(none, _zero()).else_(total)


def of_chosen(function: Expr, chosen: Expr | None) -> Expr:
    """An aggregate function over the chosen rows alone."""
    if chosen is None:
        return function
    return exp.Filter(this=function, expression=exp.Where(this=chosen.copy()))


def whole(number: Expr) -> Expr:
    return exp.cast(number, "BIGINT", dialect="duckdb")


def _zero() -> Expr:
    return exp.Literal.number(0)


def _at_the_end(told: Lifted, value: Expr, chosen: Expr | None) -> Expr:
    """Of the rows of a day the one of the lowest, or highest, order."""
    if value == told.on:
        return of_chosen(exp.func("MIN" if told.measure == Measure.FIRST else "MAX", value), chosen)
    function = "arg_min_null" if told.measure == Measure.FIRST else "arg_max_null"
    return of_chosen(exp.Anonymous(this=function, expressions=[value, told.place.copy()]), chosen)


def _share(told: Lifted, chosen: Expr | None) -> Expr:
    assert told.part is not None
    both = told.part if chosen is None else exp.and_(exp.paren(chosen.copy()), exp.paren(told.part))
    weighed = exp.Count(this=exp.Star()) if told.weight is None else exp.func("SUM", told.weight)
    part = exp.func("COALESCE", of_chosen(weighed.copy(), both), _zero())
    return ratio(part, exp.func("NULLIF", of_chosen(weighed, chosen), _zero()))


def ratio(one: Expr, other: Expr) -> Expr:
    return exp.Div(
        this=exp.cast(one, "DOUBLE", dialect="duckdb"),
        expression=exp.cast(other, "DOUBLE", dialect="duckdb"),
    )
