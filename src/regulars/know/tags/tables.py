"""The statements that make, settle and clear the tables of this room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query
from regulars.know.tags import pipeline
from regulars.know.tags.definitions import Kind
from regulars.know.tags.registry import Defined
from regulars.know.tags.subjects import CARRIERS, Subject

PREDICTIONS = f"{__package__}.predictions"


@dataclass(frozen=True)
class State:
    """What a wide table stands on."""

    digest: str
    as_of: date
    computed_at: datetime


def schema() -> list[Statement]:
    """This room's tables and macros in the warehouse, beside the wide tables."""
    own = ("warehouse_schema", "warehouse_macros")
    return [*map(named_statement, own), *(Statement(named(PREDICTIONS, name)) for name in own)]


def state_of(subject: Subject) -> State | None:
    """None before the subject's table was ever computed."""
    rows = query(named(__package__, "state"), {"subject": subject.value}).to_pylist()
    return State(**rows[0]) if rows else None


def computed_columns(told: Defined) -> frozenset[str]:
    """The stored columns of these tags that stand in the subject's wide table as they are defined
    now: a tag that was just made, or given another type, is not among them until it is computed,
    and nothing is before the table was ever made."""
    state = state_of(told.subject)
    types = _types_of(told.subject, state) if state else {}
    columns = told.columns
    return frozenset(t.code for t in columns.stored if types.get(t.code) == columns.type_of(t))


@lru_cache(maxsize=8)
def _types_of(subject: Subject, _state: State) -> dict[str, str]:
    """Looked up once for each time that the table is made: that takes longer than to ask it."""
    rows = query(named(__package__, "column_types"), {"view": CARRIERS[subject].table})
    return dict(zip(*(rows[name].to_pylist() for name in ("name", "type")), strict=True))


def last_change() -> int | None:
    """The latest change of a member's facts that is not yet taken up; None where there is none."""
    last: int | None = query(named(__package__, "last_change"))["last"][0].as_py()
    return last


def settled(told: Defined, day: date) -> list[Statement]:
    names = {"subject": told.subject.value}
    state = names | {"digest": told.digest, "day": day}
    return [named_statement("state_clear", names), named_statement("state_put", state)]


def cut(told: Defined, day: date, table: str) -> list[Statement]:
    """Where the groups of each rank begin, from the values that stand in the table."""
    statements = []
    for tag in told.columns.stored:
        if tag.kind != Kind.RANK:
            continue
        names = {"subject": told.subject.value, "code": tag.code}
        cuts = pipeline.cuts_of(told.columns, tag, CARRIERS[told.subject], table)
        rows = exp.select(*map(parameter, names), "place", "cuts").from_(cuts.subquery("found"))
        statements.append(named_statement("cuts_clear", names))
        statements.append(insert("tag_cuts", rows, day, names))
    return statements


def made(table: str, rows: exp.Select, day: date) -> Statement:
    """A table anew from rows."""
    create = exp.Create(this=exp.to_table(table), kind="TABLE", replace=True, expression=rows)
    return Statement(create.sql("duckdb"), spoken(rows, day))


def insert(
    table: str, rows: exp.Select, day: date, names: Mapping[str, Any] | None = None
) -> Statement:
    sql = exp.insert(rows, exp.to_table(table)).sql("duckdb")
    return Statement(sql, {**(names or {}), **spoken(rows, day)})


def renamed(old: str, new: str) -> list[Statement]:
    """A table takes another's place."""
    rename = exp.rename_table(old, new, dialect="duckdb")
    return [dropped(new), Statement(rename.sql("duckdb"))]


def seen_as(view: str, rows: exp.Expr) -> Statement:
    """A view of rows; what stood under its name before is seen no more."""
    create = exp.Create(this=exp.to_table(view), kind="VIEW", replace=True, expression=rows)
    return Statement(create.sql("duckdb"))


def dropped(table: str) -> Statement:
    drop = exp.Drop(tables=[exp.to_table(table)], kind="TABLE", exists=True)
    return Statement(drop.sql("duckdb"))


def spoken(rows: exp.Expr, day: date) -> dict[str, Any]:
    """What every question may ask for, as far as the rows do."""
    known = {"today": day, "age_range_months": chain().age_range_months}
    asked = {each.name for each in rows.find_all(exp.Placeholder)}
    return {name: value for name, value in known.items() if name in asked}


def parameter(name: str) -> Expr:
    return exp.Placeholder(this=name)


def named_statement(name: str, parameters: Mapping[str, Any] | None = None) -> Statement:
    return Statement(named(__package__, name), parameters or {})
