"""The rows that an aggregate counted for one owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.kit import clock
from regulars.ground.warehouse.service import query
from regulars.know.language.compiling import condition
from regulars.know.language.parsing import parsed
from regulars.know.language.tree import Window
from regulars.know.tags.definitions import Aggregate
from regulars.know.tags.dimensions import FACT, Dimensions
from regulars.know.tags.facts import FACTS, field_sql, relation
from regulars.know.tags.names import FactNames
from regulars.know.tags.subjects import Subject
from regulars.know.tags.tables import parameter, spoken

MOST_ROWS = 5
STORE_NAME = "store_name"


@dataclass(frozen=True)
class Row:
    """One of the rows: `value` of the field that is measured, None where rows are counted."""

    day: date
    value: Any
    store: str | None


def list_counted(subject: Subject, owner_id: int, spec: Aggregate) -> Sequence[Row]:
    """The last few rows of an owner that an aggregate counts today, the latest first."""
    fact = FACTS[spec.fact]
    first, last = _days(spec.window, clock.today())
    dimensions = Dimensions()
    day = exp.column(fact.on, FACT)
    limits: list[Expr] = [
        exp.column(fact.keys[subject], FACT).eq(parameter("owner")),
        day.between(parameter("first"), parameter("last")),
    ]
    if spec.where:
        limits.append(dimensions.lifted(condition(parsed(spec.where), FactNames(spec.fact))))
    asked = {"value": spec.field, "store": STORE_NAME if STORE_NAME in fact.fields else ""}
    columns = [
        (dimensions.lifted(field_sql(spec.fact, name)) if name else exp.null()).as_(alias)
        for alias, name in asked.items()
    ]
    rows = exp.select(day.copy().as_("day"), *columns).from_(relation(fact.rows, FACT))
    rows = dimensions.joined(rows).where(*limits)
    rows = rows.order_by(exp.column("day").desc()).limit(MOST_ROWS)
    told = {"owner": owner_id, "first": first, "last": last} | spoken(rows, clock.today())
    return [Row(**row) for row in query(rows.sql("duckdb"), told).to_pylist()]


def _days(window: Window, today: date) -> tuple[date, date]:
    """The first and last day that a window looks at today."""
    if window.start and window.end:
        return window.start, min(window.end, today)
    if window.days:
        return today - timedelta(days=window.days - 1), today
    return date.min, today
