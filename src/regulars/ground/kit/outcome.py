"""What became of a set of rows: each line's result, or why it could not go in."""

from dataclasses import dataclass

import pyarrow as pa

RESULTS = pa.schema(
    [
        ("line_no", pa.int64()),
        ("code", pa.string()),
        ("id", pa.int64()),
        ("outcome", pa.string()),
    ]
)
REJECTS = pa.schema(
    [
        ("line_no", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("value", pa.string()),
    ]
)


@dataclass(frozen=True)
class Outcome:
    """`results`: one row a line that stands (`outcome` created, updated or unchanged);
    `rejects`: one row a fault, `reason` being a stable code. Both in line order."""

    results: pa.Table
    rejects: pa.Table
