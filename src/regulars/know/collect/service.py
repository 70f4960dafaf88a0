"""The inbox and the quarantine for other rooms, and this room's part of the warehouse."""

from dataclasses import dataclass
from datetime import datetime

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query
from regulars.know.collect.inbox import (
    WAKE_CHANNEL,
    get_backlog,
    list_waiting,
    receive,
    receive_file,
    receive_rejects,
    retry,
)
from regulars.know.collect.quarantine import (
    Awaited,
    dismiss_reject,
    get_shown_record,
    list_awaited,
    list_awaiting,
    list_open_rejects,
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

__all__ = [
    "WAKE_CHANNEL",
    "Awaited",
    "Freshness",
    "dismiss_reject",
    "get_backlog",
    "get_freshness",
    "get_shown_record",
    "get_source",
    "hash_of_key",
    "list_awaited",
    "list_awaiting",
    "list_open_rejects",
    "list_sources",
    "list_waiting",
    "make_source",
    "receive",
    "receive_file",
    "receive_rejects",
    "refresh",
    "replay_reject",
    "replay_rejects",
    "retry",
    "rotate_key",
    "schema",
    "set_active",
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
