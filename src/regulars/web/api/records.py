"""Records sent in a batch: into their room as a set, back as one result each."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.ground.kit.outcome import Outcome
from regulars.know.collect import service as collect
from regulars.know.collect.layouts import LAYOUTS, Type
from regulars.know.collect.reasons import explain
from regulars.web.api.schemas import Record

ARROW_TYPES = {
    Type.TEXT: pa.string(),
    Type.PHONE: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.CENTS: pa.int64(),
    Type.DATE: pa.date32(),
    Type.BOOLEAN: pa.bool_(),
}
Faults = Mapping[int, Sequence[Mapping[str, Any]]]


def upsert(
    kind: str,
    records: Sequence[Record],
    write: Callable[[pa.Table], Outcome],
    *,
    notice: str,
    refused: Faults | None = None,
) -> dict[str, Any]:
    """Write the records that are not `refused` (index → faults) and tell the warehouse, under
    `notice`, which ones made a difference. Returns the shape `Upserted`."""
    refused = refused or {}
    table = as_table(kind, records)
    if refused:
        kept = pc.invert(pc.is_in(table["line_no"], pa.array(list(refused), pa.int64())))
        table = table.filter(kept)
    outcome = write(table)
    made_a_difference = outcome.results.filter(pc.field("outcome") != "unchanged")
    if ids := made_a_difference["id"].unique().to_pylist():
        collect.receive(notice, source="api", body={"ids": ids})
    key = LAYOUTS[kind][0].name
    return {"results": results([getattr(r, key) for r in records], outcome, refused)}


def as_table(kind: str, records: Sequence[Record]) -> pa.Table:
    """The records as the kind's layout, typed, with `line_no` = the place in the batch from 0."""
    fields = [(column.name, ARROW_TYPES[column.type]) for column in LAYOUTS[kind]]
    table = pa.Table.from_pylist([record.dict() for record in records], pa.schema(fields))
    return table.append_column("line_no", pa.array(range(len(records)), pa.int64()))


def results(
    ids: Sequence[str], outcome: Outcome, refused: Faults | None = None
) -> list[dict[str, Any]]:
    """One `Result` for each id, in the order sent."""
    outcomes = {row["line_no"]: row["outcome"] for row in outcome.results.to_pylist()}
    faults = defaultdict(list, {index: list(some) for index, some in (refused or {}).items()})
    for reject in outcome.rejects.to_pylist():
        faults[reject["line_no"]].append(fault(**reject))
    return [
        {
            "index": index,
            "id": id,
            "outcome": "rejected" if index in faults else outcomes[index],
            "faults": faults.get(index, []),
        }
        for index, id in enumerate(ids)
    ]


def fault(column: str, reason: str, value: str | None, **_more: Any) -> dict[str, Any]:
    """The shape `Fault`, with the reason's sentence."""
    value = value or ""
    return {
        "column": column,
        "reason": reason,
        "message": explain(reason),
        "value": value,
    }
