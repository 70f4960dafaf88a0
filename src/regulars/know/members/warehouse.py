"""What the warehouse knows of members."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
from django.db.models import Max

from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.know.members.models import Member

TABLES = {
    "members": pa.schema(
        [
            ("member_id", pa.int64()),
            ("code", pa.string()),
            ("joined_on", pa.date32()),
            ("home_store_id", pa.int32()),
            ("join_store_id", pa.int32()),
            ("join_channel", pa.string()),
            ("level", pa.string()),
            ("graduates_on", pa.date32()),
            ("is_phone_verified", pa.bool_()),
            ("has_child_on_file", pa.bool_()),
        ]
    ),
    "children": pa.schema(
        [
            ("member_id", pa.int64()),
            ("birth_on", pa.date32()),
            ("due_on", pa.date32()),
            ("is_confirmed", pa.bool_()),
        ]
    ),
    "merged_members": pa.schema(
        [("member_id", pa.int64()), ("code", pa.string()), ("kept_member_id", pa.int64())]
    ),
}
BLOCK = 500_000


def warehouse_rows(ids: Sequence[int] | None = None) -> dict[str, pa.Table]:
    """The rows of these members (None: of all) for the tables of `queries/warehouse_schema.sql`.
    Give those together that are merged: see `with_those_merged`."""
    if ids is not None:
        return _rows(ids)
    blocks = list(warehouse_blocks())
    return {
        name: pa.concat_tables([block[name] for block in blocks] or [schema.empty_table()])
        for name, schema in TABLES.items()
    }


def with_those_merged(ids: Sequence[int]) -> list[int]:
    """These members, whom they go on as, and whoever goes on as one of them."""
    merged = Member.objects.filter(merged_into__isnull=False)
    wanted = set(ids)
    pairs = list(merged.values_list("pk", "merged_into_id"))
    wanted |= {kept for gone, kept in pairs if gone in wanted}
    return sorted(wanted | {gone for gone, kept in pairs if kept in wanted})


def warehouse_blocks() -> Iterator[dict[str, pa.Table]]:
    """The rows of all members, half a million ids at a time, to keep memory small."""
    last = Member.objects.aggregate(last=Max("id"))["last"] or 0
    for start in range(1, last + 1, BLOCK):
        yield _rows(range(start, min(start + BLOCK, last + 1)))


def _rows(ids: Sequence[int]) -> dict[str, pa.Table]:
    parameters = {"ids": list(ids), "age_range_months": chain().age_range_months}
    return {
        name: arrow_from_query(named(__package__, name), parameters, schema)
        for name, schema in TABLES.items()
    }
