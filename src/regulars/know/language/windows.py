"""Which days a window has, as SQL."""

from datetime import date, timedelta

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.compiling import TODAY
from regulars.know.language.tree import Window


def within(window: Window | None, day: Expr, and_then: int = 0) -> list[Expr]:
    """The conditions on a business date: none after today, whatever the window says. `and_then`:
    so many days after its end belong to it, too."""
    until_today: list[Expr] = [day.copy() <= TODAY.copy()]
    if window is None:
        return until_today
    if window.start and window.end:
        end_on = min(window.end, date.max - timedelta(days=and_then)) + timedelta(days=and_then)
        ends = (exp.Literal.string(each.isoformat()) for each in (window.start, end_on))
        start, end = (exp.cast(each, "DATE", dialect="duckdb") for each in ends)
        return [day.copy() >= start, day.copy() <= end, *until_today]
    if window.days is None:
        return until_today
    first = exp.Sub(this=TODAY.copy(), expression=exp.Literal.number(window.days))
    return [exp.GT(this=day.copy(), expression=exp.paren(first)), *until_today]
