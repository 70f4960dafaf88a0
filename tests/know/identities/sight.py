"""Sightings as tests like to write them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from regulars.know.identities.models import Identity
from regulars.know.identities.service import resolve

START = datetime(2025, 1, 1, tzinfo=UTC)
COLUMNS = pa.schema(
    [
        ("event_no", pa.int64()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("is_login", pa.bool_()),
        ("seen_at", pa.timestamp("us", "UTC")),
        ("source", pa.string()),
    ]
)


def sightings(*events: dict[str, str], minute: int = 0) -> pa.Table:
    """One event after the other, a minute apart: {"cookie": "c1", "phone": "13800000001"}."""
    rows = [
        {
            "event_no": number,
            "kind": kind,
            "value": value,
            "is_login": kind == "member",
            "seen_at": START + timedelta(minutes=minute + number),
            "source": "shop",
        }
        for number, event in enumerate(events)
        for kind, value in event.items()
    ]
    return pa.Table.from_pylist(rows, COLUMNS)


def see(*events: dict[str, str], minute: int = 0) -> list[int]:
    """The persons of these events."""
    resolved = resolve(sightings(*events, minute=minute)).to_pylist()
    assert [row["event_no"] for row in resolved] == list(range(len(events)))
    return [row["person_id"] for row in resolved]


def person(**identity: str) -> int:
    """Whose an identity is now, told by what is shown of it."""
    (kind, hint) = next(iter(identity.items()))
    return Identity.objects.get(kind=kind, hint=hint).person_id


def everything() -> list[tuple[Any, ...]]:
    """What stands of persons, in full."""
    return list(
        Identity.objects.order_by("id").values_list("id", "person_id", "follows_id", "is_shared")
    )
