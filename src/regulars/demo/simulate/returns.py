"""What is brought back: tickets of negative lines that point at the ticket of purchase."""

from dataclasses import replace

import numpy as np

from regulars.demo.simulate.arrays import Ints, chance
from regulars.demo.simulate.baskets import Lines
from regulars.demo.simulate.chain import Chain
from regulars.demo.simulate.staff import MANAGER, SEATS
from regulars.demo.simulate.tickets import NOBODY, OPENS, RETURN_WITHIN_DAYS, Tickets

OPEN_SECONDS = 12 * 3_600
SIGNED = (
    "quantity", "net", "list", "discount_chain", "discount_brand", "discount_supplier",
    "points", "stored_value", "cost",
)  # fmt: skip


class Returns:
    """Keeps what will come back, until its day. It draws nothing: what returns is marked at the
    sale, so a day without one of its tickets leaves every other ticket as it was."""

    def __init__(self, chain: Chain, seed: int) -> None:
        self._chain, self._seed = chain, seed
        self._waiting: dict[int, list[tuple[Tickets, Lines]]] = {}

    def promise(self, tickets: Tickets, lines: Lines, day: int) -> None:
        """Note the lines of today that will come back."""
        marked = lines.take(lines.is_returned)
        returned_on = tickets.return_on[marked.row]
        for later in range(day + 1, day + RETURN_WITHIN_DAYS + 1):
            some = marked.take(returned_on == later)
            if len(some):
                rows, row = np.unique(some.row, return_inverse=True)
                self._waiting.setdefault(later, []).append(
                    (tickets.take(rows), replace(some, row=row))
                )

    def due(self, day: int, staff: Ints) -> tuple[Tickets, Lines] | None:
        """Today's returns in the order of time: at the store that now serves the place of sale,
        taken back by its manager."""
        waiting = self._waiting.pop(day, [])
        if not waiting:
            return None
        tickets, lines = join(waiting)
        store = self._chain.serving(tickets.store, day)
        second = OPENS * 3_600 + chance(tickets.number, self._seed) * OPEN_SECONDS
        tickets = replace(
            tickets,
            original=tickets.number,
            store=store.astype(np.int16),
            second=second.astype(np.int32),
            staff=staff[store.astype(np.int64) * SEATS + MANAGER].astype(np.int32),
            return_on=np.full(len(tickets), NOBODY),
        )
        return tickets, lines.negated(*SIGNED)


def join(parts: list[tuple[Tickets, Lines]]) -> tuple[Tickets, Lines]:
    """Several sets of tickets and their lines as one."""
    before = np.cumsum([0] + [len(tickets) for tickets, _lines in parts[:-1]])
    lines = [
        replace(lines, row=lines.row + first)
        for (_tickets, lines), first in zip(parts, before, strict=True)
    ]
    return Tickets.stack([tickets for tickets, _lines in parts]), Lines.stack(lines)
