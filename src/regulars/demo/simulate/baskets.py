"""What the day's tickets hold: one row a line, the lines of a ticket next to each other."""

from dataclasses import dataclass

import numpy as np

from regulars.demo.simulate.arrays import Bools, Ints, Rows, chance
from regulars.demo.simulate.catalogue import PICKS, SHELF_PICKS, Catalogue
from regulars.demo.simulate.needs import NEEDS, QUANTILES, REPLENISHED, quantity_table
from regulars.demo.simulate.prices import Pricing
from regulars.demo.simulate.tickets import NOBODY, Tickets

LOYAL_TO_BRAND = 0.84
STOCKING_UP = 2.2
"""How likely one pack more is, for each unit of a sale's depth."""
STEP_GRAMS, MOST_STEPS = 20, 30
RETURNED_TOO = 0.5


@dataclass(frozen=True)
class Lines(Rows):
    """`row` is the line's ticket. Cents are of the whole line; a return's are negative.
    net = list − the three discounts; points and stored value are ways of paying the net."""

    row: Ints
    product: Ints
    quantity: Ints
    net: Ints
    list: Ints
    discount_chain: Ints
    discount_brand: Ints
    discount_supplier: Ints
    points: Ints
    stored_value: Ints
    cost: Ints
    is_returned: Bools


@dataclass(frozen=True)
class Goods:
    """What is taken from the shelves: `is_first` marks a need's first line on its ticket."""

    row: Ints
    need: Ints
    is_first: Bools
    product: Ints
    quantity: Ints


class Shelves:
    """Turns what families want into products and packs."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        self._catalogue, self._seed = catalogue, seed
        self._quantities = quantity_table()
        self._more_lines = np.array([need.more_lines for need in NEEDS], dtype=np.float32)

    def fill(
        self, tickets: Tickets, wanted: Bools, depth: float, rng: np.random.Generator
    ) -> Goods:
        """`wanted` is tickets × needs; `depth` that of the day's sale."""
        row, need = np.nonzero(wanted)
        again = rng.random((2, len(row)), dtype=np.float32) < self._more_lines[need]
        repeats = 1 + again[0] + (again[0] & again[1])
        is_first = np.zeros(int(repeats.sum()), dtype=np.bool_)
        is_first[np.cumsum(repeats) - repeats] = True
        row, need = np.repeat(row, repeats), np.repeat(need, repeats)
        product = self._products(tickets.member[row], tickets.months[row], need, rng)
        quantity = self._packs(need, product, depth, rng)
        return Goods(row, need, is_first, product, quantity)

    def _products(self, member: Ints, months: Ints, need: Ints, rng: np.random.Generator) -> Ints:
        pick = (rng.random(len(need), dtype=np.float32) * SHELF_PICKS).astype(np.int64)
        shelf = self._catalogue.shelf_by_age[need, months, pick]
        loyal = (need < REPLENISHED) & (member != NOBODY)
        loyal &= rng.random(len(need), dtype=np.float32) < LOYAL_TO_BRAND
        usual = chance(member.astype(np.int64) * len(NEEDS) + need, self._seed)
        liked = np.where(loyal, usual, rng.random(len(need)))
        return self._catalogue.product_on[shelf, (liked * PICKS).astype(np.int64)]

    def _packs(self, need: Ints, product: Ints, depth: float, rng: np.random.Generator) -> Ints:
        pick = rng.integers(0, QUANTILES, len(need))
        packs = self._quantities[need, pick].astype(np.int32)
        if depth:
            packs += (need < REPLENISHED) & (rng.random(len(need)) < STOCKING_UP * depth)
        grams = STEP_GRAMS * (1 + pick * MOST_STEPS // QUANTILES)
        return np.where(self._catalogue.is_weighed[product], grams, packs)

    def ring_up(
        self, goods: Goods, tickets: Tickets, pricing: Pricing, day: int, rng: np.random.Generator
    ) -> Lines:
        """Price every line, and mark which of them will come back if the ticket does."""
        price = pricing.of_lines(
            product=goods.product,
            quantity=goods.quantity,
            row=goods.row,
            member=tickets.member,
            day=day,
            rng=rng,
        )
        opens = np.ones(len(goods.row), dtype=np.bool_)
        opens[1:] = goods.row[1:] != goods.row[:-1]
        comes_back = opens | (rng.random(len(opens), dtype=np.float32) < RETURNED_TOO)
        return Lines(
            row=goods.row,
            product=goods.product,
            quantity=goods.quantity,
            is_returned=comes_back & (tickets.return_on[goods.row] != NOBODY),
            **price,
        )
