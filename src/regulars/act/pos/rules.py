"""Sums of a ticket: integer cents and thousandths of a unit, nothing rounded twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

MILLI = 1000
OLDEST_SALE, FASTEST_CLOCK = timedelta(days=7), timedelta(minutes=5)
CASH = "cash"


def gross_of(price_cents: int, milli: int) -> int:
    """What `milli` thousandths of a unit cost, half a cent upwards."""
    return (2 * price_cents * milli + MILLI) // (2 * MILLI)


def spread(cents: int, weights: Sequence[int]) -> list[int]:
    """`cents` shared out by weight, to the cent (largest remainder, the earlier of equal ones
    first). No share is above its weight while `cents` is not above their sum; all are 0 when
    nothing weighs."""
    whole = sum(weights)
    if not whole:
        return [0 for _weight in weights]
    shares = [cents * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(cents * weights[i] % whole), i))
    for place in by_remainder[: cents - sum(shares)]:
        shares[place] += 1
    return shares


def part_of(cents: int, milli: int, whole_milli: int) -> int:
    """What of a line's `cents` belongs to its first `milli` thousandths: parts that are taken one
    after another add up to the line, exactly."""
    return (2 * cents * milli + whole_milli) // (2 * whole_milli)


def refund_of(cents: int, whole_milli: int, before_milli: int, milli: int) -> int:
    """What `milli` more of a line bring back after `before_milli` came back already."""
    after = part_of(cents, before_milli + milli, whole_milli)
    return after - part_of(cents, before_milli, whole_milli)


def change_of(method: str, due_cents: int, given_cents: int) -> int:
    """What goes back of what was given. Raises UserError when too little was, or when anything but
    cash does not fit exactly."""
    if given_cents < due_cents:
        raise UserError(_("Less was given than is to be paid."), field="given_cents")
    if method != CASH and given_cents != due_cents:
        raise UserError(_("Change is given of cash alone."), field="given_cents")
    return given_cents - due_cents


def moment_of(told: datetime | None, now: datetime) -> datetime:
    """When a ticket was made, by the till's clock where that can be: one that waited for the
    network was made earlier than it came."""
    if told is None or told.tzinfo is None:
        return now
    return told if now - OLDEST_SALE <= told <= now + FASTEST_CLOCK else now
