"""Rows of operations beside the warehouse's own: staged in memory, asked, and gone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pyarrow as pa
from sqlglot import exp

from regulars.ground.kit.sql import spoken_of, tree_of
from regulars.ground.warehouse.service import Statement, query, run, stage

Parameters = Mapping[str, Any]


@contextmanager
def staged(rows: pa.Table) -> Iterator[exp.Table]:
    """A table of these rows in the warehouse's memory, under a name that nobody else has."""
    name = f"staged_{uuid4().hex}"
    stage(f"desk.{name}", rows)
    table = exp.to_table(f"desk.{name}")
    try:
        yield table
    finally:
        run(Statement(exp.Drop(tables=[table], kind="TABLE", exists=True).sql("duckdb")))


def ask(
    package: str, name: str, parameters: Parameters, **relations: exp.Table | exp.Select
) -> pa.Table:
    """A named question of a room, with `relations` in the place of the tables it calls so."""
    tree = tree_of(package, name)
    for table in list(tree.find_all(exp.Table)):
        if (relation := relations.get(table.name)) is not None:
            table.replace(_called(relation, table.alias_or_name))
    sql = tree.sql("duckdb")
    return query(sql, spoken_of(sql, parameters))


def _called(relation: exp.Table | exp.Select, name: str) -> exp.Expr:
    if isinstance(relation, exp.Select):
        return relation.subquery(name)
    return exp.alias_(relation.copy(), name, table=True)
