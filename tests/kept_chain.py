"""A small chain, loaded once by the real path and then given to every test as it stood: loading
takes seconds, copying back what it left some hundredths of one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from psycopg import sql
from sqlglot import exp

from regulars.ground.kit.deployment import data_dir
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.statement import Statement

# What is still to be done is no part of a chain.
TABLES = """
    SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_class AS c INNER JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::REGNAMESPACE
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        AND NOT starts_with(c.relname, 'procrastinate_')
    GROUP BY c.relname
"""
FINGERPRINT = "SELECT {name}, count(*), sum(hashtextextended(t::TEXT, 0)) FROM {table} AS t"
FILLED = """
    SELECT table_name FROM duckdb_tables() WHERE database_name = 'memory' AND estimated_size > 0
"""


MADE = """
    SELECT sql FROM (
        SELECT table_oid AS oid, sql, database_name, internal FROM duckdb_tables()
        UNION ALL SELECT view_oid, sql, database_name, internal FROM duckdb_views()
    )
    WHERE database_name = 'memory' AND NOT internal ORDER BY oid
"""


@dataclass(frozen=True)
class Kept:
    """`rows` of PostgreSQL's tables, as COPY writes them; what was `made` in the warehouse besides
    what always stands there; its `filled` tables, which stand in a `file`."""

    rows: dict[str, bytes]
    columns: dict[str, list[str]]
    made: list[str]
    filled: list[str]
    file: Path


_kept: dict[str, Kept] = {}


def stand_on(name: str, making: Callable[[], None], warehouse: Engine) -> None:
    """Let the empty stores hold what `making` leaves in them; it runs once a process a `name`."""
    if name in _kept:
        _give(_kept[name], warehouse)
    else:
        _kept[name] = _keep(making, warehouse, data_dir() / f"kept-{len(_kept)}.duckdb")


def _keep(making: Callable[[], None], warehouse: Engine, file: Path) -> Kept:
    columns = _columns()
    before, stood = _fingerprints(columns), _told(warehouse, MADE)
    making()
    changed = _fingerprints(columns) - before
    rows = {table: _copied(table, columns[table]) for table, *_ in changed}
    made = [each for each in _told(warehouse, MADE) if each not in stood]
    filled = _told(warehouse, FILLED)
    told = _attached(file)
    warehouse.run([told, Statement("COPY FROM DATABASE memory TO kept")])
    warehouse.run([Statement("DETACH kept")])
    return Kept(rows, columns, made, filled, file)


def _give(kept: Kept, warehouse: Engine) -> None:
    with transaction.atomic():
        for table, rows in kept.rows.items():
            _replace(table, kept.columns[table], rows)
    warehouse.run([_attached(kept.file, "(READ_ONLY)"), *map(Statement, kept.made)])
    for table in kept.filled:
        theirs = exp.select("*").from_(exp.table_(table, catalog="kept", db="main"))
        told = [exp.delete(table), exp.insert(theirs, table)]
        warehouse.run([Statement(each.sql("duckdb")) for each in told])
    warehouse.run([Statement("DETACH kept")])


def _told(warehouse: Engine, question: str) -> list[str]:
    return [next(iter(row.values())) for row in warehouse.query(Statement(question)).to_pylist()]


def _attached(file: Path, how: str = "") -> Statement:
    return Statement(f"ATTACH {exp.Literal.string(str(file)).sql('duckdb')} AS kept {how}")


def _columns() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return dict(cursor.fetchall())


def _fingerprints(tables: dict[str, list[str]]) -> set[tuple[str, int, int]]:
    each = [
        sql.SQL(FINGERPRINT).format(name=sql.Literal(table), table=sql.Identifier(table))
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(each))
        return set(cursor.fetchall())


def _copied(table: str, columns: list[str]) -> bytes:
    told = sql.SQL("COPY {} ({}) TO STDOUT").format(*_named(table, columns))
    with connection.cursor() as cursor, cursor.copy(told) as copy:
        return b"".join(copy)


def _replace(table: str, columns: list[str], rows: bytes) -> None:
    told = sql.SQL("COPY {} ({}) FROM STDIN").format(*_named(table, columns))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        with cursor.copy(told) as copy:
            copy.write(rows)


def _named(table: str, columns: list[str]) -> tuple[sql.Composable, sql.Composable]:
    return sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
