"""The day's tickets, one row each in the order of time: who, where, how and with whom."""

from dataclasses import dataclass, replace

import numpy as np

from regulars.demo.simulate.arrays import Ints, Rows, draw, quantiles
from regulars.demo.simulate.chain import Chain
from regulars.demo.simulate.families import Families, join_ages
from regulars.demo.simulate.needs import month_index
from regulars.demo.simulate.staff import CASHIER, CONSULTANTS, FIRST_CONSULTANT, SEATS

NOBODY = -1
CHANNELS = ("store", "miniapp", "delivery", "live")
STORE, MINIAPP, DELIVERY, LIVE = range(4)
CHANNEL_SHARES = (0.66, 0.16, 0.13, 0.05)
PASSING_CHANNEL_SHARES = (0.93, 0.0, 0.07, 0.0)
OPENS = 9
HOURS = {
    STORE: (4, 9, 10, 8, 6, 6, 8, 9, 9, 10, 11, 8, 3),
    MINIAPP: (5, 6, 7, 8, 8, 6, 6, 6, 7, 8, 10, 13, 14),
    DELIVERY: (6, 9, 11, 9, 7, 6, 7, 8, 9, 9, 8, 6, 3),
    LIVE: (0, 1, 1, 1, 1, 1, 1, 2, 2, 4, 22, 30, 18),
}
"""How busy each hour from nine in the morning is, by channel."""
HOUR_PICKS = 256
PASSING_SHARE = 0.31
"""Tickets of passers-by for each ticket of a member."""
AWAY_FROM_HOME = 0.05
OWN_CONSULTANT = 0.6
PASSING_AT_CASHIER = 0.6
RETURNED_SHARE = 0.034
RETURN_WITHIN_DAYS = 15


@dataclass(frozen=True)
class Tickets(Rows):
    """`number` counts tickets from the first day. `original` is the number of the ticket that a
    return gives back, else NOBODY; `return_on` the day on which some of it will come back."""

    number: Ints
    second: Ints
    member: Ints
    store: Ints
    staff: Ints
    channel: Ints
    months: Ints
    original: Ints
    return_on: Ints


class Counter:
    """Opens the day's tickets: members who are due, and people who pass by."""

    def __init__(self, chain: Chain, families: Families) -> None:
        self._chain, self._families = chain, families
        self._hours = np.stack([quantiles(HOURS[c], HOUR_PICKS) for c in range(len(HOURS))])
        self._everywhere = np.arange(chain.size)
        self._next_number = 1

    def open_tickets(
        self, members: Ints, months: Ints, day: int, staff: Ints, rng: np.random.Generator
    ) -> Tickets:
        """`members` and the child's age of each; `staff` is who sits on every seat today."""
        passing = int(rng.poisson(PASSING_SHARE * len(members)))
        count = len(members) + passing
        everyone = np.concatenate([members, np.full(passing, NOBODY)])
        channel = np.concatenate([
            draw(CHANNEL_SHARES, rng.random(len(members))),
            draw(PASSING_CHANNEL_SHARES, rng.random(passing)),
        ])  # fmt: skip
        hour = self._hours[channel, rng.integers(0, HOUR_PICKS, count)] + OPENS
        second = hour * 3_600 + rng.integers(0, 3_600, count)
        store = np.concatenate([self._shops(members, day, rng), self._passed(passing, day, rng)])
        tickets = Tickets(
            number=np.zeros(count, dtype=np.int64),
            second=second.astype(np.int32),
            member=everyone.astype(np.int32),
            store=store.astype(np.int16),
            staff=self._served_by(everyone, store, channel, staff, rng),
            channel=channel.astype(np.int8),
            months=np.concatenate([months, month_index(join_ages(rng, passing))]),
            original=np.full(count, NOBODY, dtype=np.int64),
            return_on=_return_days(count, day, rng),
        ).take(np.argsort(second, kind="stable"))
        numbers = self._next_number + np.arange(count)
        self._next_number += count
        return replace(tickets, number=numbers)

    def _shops(self, members: Ints, day: int, rng: np.random.Generator) -> Ints:
        """The home store, or now and then another store of its branch that is open."""
        home = self._chain.serving(self._families.join_store[members], day)
        branch = self._chain.branch[home]
        step = (rng.random(len(members)) * self._chain.branch_size[branch]).astype(np.int64)
        other = self._chain.branch_start[branch] + step
        away = (rng.random(len(members)) < AWAY_FROM_HOME) & self._chain.is_open(other, day)
        return np.where(away, other, home)

    def _passed(self, count: int, day: int, rng: np.random.Generator) -> Ints:
        trading = self._chain.is_open(self._everywhere, day)
        return draw(np.where(trading, self._chain.weight, 0), rng.random(count))

    def _served_by(
        self, member: Ints, store: Ints, channel: Ints, staff: Ints, rng: np.random.Generator
    ) -> Ints:
        """Her own consultant most often; the cashier for passers-by; NOBODY in the mini-program."""
        own = self._families.seat[member]
        any_seat = rng.integers(0, CONSULTANTS, len(member))
        seat = FIRST_CONSULTANT + np.where(
            rng.random(len(member)) < OWN_CONSULTANT, own, any_seat
        )  # fmt: skip
        at_the_till = (member == NOBODY) & (rng.random(len(member)) < PASSING_AT_CASHIER)
        seat = np.where(at_the_till, CASHIER, seat)
        alone = (channel == MINIAPP) & (any_seat > 0)
        return np.where(alone, NOBODY, staff[store.astype(np.int64) * SEATS + seat]).astype(
            np.int32
        )


def _return_days(count: int, day: int, rng: np.random.Generator) -> Ints:
    later = day + 1 + rng.integers(0, RETURN_WITHIN_DAYS, count)
    return np.where(rng.random(count) < RETURNED_SHARE, later, NOBODY)
