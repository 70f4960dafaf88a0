"""What planted causes do to a day: each takes away, or reprices, a part of what would have been.

Nothing is drawn here: who is touched follows from a number of its own. So whatever a cause does
not touch stays line for line as it is without it.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np

from regulars.demo.simulate.arrays import Bools, Ints, chance
from regulars.demo.simulate.baskets import Lines
from regulars.demo.simulate.demand import Demand
from regulars.demo.simulate.plants import Cause
from regulars.demo.simulate.tickets import NOBODY, Tickets
from regulars.demo.simulate.world import World

ACTIVE_DAYS = 365
CONVERSION_DAYS = 90
MOST_LINES = 64
MONEY = ("net", "list", "discount_chain", "discount_brand", "discount_supplier")


@dataclass
class Effect:
    """What a cause took from sales, by month (YYYY-MM); before returns of them."""

    lines: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    net_cents: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Causes:
    """Applies causes in the order of the plant file, and keeps count of what each took."""

    def __init__(self, causes: list[Cause], world: World, demand: Demand) -> None:
        self.effects = [(cause, Effect()) for cause in causes]
        self._plan, self._chain, self._families = world.plan, world.chain, world.families
        self._demand = demand

    def apply(self, tickets: Tickets, lines: Lines, day: int) -> Lines:
        """The lines that are left of a day's sales, at the prices that are left."""
        for cause, effect in self.effects:
            if cause.kind == "price":
                left = self._reprice(cause, tickets, lines, day)
                lost_lines, lost_cents = 0, int(lines.net.sum() - left.net.sum())
            else:
                gone = self._gone(cause, tickets, lines, day)
                left = lines.take(~gone)
                lost_lines, lost_cents = int(gone.sum()), int(lines.net[gone].sum())
            if lost_lines or lost_cents:
                month = f"{self._plan.date_of(day):%Y-%m}"
                effect.lines[month] += lost_lines
                effect.net_cents[month] += lost_cents
            lines = left
        return lines

    def never_joined(self, members: Ints) -> Bools:
        """Those whom a planted fall in recruitment kept away."""
        kept_away = np.zeros(len(members), dtype=np.bool_)
        for cause, _effect in self.effects:
            if cause.kind == "recruitment":
                kept_away |= self._joined_under(cause, members) & self._marked(cause, members)
        return kept_away

    def out_of_stock(self, store: Ints, product: Ints, day: int) -> Bools:
        """Which products a planted cause keeps from the shelves altogether on a day."""
        gone = np.zeros(len(store), dtype=np.bool_)
        for cause, _effect in self.effects:
            if cause.kind == "stock_out" and cause.factor == 0:
                gone |= cause.stores[store] & cause.products[product] & cause.covers(day)
        return gone

    def _gone(self, cause: Cause, tickets: Tickets, lines: Lines, day: int) -> Bools:
        of_tickets = {
            "recruitment": self._of_the_kept_away,
            "conversion": self._of_the_unconverted,
            "retention": self._of_the_lost,
            "traffic": self._of_passers_by,
        }.get(cause.kind)
        if of_tickets:
            return of_tickets(cause, tickets, day)[lines.row]
        touched = self._touched(cause, tickets, lines, day)
        place = np.arange(len(lines)) - np.searchsorted(lines.row, lines.row)
        if cause.kind == "basket":
            touched &= place > 0
        return touched & self._marked(cause, tickets.number[lines.row] * MOST_LINES + place)

    def _of_the_kept_away(self, cause: Cause, tickets: Tickets, _day: int) -> Bools:
        member = tickets.member
        known = (member != NOBODY) & self._joined_under(cause, member)
        return np.asarray(known & self._marked(cause, member))

    def _of_the_unconverted(self, cause: Cause, tickets: Tickets, day: int) -> Bools:
        """Purchases within 90 days of joining, of those who now do not convert."""
        fresh = day - self._families.joined[tickets.member].astype(np.int32) < CONVERSION_DAYS
        return fresh & self._of_the_kept_away(cause, tickets, day)

    def _of_the_lost(self, cause: Cause, tickets: Tickets, day: int) -> Bools:
        """Purchases of active old members, as of the month's start, who now stay away."""
        member = tickets.member
        month = self._plan.day_of(self._plan.date_of(day).replace(day=1))
        home = self._chain.serving(self._families.join_store[member], day)
        bought = self._demand.last_before_month[member].astype(np.int32)
        active = (self._families.joined[member] < month) & (bought >= month - ACTIVE_DAYS)
        known = (member != NOBODY) & active & cause.stores[home] & cause.covers(day)
        return np.asarray(known & self._marked(cause, member))

    def _of_passers_by(self, cause: Cause, tickets: Tickets, day: int) -> Bools:
        passing = (tickets.member == NOBODY) & cause.stores[tickets.store] & cause.covers(day)
        return np.asarray(passing & self._marked(cause, tickets.number))

    def _joined_under(self, cause: Cause, member: Ints) -> Bools:
        joined = self._families.joined[member]
        return np.asarray(cause.covers(joined) & cause.stores[self._families.join_store[member]])

    def _touched(self, cause: Cause, tickets: Tickets, lines: Lines, day: int) -> Bools:
        here = cause.stores[tickets.store[lines.row]] & cause.products[lines.product]
        return np.asarray(here & cause.covers(day))

    def _reprice(self, cause: Cause, tickets: Tickets, lines: Lines, day: int) -> Lines:
        """Shelf price and discounts by the factor; the net is what remains of them."""
        touched = self._touched(cause, tickets, lines, day)
        money = {
            name: np.where(
                touched, np.round(getattr(lines, name) * cause.factor), getattr(lines, name)
            )
            for name in (*MONEY, "points", "stored_value")
        }
        money = {name: cents.astype(np.int64) for name, cents in money.items()}
        money["net"] = money["list"] - sum(money[name] for name in MONEY[2:])
        return replace(lines, **money)

    def _marked(self, cause: Cause, numbers: Ints) -> Bools:
        """Those that the cause takes: a share of 1 − factor."""
        salt = self._plan.seed * 1_000 + cause.number
        return np.asarray(chance(numbers, salt) >= cause.factor)
