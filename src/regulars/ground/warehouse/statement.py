"""A piece of SQL with its parameters, and how it travels.

On the wire a statement is an Arrow stream of one row, its parameters, with the SQL in the schema's
metadata: dates, decimals and lists keep their types, and nothing is ever pasted into SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

SQL_KEY, WHEN_KEY = b"sql", b"when"


@dataclass(frozen=True)
class Statement:
    """`sql` names its parameters `$name`. `when` is a query of one truth value: in a transaction
    the statement is passed over where it is not true (none: always run)."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    when: str = ""


def pack(statements: Sequence[Statement]) -> bytes:
    sink = pa.BufferOutputStream()
    for statement in statements:
        batch = pa.RecordBatch.from_pylist([{"": 0, **statement.parameters}])
        texts = {SQL_KEY: statement.sql.encode(), WHEN_KEY: statement.when.encode()}
        batch = batch.replace_schema_metadata(texts)
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
            texts = reader.schema.metadata
            statements.append(Statement(texts[SQL_KEY].decode(), row, texts[WHEN_KEY].decode()))
    return statements
