"""The warehouse's picture of what Postgres knows: organisation, catalogue, members."""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
from sqlglot import exp

from regulars.ground.warehouse.service import Statement
from regulars.know.loader.staging import Staging
from regulars.know.members import service as members
from regulars.know.orders import service as orders

MEMBER_TABLES = ("members", "children", "merged_members")


def replaced(tables: Mapping[str, pa.Table], staging: Staging) -> list[Statement]:
    """Whole tables anew."""
    return [
        statement
        for name, rows in tables.items()
        for statement in (Statement(_delete(name).sql("duckdb")), _insert(name, rows, staging))
    ]


def members_replaced(ids: Sequence[int], staging: Staging, *, is_live: bool) -> list[Statement]:
    """The rows of these members; a live change also settles their tickets at once."""
    ids = members.with_those_merged(ids)
    statements = []
    for name, rows in members.warehouse_rows(ids).items():
        delete = _delete(name).where(
            "member_id IN (SELECT UNNEST($ids::BIGINT[]))", dialect="duckdb"
        )
        statements.append(Statement(delete.sql("duckdb"), {"ids": list(ids)}))
        statements.append(_insert(name, rows, staging))
    return [*statements, *orders.touch(ids, at_once=is_live)]


def all_members_replaced(staging: Staging) -> Iterator[list[Statement]]:
    """Everyone anew: a transaction that clears the tables, then one for each block of members."""
    yield [Statement(_delete(name).sql("duckdb")) for name in MEMBER_TABLES]
    for block in members.warehouse_blocks():
        yield [_insert(name, rows, staging) for name, rows in block.items()]


def _delete(table: str) -> exp.Delete:
    return exp.delete(exp.to_table(table))


def _insert(table: str, rows: pa.Table, staging: Staging) -> Statement:
    arrived = exp.select("*").from_(staging.put(table, rows))
    if table == "members":
        arrived = arrived.select("joined_on AS recorded_joined_on")
    insert = exp.insert(arrived, exp.to_table(table))
    insert.set("by_name", True)
    return Statement(insert.sql("duckdb"))
