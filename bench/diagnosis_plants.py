"""Causes planted on counts: what the touched stores counted in the last month is drawn again.

A share of the buyers (tickets, goods) is taken away or added by binomial and Poisson draws, and
with them what hangs on them further down the identity, so that the counts stay consistent: fewer
buyers have fewer tickets, these fewer lines of each category, and so on to the money. An effect is
so large that it takes at least three deviations of what the same node's money (of the same part or
goods) did in the months before, from month to month.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

WHOLE = "total"
LEAST, MOST = 3.0, 8.0
STEPS = 12
KINDS = {
    # kind: part, factor
    "recruitment": ("new", "members"),
    "conversion": ("new", "buyers"),
    "retention": ("active_old", "buyers"),
    "traffic": ("non_member", "tickets"),
    "basket": (WHOLE, "lines"),
    "price": (WHOLE, "net_cents"),
    "stock_out": (WHOLE, "lines"),
}


@dataclass(frozen=True)
class Plant:
    """`times` is what the factor is multiplied by; `deviations` how large that is."""

    kind: str
    node: int
    group: int | None
    times: float
    deviations: float

    @property
    def part(self) -> str:
        return KINDS[self.kind][0]

    @property
    def factor(self) -> str:
        return KINDS[self.kind][1]


def sized(
    world: Any,
    kind: str,
    node: int,
    goods: tuple[int | None, tuple[int, ...]],
    rng: np.random.Generator,
    *,
    sign: int = -1,
) -> Plant | None:
    """A plant of 3 to 8 deviations of its node's own past; None where that cannot be."""
    cube, (group, keys) = world.cube, goods
    stores = np.isin(cube.stores, world.chain.stores_of[node])
    money = _money(cube, kind, stores, keys)
    if (money[-STEPS - 1 :] <= 0).any():
        return None
    deviation = float(np.diff(np.log(money[-STEPS - 1 : -1])).std(ddof=1))
    size = rng.uniform(LEAST, MOST)
    times = 1 + sign * size * deviation
    if not 0.05 <= times <= 4 or (times > 1 and kind == "conversion"):
        return None
    return Plant(kind, node, group, times, size)


def _money(cube: Any, kind: str, stores: Any, keys: tuple[int, ...]) -> Any:
    from regulars.understand.metrics.service import PARTS

    part = KINDS[kind][0]
    if part == WHOLE:
        return cube.good("net_cents")[stores][:, list(keys)].sum((0, 1)).astype(float)
    return cube.place("net_cents")[stores, PARTS.index(part)].sum(0).astype(float)


def plant(world: Any, one: Plant, keys: tuple[int, ...], rng: np.random.Generator) -> Any:
    """The world with one more cause."""
    from regulars.understand.metrics.service import PARTS

    cube = world.cube
    cube = replace(cube, places=cube.places.copy(), goods=cube.goods.copy(),
                   baskets=cube.baskets.copy())  # fmt: skip
    stores = np.flatnonzero(np.isin(cube.stores, world.chain.stores_of[one.node]))
    if one.part == WHOLE:
        _change_goods(cube, one, stores, keys, rng)
    else:
        _change_people(cube, one, stores, PARTS.index(one.part), rng)
    return replace(world, cube=cube)


def _change_people(cube: Any, one: Plant, stores: Any, part: int, rng: Any) -> None:
    from regulars.understand.diagnosis.cube import PLACE_COUNTS

    first = PLACE_COUNTS.index(one.factor)
    tickets_before = cube.place("tickets")[stores, part, -1].astype(float)
    kept = np.full(len(stores), one.times)
    for count in range(first, len(PLACE_COUNTS)):
        before = cube.places[count, stores, part, -1]
        name = PLACE_COUNTS[count]
        after = np.round(before * kept) if name == "net_cents" else _drawn(before, kept, rng)
        if name == "buyers" and count > first:
            after = _who_buys(cube.places[0, stores, part, -1], before, kept, rng)
        elif name == "buyers":
            members = cube.places[0, stores, part, -1]
            after = np.minimum(after, np.maximum(members, before))
        kept = np.divide(after, before, out=np.ones(len(stores)), where=before > 0)
        cube.places[count, stores, part, -1] = after
    tickets_after = cube.place("tickets")[stores, part, -1].astype(float)
    everywhere = cube.place("tickets")[:, part, -1].sum() + (tickets_before - tickets_after).sum()
    rates = cube.baskets[part, :, -1] / max(everywhere, 1)
    moved = tickets_after - tickets_before
    lines = cube.goods[0, stores, :, -1].astype(float)
    usual = np.einsum("sp,pc->sc", cube.place("tickets")[stores, :, -1], _rates(cube))
    own = lines.sum(1) / np.maximum(usual.sum(1) + (rates * -moved[:, None]).sum(1), 1)
    wanted = np.abs(moved)[:, None] * rates * own[:, None]
    change = np.sign(moved)[:, None] * rng.poisson(np.minimum(wanted, 1e9))
    after = np.maximum(lines + change, 0)
    _scale_goods(cube, stores, np.arange(len(cube.categories)), lines, after)
    cube.baskets[part, :, -1] += (after - lines).sum(0).astype(np.int64)
    np.maximum(cube.baskets, 0, out=cube.baskets)


def _who_buys(members: Any, before: Any, kept: Any, rng: np.random.Generator) -> Any:
    """Buyers when there are more or fewer members than before, each as likely to buy as those."""
    earlier = np.maximum(np.round(members / np.maximum(kept, 1e-9)).astype(np.int64), 1)
    chance = np.clip(before / earlier, 0, 1)
    more = before + rng.binomial(np.maximum(members - earlier, 0), chance)
    return np.where(members >= earlier, more, _drawn(before, kept, rng))


def _rates(cube: Any) -> Any:
    """Lines of each category on a ticket of each part, in the whole chain."""
    tickets = cube.place("tickets")[..., -1].sum(0)
    return cube.baskets[..., -1] / np.maximum(tickets, 1)[:, None]


def _change_goods(cube: Any, one: Plant, stores: Any, keys: Any, rng: Any) -> None:
    at = np.ix_(stores, list(keys))
    if one.factor == "net_cents":
        net = cube.goods[2][..., -1]
        net[at] = np.round(net[at] * one.times)
        return
    lines = cube.goods[0][..., -1][at].astype(float)
    after = _drawn(lines.astype(np.int64), np.full(lines.shape, one.times), rng).astype(float)
    share = lines.sum(0) / np.maximum(cube.goods[0, :, list(keys), -1].sum(1), 1)
    kept = np.divide(after.sum(0), lines.sum(0), out=np.ones(len(keys)), where=lines.sum(0) > 0)
    _scale_goods(cube, stores, np.array(keys), lines, after)
    baskets = cube.baskets[:, list(keys), -1]
    cube.baskets[:, list(keys), -1] = np.round(baskets * (1 - share * (1 - kept)))


def _scale_goods(cube: Any, stores: Any, keys: Any, before: Any, after: Any) -> None:
    """Lines as drawn; units and money by the same share of each store and category."""
    at = np.ix_(stores, keys)
    kept = np.divide(after, before, out=np.ones_like(before), where=before > 0)
    cube.goods[0][..., -1][at] = after
    for count in (1, 2):
        values = cube.goods[count][..., -1]
        values[at] = np.round(values[at] * kept)


def _drawn(before: Any, times: Any, rng: np.random.Generator) -> Any:
    """As many as are left of a count when each stays with a chance, or as come on top of it."""
    count = np.maximum(before, 0).astype(np.int64)
    fewer = rng.binomial(count, np.clip(times, 0, 1))
    more = count + rng.poisson(count * np.maximum(times - 1, 0))
    return np.where(times < 1, fewer, more)
