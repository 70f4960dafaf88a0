"""A piece of SQL with its parameters, and how it travels.

On the wire a statement is an Arrow stream of one row, its parameters, with the SQL in the schema's
metadata: dates, decimals and lists keep their types, and nothing is ever pasted into SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

SQL_KEY = b"sql"


@dataclass(frozen=True)
class Statement:
    """`sql` names its parameters `$name`."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def pack(statements: Sequence[Statement]) -> bytes:
    sink = pa.BufferOutputStream()
    for statement in statements:
        batch = pa.RecordBatch.from_pylist([{"": 0, **statement.parameters}])
        batch = batch.replace_schema_metadata({SQL_KEY: statement.sql.encode()})
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def unpack(packed: bytes) -> list[Statement]:
    source = pa.BufferReader(packed)
    statements = []
    while source.tell() < len(packed):
        with pa.ipc.open_stream(source) as reader:
            (row,) = reader.read_all().to_pylist()
            row.pop("")
            statements.append(Statement(reader.schema.metadata[SQL_KEY].decode(), row))
    return statements
