"""Which days a window has, as SQL."""

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.compiling import TODAY
from regulars.know.language.tree import Window


def within(window: Window | None, day: Expr) -> list[Expr]:
    """The conditions on a business date: none after today, whatever the window says."""
    until_today: list[Expr] = [day.copy() <= TODAY.copy()]
    if window is None:
        return until_today
    if window.start and window.end:
        ends = (exp.Literal.string(each.isoformat()) for each in (window.start, window.end))
        start, end = (exp.cast(each, "DATE", dialect="duckdb") for each in ends)
        return [day.copy() >= start, day.copy() <= end, *until_today]
    if window.days is None:
        return until_today
    first = exp.Sub(this=TODAY.copy(), expression=exp.Literal.number(window.days))
    return [exp.GT(this=day.copy(), expression=exp.paren(first)), *until_today]
