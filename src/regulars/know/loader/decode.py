"""Step one: rows as they came become typed columns, or a fault that names column and reason.

The SQL is built as a tree from the layout of its kind and the shape of what came: once, since most
batches are shaped like the one before, and building it takes longer than loading a single order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from sqlglot import exp, parse_one

from regulars.know.collect.layouts import LAYOUTS, Column, Type

DUCKDB_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.PHONE: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.CENTS: "BIGINT",
    Type.QUANTITY: "DECIMAL(14, 3)",
    Type.DATE: "DATE",
    Type.MOMENT: "TIMESTAMPTZ",
    Type.BOOLEAN: "BOOLEAN",
}
WHOLE = (
    "CASE WHEN TRY_CAST(:x AS DECIMAL(38, 6)) = TRUNC(TRY_CAST(:x AS DECIMAL(38, 6)))"
    " THEN TRY_CAST(:x AS BIGINT) END"
)
TEXT, TRIMMED_TEXT = "NULLIF(:x, '')", "NULLIF(TRIM(:x), '')"
FROM_TEXT = {
    Type.TEXT: ":x",
    Type.PHONE: ":x",
    Type.INTEGER: WHOLE,
    Type.CENTS: WHOLE,
    Type.QUANTITY: "TRY_CAST(:x AS DECIMAL(14, 3))",
    Type.DATE: (
        "COALESCE(TRY_CAST(:x AS DATE),"
        " CAST(TRY_STRPTIME(:x, ['%Y/%m/%d', '%Y%m%d', '%Y-%m-%d %H:%M:%S']) AS DATE))"
    ),
    Type.MOMENT: (
        "COALESCE(TRY_CAST(:x AS TIMESTAMPTZ),"
        " CAST(TRY_STRPTIME(:x, ['%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M', '%Y/%m/%d'])"
        " AS TIMESTAMPTZ))"
    ),
    Type.BOOLEAN: (
        "CASE WHEN LOWER(:x) IN ('true', '1', 't', 'yes', 'y', '是') THEN TRUE"
        " WHEN LOWER(:x) IN ('false', '0', 'f', 'no', 'n', '否') THEN FALSE END"
    ),
}
FAULTS = {
    Type.INTEGER: "not_a_whole_number",
    Type.CENTS: "not_money",
    Type.QUANTITY: "not_a_number",
    Type.DATE: "not_a_date",
    Type.MOMENT: "not_a_moment",
    Type.BOOLEAN: "not_yes_or_no",
}
IN_RANGE = {
    Type.INTEGER: ":x BETWEEN -2147483648 AND 2147483647",
    Type.CENTS: ":x BETWEEN -1000000000000 AND 1000000000000",
    Type.QUANTITY: ":x BETWEEN -1000000 AND 1000000",
    Type.DATE: ":x BETWEEN DATE '1900-01-01' AND DATE '2200-01-01'",
    Type.MOMENT: ":x BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2200-01-01'",
}
IN_WAREHOUSE_ALONE = ("lines", "stock")
LATEST = """
    SELECT * FROM :rows AS decoded
    QUALIFY fault IS NOT NULL OR COALESCE(version, 0)
        = MAX(COALESCE(version, 0)) FILTER (WHERE fault IS NULL) OVER (PARTITION BY order_id)
"""
WHOLE_NUMBERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
AS_IS = {
    Type.INTEGER: WHOLE_NUMBERS,
    Type.CENTS: WHOLE_NUMBERS,
    Type.QUANTITY: WHOLE_NUMBERS,
    Type.DATE: {"DATE"},
    Type.MOMENT: {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"},
    Type.BOOLEAN: {"BOOLEAN"},
}


SHAPES_KEPT = 256
OF_BATCH = "regulars_batch_id"
"""Beside the columns of a file, which may have any names but this."""
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shape:
    """How a batch's rows look: the DuckDB types of its columns, and what its layout says of them.
    Where the types are the sender's own (`is_typed`), texts are taken as they are, else without
    outer blanks."""

    types: Pairs
    columns: Pairs = ()
    constants: Pairs = ()
    formats: Pairs = ()
    is_typed: bool = False

    @classmethod
    def of(cls, types: Mapping[str, str], layout: Mapping[str, Any], *, is_typed: bool) -> Self:
        columns, constants, formats = (
            tuple(layout.get(name, {}).items()) for name in ("columns", "constants", "formats")
        )
        return cls(tuple(types.items()), columns, constants, formats, is_typed)


@lru_cache(maxsize=SHAPES_KEPT)
def decoded(kind: str, shape: Shape) -> str:
    """SQL that makes of the rows of a view `received`: `batch_id`, `line_no`, one typed column for
    each of the kind's layout, and `fault`: null, or "column reason value" of the first thing wrong,
    parted by tabs. Lines of an order that a later version among them replaces are left out."""
    source = _Source(
        dict(shape.types),
        dict(shape.columns),
        dict(shape.constants),
        dict(shape.formats),
        shape.is_typed,
    )
    rows: exp.Expression = _decoded(kind, source)
    if kind == "lines" and source.has("version"):
        rows = _filled(LATEST, rows=exp.paren(rows))
    return rows.sql("duckdb")


@dataclass(frozen=True)
class _Source:
    """A shape to look things up in."""

    types: dict[str, str]
    columns: dict[str, str]
    constants: dict[str, str]
    formats: dict[str, str]
    is_typed: bool

    def has(self, name: str) -> bool:
        return name in self.constants or self.columns.get(name, name) in self.types


def _decoded(kind: str, source: _Source) -> exp.Select:
    """In steps that each stand on the one before, so that nothing is worked out twice: what came,
    what it means, what is wrong with it."""
    may_hold_nul = kind in IN_WAREHOUSE_ALONE
    fields = [_field(column, source, may_hold_nul=may_hold_nul) for column in LAYOUTS[kind]]
    came = exp.select(exp.column(OF_BATCH), "line_no", *[f.came for f in fields if f.came])
    meant = exp.select("*", *[exp.alias_(f.value, f.column.name) for f in fields])
    faults = [check for field in fields for check in field.checks]
    return exp.select(
        exp.cast(exp.column(OF_BATCH), "UUID").as_("batch_id"),
        exp.column("line_no"),
        *[exp.column(field.column.name) for field in fields],
        exp.alias_(exp.Case(ifs=faults) if faults else exp.null(), "fault"),
    ).from_(meant.from_(came.from_("received").subquery("came")).subquery("meant"))


@dataclass(frozen=True)
class _Field:
    """`came` and `value` are what two steps say of it; None where nothing like it came."""

    column: Column
    came: exp.Expr | None
    value: exp.Expression
    checks: list[exp.If]


def _field(column: Column, source: _Source, *, may_hold_nul: bool) -> _Field:
    theirs, raw_type, is_major = _raw(column, source)
    if theirs is None:
        missing = _fault(_filled("TRUE"), column, "missing", exp.null())
        nothing = _filled(f"CAST(NULL AS {DUCKDB_TYPES[column.type]})")
        return _Field(column, None, nothing, [missing] if column.is_required else [])
    if raw_type == "VARCHAR":
        theirs = _filled(TEXT if source.is_typed else TRIMMED_TEXT, x=theirs)
    raw, value = exp.column(f"came_{column.name}"), exp.column(column.name)
    if raw_type == "VARCHAR" and column.name in source.formats:
        meaning = _dated(column, raw, source.formats[column.name])
    else:
        meaning = _typed(column, raw, raw_type, is_major)
    checks = []
    if column.is_required:
        checks.append(_fault(_filled(":x IS NULL", x=raw), column, "missing", exp.null()))
    if column.type in FAULTS and (is_major or raw_type not in AS_IS.get(column.type, set())):
        wrong = _filled(":value IS NULL AND :x IS NOT NULL", value=value, x=raw)
        checks.append(_fault(wrong, column, FAULTS[column.type], raw))
    if column.type in IN_RANGE:
        outside = exp.not_(exp.paren(_filled(IN_RANGE[column.type], x=value)))
        checks.append(_fault(outside, column, "out_of_range", raw))
    if raw_type == "VARCHAR" and not may_hold_nul:
        checks.append(_fault(_filled("CONTAINS(:x, CHR(0))", x=raw), column, "not_text", raw))
    if column.choices:
        outside = exp.not_(value.copy().isin(*map(exp.Literal.string, column.choices)))
        checks.append(_fault(outside, column, "not_a_choice", raw))
    return _Field(column, theirs.as_(raw.name), meaning, checks)


def _raw(column: Column, source: _Source) -> tuple[exp.Expression | None, str, bool]:
    """Where the column's value stands in the source, its type, and whether it is money in major
    units (`net` for `net_cents`)."""
    names = [(column.name, False)]
    if column.type is Type.CENTS:
        names.append((column.name.removesuffix("_cents"), True))
    for name, is_major in names:
        if name in source.constants:
            return exp.Literal.string(source.constants[name]), "VARCHAR", is_major
        theirs = source.columns.get(name, name)
        if theirs in source.types:
            return exp.column(theirs, quoted=True), source.types[theirs], is_major
    return None, "", False


def _typed(column: Column, raw: exp.Expression, raw_type: str, is_major: bool) -> exp.Expression:
    if is_major:
        raw = _filled("CAST(TRY_CAST(:x AS DECIMAL(32, 6)) * 100 AS DECIMAL(38, 6))", x=raw)
        return _filled(WHOLE, x=raw)
    if raw_type in AS_IS.get(column.type, set()):
        return raw.copy()
    if column.type in (Type.TEXT, Type.PHONE):
        return raw.copy() if raw_type == "VARCHAR" else _filled("CAST(:x AS VARCHAR)", x=raw)
    if raw_type == "VARCHAR" or column.type not in (Type.DATE, Type.MOMENT):
        return _filled(FROM_TEXT[column.type], x=raw)
    return _filled(f"TRY_CAST(:x AS {DUCKDB_TYPES[column.type]})", x=raw)


def _dated(column: Column, raw: exp.Expression, format_: str) -> exp.Expression:
    """A date or moment written in a way of its own."""
    template = f"CAST(TRY_STRPTIME(:x, :format) AS {DUCKDB_TYPES[column.type]})"
    return _filled(template, x=raw, format=exp.Literal.string(format_))


def _fault(condition: exp.Expression, column: Column, reason: str, raw: exp.Expression) -> exp.If:
    text = exp.Literal.string(f"{column.name}\t{reason}\t")
    value = _filled("COALESCE(LEFT(CAST(:x AS VARCHAR), 200), '')", x=raw)
    return exp.If(this=condition, true=exp.DPipe(this=text, expression=value, safe=True))


def _filled(template: str, **parts: Any) -> exp.Expression:
    """Parse a template and put copies of `parts` where it says `:name`."""
    filled: exp.Expression = parse_one(template, dialect="duckdb").transform(
        lambda node: (
            parts[node.name].copy()
            if isinstance(node, exp.Placeholder) and node.name in parts
            else node
        )
    )
    return filled
