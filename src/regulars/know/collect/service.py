"""The inbox and the quarantine for other rooms, and this room's part of the warehouse."""

from dataclasses import dataclass
from datetime import datetime

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query
from regulars.know.collect.bodies import EVENT_KINDS, Body, body_of, records_of
from regulars.know.collect.inbox import (
    get_backlog,
    list_waiting,
    list_waiting_events,
    receive,
    receive_events,
    receive_file,
    receive_rejects,
    retry,
    with_sealed_phones,
)
from regulars.know.collect.models import WAKE_CHANNEL
from regulars.know.collect.quarantine import (
    Awaited,
    dismiss_reject,
    get_shown_record,
    list_awaited,
    list_awaiting,
    list_choices,
    list_open_rejects,
    narrowed,
    replay_reject,
    replay_rejects,
)
from regulars.know.collect.sources import (
    get_source,
    hash_of_key,
    list_sources,
    make_source,
    rotate_key,
    set_active,
)
from regulars.know.collect.traffic import (
    Traffic,
    address_of,
    list_minutes,
    list_minutes_by_source,
    traffic_of_the_last_hour,
)
from regulars.know.collect.troubles import (
    explain_trouble,
    list_troubles,
    note_end_of,
    note_trouble,
)

__all__ = [
    "EVENT_KINDS",
    "WAKE_CHANNEL",
    "Awaited",
    "Body",
    "Freshness",
    "Traffic",
    "address_of",
    "body_of",
    "dismiss_reject",
    "explain_trouble",
    "get_backlog",
    "get_freshness",
    "get_shown_record",
    "get_source",
    "hash_of_key",
    "list_awaited",
    "list_awaiting",
    "list_choices",
    "list_minutes",
    "list_minutes_by_source",
    "list_open_rejects",
    "list_sources",
    "list_troubles",
    "list_waiting",
    "list_waiting_events",
    "make_source",
    "narrowed",
    "note_end_of",
    "note_trouble",
    "receive",
    "receive_events",
    "receive_file",
    "receive_rejects",
    "records_of",
    "refresh",
    "replay_reject",
    "replay_rejects",
    "retry",
    "rotate_key",
    "schema",
    "set_active",
    "traffic_of_the_last_hour",
    "with_sealed_phones",
]


@dataclass(frozen=True)
class Freshness:
    """`version` grows with every change of the numbers; `as_of` is when it last did."""

    version: int
    as_of: datetime


def schema() -> Statement:
    """This room's tables in the warehouse."""
    return Statement(named(__package__, "warehouse_schema"))


def refresh() -> Statement:
    """To be run with whatever changes the warehouse's numbers."""
    return Statement(named(__package__, "refresh"))


def get_freshness() -> Freshness:
    """What the warehouse's numbers stand on."""
    (row,) = query("FROM freshness").to_pylist()
    return Freshness(row["version"], row["as_of"])
