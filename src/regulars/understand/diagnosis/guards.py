"""What can fool one, looked at before anybody is blamed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from regulars.understand.diagnosis.exact import Exact
from regulars.understand.diagnosis.findings import (
    CALENDAR,
    LOG,
    MIX,
    OPENING,
    RETURNS_CHANGED,
    SMALL_SAMPLE,
    Guard,
)
from regulars.understand.diagnosis.models import EventLog
from regulars.understand.metrics.service import WHOLE, Period

SMALL = 100
"""Fewer expected (buyers, tickets, goods) than this are a small sample."""
EXPLAINS = 0.2
"""From this share of a contribution on, a guard is part of what was found."""


@dataclass(frozen=True)
class Looked:
    """What the guards of one finding look at."""

    node: int
    path: Sequence[int]
    part: str
    factor: str
    expected_count: float
    contribution_cents: int


def guards_of(
    looked: Looked,
    exact: Exact,
    *,
    calendar_share: float,
    moved: Sequence[int],
    period: Period,
    compared: Period,
) -> tuple[Guard, ...]:
    """Every guard of `findings.GUARDS`, in that order. `calendar_share` is by how much the days
    alone change a period's money; `moved` are stores that opened or closed."""
    cents = looked.contribution_cents
    before = exact.comparison(looked.node).before
    calendar = round(calendar_share * (before.net_cents if before else 0))
    opened = sum(exact.gap(store) for store in moved if store in exact.stores_of[looked.node])
    returns = exact.returns_change(looked.node)
    mix = 0
    if looked.factor == "buyers" and looked.part != WHOLE:
        mix = exact.mix_cents(looked.node, looked.part)
    notes = notes_in(looked.path, min(period.start, compared.start), period.last_day)
    small = looked.expected_count < SMALL
    return (
        Guard(SMALL_SAMPLE, small),
        Guard(MIX, _explains(mix, cents), mix),
        Guard(CALENDAR, _explains(calendar, cents), calendar),
        Guard(OPENING, _explains(opened, cents), opened),
        Guard(RETURNS_CHANGED, _explains(returns, cents), returns),
        Guard(LOG, bool(notes), None, tuple(notes)),
    )


def notes_in(nodes: Sequence[int], first: date, last: date) -> list[str]:
    """What the store log says of any of these nodes between two days."""
    entries = EventLog.objects.filter(
        node__in=nodes, first_on__lte=last, last_on__gte=first
    ).select_related("node")
    return [
        f"{entry.node.name} {entry.first_on:%m-%d}–{entry.last_on:%m-%d}: "
        f"{entry.get_kind_display()}{': ' if entry.note else ''}{entry.note}"
        for entry in entries.order_by("-first_on")
    ]


def _explains(cents: int, contribution: int) -> bool:
    return cents * contribution > 0 and abs(cents) >= EXPLAINS * abs(contribution)
