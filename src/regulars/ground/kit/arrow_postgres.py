"""Arrow tables in and out of Postgres by COPY: a set at a time, no row passes through Python."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection
from psycopg import sql

POSTGRES_TYPES = {
    pa.string(): "text",
    pa.bool_(): "boolean",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.binary(): "bytea",
    pa.float64(): "double precision",
}


def copy_to_temporary_table(name: str, table: pa.Table) -> None:
    """Make temporary table `name` with the columns of `table`; it goes with the transaction.

    Types are those of `POSTGRES_TYPES`, with timestamps and decimals beside; others raise KeyError.
    """
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(field.name), sql.SQL(_postgres_type(field.type)))
        for field in table.schema
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(
                sql.Identifier(name), columns
            )
        )
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(name))
        with cursor.copy(statement) as copy:
            for batch in table.to_batches(max_chunksize=200_000):
                copy.write(_as_csv(pa.Table.from_batches([batch])))
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))


def arrow_from_query(
    query: str, parameters: Sequence[Any] | Mapping[str, Any], schema: pa.Schema
) -> pa.Table:
    """Run a Postgres query and return its rows as an Arrow table of `schema`, in column order."""
    buffer = io.BytesIO()
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
        for chunk in copy:
            buffer.write(chunk)
    if not buffer.tell():
        return schema.empty_table()
    return pa_csv.read_csv(
        pa.BufferReader(buffer.getvalue()),
        read_options=pa_csv.ReadOptions(column_names=schema.names),
        convert_options=pa_csv.ConvertOptions(
            column_types=schema,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _postgres_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "timestamptz"
    if pa.types.is_decimal(kind):
        return "numeric"
    return POSTGRES_TYPES[pa.string() if pa.types.is_large_string(kind) else kind]


def _as_csv(table: pa.Table) -> bytes:
    for index, field in enumerate(table.schema):
        if pa.types.is_binary(field.type):
            table = table.set_column(index, field.name, _hex(table.column(index)))
    sink = io.BytesIO()
    pa_csv.write_csv(table, sink, pa_csv.WriteOptions(include_header=False))
    return sink.getvalue()


def _hex(column: pa.ChunkedArray) -> pa.Array:
    return pa.array(
        [None if value is None else "\\x" + value.hex() for value in column.to_pylist()],
        pa.string(),
    )
