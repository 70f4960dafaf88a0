"""Rows for upserts, and what became of them, as tests like to read it."""

from typing import Any

import pyarrow as pa

from regulars.ground.kit.outcome import Outcome


def table(*rows: dict[str, Any]) -> pa.Table:
    """Lines from 1; a column that a row does not mention is null there."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return pa.table({"line_no": list(range(1, len(rows) + 1)), **columns})


def outcomes(outcome: Outcome) -> list[str]:
    return outcome.results["outcome"].to_pylist()


def reasons(outcome: Outcome) -> list[tuple[int, str, str]]:
    return [(r["line_no"], r["column"], r["reason"]) for r in outcome.rejects.to_pylist()]
