"""Tickets: what a stream may hear, signed, for the few seconds until it is opened.

Django decides once who may hear what; a stream reads it off its ticket and asks no database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core import signing

from regulars.understand.live.rules import Targets

SALT = "regulars.live"
VALID_SECONDS = 30


@dataclass(frozen=True)
class Ticket:
    """The places heard, each with its targets of the day; `language` in which a page is to be told
    what it shows, "" for figures alone."""

    day: date
    targets: Mapping[int, Targets]
    language: str = ""


def signed(ticket: Ticket) -> str:
    told = {
        "day": ticket.day.isoformat(),
        "nodes": [
            [node, targets.day_cents, targets.month_cents]
            for node, targets in ticket.targets.items()
        ],
        "language": ticket.language,
    }
    return signing.dumps(told, salt=SALT, compress=True)


def read_ticket(text: str) -> Ticket | None:
    """None for what nobody here signed, or too long ago."""
    try:
        told = signing.loads(text, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    targets = {node: Targets(day, month) for node, day, month in told["nodes"]}
    return Ticket(date.fromisoformat(told["day"]), targets, told["language"])
