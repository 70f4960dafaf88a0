"""Lives through the days: who comes, what they take, what it costs, what comes back."""

import numpy as np

from regulars.demo.simulate.arrays import Ints
from regulars.demo.simulate.baskets import Lines, Shelves
from regulars.demo.simulate.causes import Causes
from regulars.demo.simulate.demand import Demand
from regulars.demo.simulate.plants import Cause
from regulars.demo.simulate.prices import Pricing
from regulars.demo.simulate.returns import Returns, join
from regulars.demo.simulate.tickets import NOBODY, Counter, Tickets
from regulars.demo.simulate.world import World


class Days:
    """Call `live` for each day in turn. `spent` is each member's net so far, in cents."""

    def __init__(self, world: World, causes: list[Cause]) -> None:
        self._world = world
        self._demand = Demand(world)
        self._counter = Counter(world.chain, world.families)
        self._shelves = Shelves(world.catalogue, world.plan.seed)
        self._pricing = Pricing(world.plan, world.catalogue, world.seasons)
        self._returns = Returns(world.chain, world.plan.seed)
        self.causes = Causes(causes, world, self._demand)
        self.spent = np.zeros(world.families.size, dtype=np.int32)

    def live(self, day: int) -> tuple[Tickets, Lines]:
        """A day's tickets with their lines, returns among them."""
        if day == 0 or self._world.plan.date_of(day).day == 1:
            self._demand.begin_month()
        staff = self._world.staff.by_seat(day)
        tickets, lines = self._sell(day, staff)
        lines = self.causes.apply(tickets, lines, day)
        self._returns.promise(tickets, lines, day)
        if back := self._returns.due(day, staff):
            tickets, lines = join([(tickets, lines), back])
        self._note_spent(tickets, lines)
        return tickets, lines

    def _sell(self, day: int, staff: Ints) -> tuple[Tickets, Lines]:
        """The day as it is without causes; the families' next visits follow from it."""
        rng = self._world.plan.random("day", day)
        demand = self._demand
        members = demand.visitors(day)
        months = demand.months(members, day)
        tickets = self._counter.open_tickets(members, months, day, staff, rng)
        wanted = demand.wants(tickets.member, tickets.months, day, rng)
        goods = self._shelves.fill(tickets, wanted, self._world.seasons.depth_on(day), rng)
        lines = self._shelves.ring_up(goods, tickets, self._pricing, day, rng)

        stocked = np.flatnonzero(goods.is_first & (tickets.member[goods.row] != NOBODY))
        row = goods.row[stocked]
        content = self._world.catalogue.content[goods.product] * goods.quantity
        demand.restock(
            tickets.member[row], tickets.months[row], goods.need[stocked], content[stocked], day
        )
        known = tickets.take(tickets.member != NOBODY)
        demand.plan_next(known.member, known.months, known.store, day, rng)
        return tickets, lines

    def _note_spent(self, tickets: Tickets, lines: Lines) -> None:
        net = np.bincount(lines.row, weights=lines.net, minlength=len(tickets))
        known = tickets.member != NOBODY
        np.add.at(self.spent, tickets.member[known], net[known].astype(np.int32))
