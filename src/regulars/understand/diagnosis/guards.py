"""What can fool one, looked at before anybody is blamed."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.understand.diagnosis.exact import Exact
from regulars.understand.diagnosis.findings import (
    CALENDAR,
    MIX,
    OPENING,
    RETURNS_CHANGED,
    SMALL_SAMPLE,
    Guard,
)
from regulars.understand.diagnosis.stock import stock_guard
from regulars.understand.metrics.service import WHOLE, Period

SMALL = 100
"""Fewer expected (buyers, tickets, goods) than this are a small sample."""
EXPLAINS = 0.2
"""From this share of a contribution on, a guard is part of what was found."""


@dataclass(frozen=True)
class Looked:
    """What the guards of one finding look at. `categories` None are all goods."""

    node: int
    categories: Sequence[int] | None
    part: str
    factor: str
    expected_count: float
    contribution_cents: int
    is_raised: bool


def guards_of(
    looked: Looked,
    exact: Exact,
    *,
    calendar_share: float,
    moved: Sequence[int],
    period: Period,
    compared: Period,
) -> tuple[Guard, ...]:
    """The guards of `findings.GUARDS`, in that order, without the store log; that of stock only
    where a raised cause lost something and stock is on record. `calendar_share` is by how much the
    days alone change a period's money; `moved` are stores that opened or closed."""
    cents, stores = looked.contribution_cents, exact.stores_of[looked.node]
    before = exact.comparison(looked.node).before
    calendar = round(calendar_share * (before.net_cents if before else 0))
    opened = sum(exact.gap(store) for store in moved if store in stores)
    returns = exact.returns_change(looked.node)
    mix = 0
    if looked.factor == "buyers" and looked.part != WHOLE:
        mix = exact.mix_cents(looked.node, looked.part)
    stock = None
    if looked.is_raised and cents < 0:  # a question each: only where somebody would be blamed
        stock = stock_guard(stores, looked.categories, period, compared)
    small = looked.expected_count < SMALL
    return (
        Guard(SMALL_SAMPLE, small),
        Guard(MIX, _explains(mix, cents), mix),
        Guard(CALENDAR, _explains(calendar, cents), calendar),
        Guard(OPENING, _explains(opened, cents), opened),
        Guard(RETURNS_CHANGED, _explains(returns, cents), returns),
        *((stock,) if stock else ()),
    )


def _explains(cents: int, contribution: int) -> bool:
    return cents * contribution > 0 and abs(cents) >= EXPLAINS * abs(contribution)
