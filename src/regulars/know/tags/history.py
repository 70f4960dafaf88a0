"""Tags as of a day: the same plan over the facts up to that day.

Facts and what staff wrote have their day. What is on record has none and is as it is today, ranks
go by today's cuts, and what a model wrote is unknown on any day before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.tags import pipeline
from regulars.know.tags.columns import Columns
from regulars.know.tags.model_outputs import MODELS
from regulars.know.tags.planner import OWNER
from regulars.know.tags.reading import Value, list_values, values_of
from regulars.know.tags.registry import Defined, defined, narrowed
from regulars.know.tags.subjects import Subject
from regulars.know.tags.tables import parameter, spoken

MONTHS = 12
MODEL_TABLES = {model.table for model in MODELS.values()}


@dataclass(frozen=True)
class Point:
    """What a tag was on a day; None where it is unknown."""

    day: date
    value: Any


def list_values_on(subject: Subject, owner_id: int, day: date) -> list[Value]:
    """All tags of an owner as they were at the end of a day. Raises UserError for a day to come and
    for one before all data."""
    if day == clock.today():
        return list_values(subject, owner_id)
    check_day(day)
    told = defined(subject)
    if not told.checked.tags:
        return []
    found = _found(_question(told, None), owner_id, day)
    return values_of(told, found) if found else []


def list_months_of(subject: Subject, owner_id: int, code: str) -> list[Point]:
    """One tag of an owner at the ends of the last twelve months, and today; no day before all data.
    Raises NotFound."""
    told = defined(subject)
    if code not in told.columns.tags:
        raise NotFound(_("There is no tag “%s”.") % code)
    today, first = clock.today(), first_day()
    days = [day for day in month_ends(today) if first and day >= first]
    question = _question(told, code)
    points = [Point(day, (_found(question, owner_id, day) or {}).get(code)) for day in days]
    now = {value.code: value.value for value in list_values(subject, owner_id)}
    return [*points, Point(today, now.get(code))]


def check_day(day: date) -> None:
    """Raises UserError for a day to come and for one before all data."""
    if day > clock.today():
        raise UserError(_("%s is still to come: choose today or a day before.") % day, field="on")
    first = first_day()
    if first is None or day < first:
        message = _("There are no data of %(day)s: they begin on %(first)s.")
        raise UserError(message % {"day": day, "first": first or clock.today()}, field="on")


def first_day() -> date | None:
    """The day of the first sale or event; None before there is any."""
    found: date | None = query(named(__package__, "first_day"))["first_on"][0].as_py()
    return found


def month_ends(today: date) -> list[date]:
    """The last days of the twelve months before this one, the earliest first."""
    ends = [today.replace(day=1) - timedelta(days=1)]
    while len(ends) < MONTHS:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]


@dataclass(frozen=True)
class _Question:
    tree: exp.Select
    sql: str


@lru_cache(maxsize=64)
def _question(told: Defined, code: str | None) -> _Question:
    """All tags of `$owner`, or one of them with what it stands on: made once, so long it is."""
    columns = told.columns if code is None else narrowed(told, [code]).columns
    codes = columns.tags if code is None else [code]
    mine = exp.column(OWNER).eq(parameter("owner"))
    rows = pipeline.rows_of_few(told.subject, columns, mine)
    for table in list(rows.find_all(exp.Table)):
        if table.name in MODEL_TABLES:
            table.replace(_nothing_written(table))
    told_then = _read(columns, codes).from_(rows.subquery("then", copy=False), copy=False)
    return _Question(told_then, told_then.sql("duckdb"))


def _read(columns: Columns, codes: Iterable[str]) -> exp.Select:
    return exp.select(*(columns.read(code).as_(code) for code in codes))


def _nothing_written(table: exp.Table) -> Expr:
    """Models wrote what they know today."""
    nothing = exp.select("*").from_(table.copy()).where(exp.false())
    return nothing.subquery("written", copy=False)


def _found(question: _Question, owner_id: int, day: date) -> dict[str, Any] | None:
    rows: Sequence[dict[str, Any]] = query(
        question.sql, {"owner": owner_id} | spoken(question.tree, day)
    ).to_pylist()
    return rows[0] if rows else None
