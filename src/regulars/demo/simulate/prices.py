"""What a line costs: list price, this week's deals, sales, coupons, and how it is paid."""

import numpy as np

from regulars.demo.simulate.arrays import Floats, Ints
from regulars.demo.simulate.catalogue import (
    BRAND_PAYS,
    CHAIN_PAYS,
    SUPPLIER_PAYS,
    Catalogue,
)  # fmt: skip
from regulars.demo.simulate.plan import Plan
from regulars.demo.simulate.seasons import Seasons
from regulars.demo.simulate.tickets import NOBODY

WEEK_DAYS = 7
DEAL_SHARE, DEAL_DEPTH = 0.34, (0.08, 0.26)
ON_SALE_SHARE = 0.75
COUPON_SHARE, PASSING_COUPON_SHARE, COUPON_RATE = 0.16, 0.03, 0.08
POINTS_SHARE, POINTS_RATE = 0.07, 0.03
STORED_VALUE_SHARE = 0.08
ROUND_TO = 10
"""Reductions are whole ten cents."""


class Pricing:
    """Prices of one day after another; the deals change every week."""

    def __init__(self, plan: Plan, catalogue: Catalogue, seasons: Seasons) -> None:
        self._plan, self._catalogue, self._seasons = plan, catalogue, seasons
        self._week = NOBODY
        self._deals = np.zeros(len(catalogue.shelf))
        self._on_sale = np.zeros(len(catalogue.shelf))

    def of_lines(
        self,
        *,
        product: Ints,
        quantity: Ints,
        row: Ints,
        member: Ints,
        day: int,
        rng: np.random.Generator,
    ) -> dict[str, Ints]:
        """The money columns of each line, in cents; `member` is each ticket's."""
        full = self._catalogue.list_cents[product].astype(np.int64) * quantity
        gift = self._catalogue.is_gift[product]
        rate = self._reductions(day)[product]
        cut = np.where(gift, full, full * rate // ROUND_TO * ROUND_TO).astype(np.int64)
        payer = self._catalogue.payer[product]
        has_coupon = rng.random(len(member)) < np.where(
            member == NOBODY, PASSING_COUPON_SHARE, COUPON_SHARE
        )
        coupon = ((full - cut) * (COUPON_RATE * has_coupon[row])).astype(np.int64)
        net = full - cut - coupon
        stored = ((rng.random(len(member)) < STORED_VALUE_SHARE) & (member != NOBODY))[row]
        points = ((rng.random(len(member)) < POINTS_SHARE) & (member != NOBODY))[row]
        points_cents = np.where(points, (net * POINTS_RATE).astype(np.int64), 0)
        return {
            "net": net,
            "list": full,
            "discount_chain": np.where(payer == CHAIN_PAYS, cut, 0) + coupon,
            "discount_brand": np.where(payer == BRAND_PAYS, cut, 0),
            "discount_supplier": np.where(payer == SUPPLIER_PAYS, cut, 0),
            "points": points_cents,
            "stored_value": np.where(stored, net - points_cents, 0),
            "cost": self._catalogue.cost_cents[product].astype(np.int64) * quantity,
        }

    def _reductions(self, day: int) -> Floats:
        week = day // WEEK_DAYS
        if week != self._week:
            self._week = week
            self._draw_deals(self._plan.random("deals", week))
        return np.maximum(self._deals, self._on_sale * self._seasons.depth_on(day))

    def _draw_deals(self, rng: np.random.Generator) -> None:
        count = len(self._deals)
        self._deals = (rng.random(count) < DEAL_SHARE) * rng.uniform(*DEAL_DEPTH, count)
        self._on_sale = (rng.random(count) < ON_SALE_SHARE) * rng.uniform(0.8, 1.2, count)
