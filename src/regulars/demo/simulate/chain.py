"""The chain's places: regions, branches and stores of different size and quality."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product as pairs

import numpy as np
import pyarrow as pa

from regulars.demo.simulate.arrays import NEVER, Bools, Floats, Ints
from regulars.demo.simulate.columns import dates, ids, maybe_dates
from regulars.demo.simulate.names import PLACES, REGIONS, STREETS, TOWN_FIRST, TOWN_LAST
from regulars.demo.simulate.plan import HISTORY_DAYS, Plan

STORES_A_BRANCH = 6
MOST_BRANCHES = 80
BRANCHES_A_REGION = 3
FORMATS = ("社区店", "街边店", "购物中心店", "旗舰店")
FORMAT_SHARES = (0.46, 0.30, 0.18, 0.06)
FORMAT_AREA = (90, 140, 220, 420)
OPENING_SHARE, CLOSING_SHARE = 0.12, 0.04
RECENT_SHARE = 0.25
OPENED_BEFORE = HISTORY_DAYS + 1_200


@dataclass(frozen=True)
class Chain:
    """Stores by index, those of a branch next to each other. Days closed are NEVER while open."""

    region: Ints
    branch: Ints
    format: Ints
    area: Ints
    opened: Ints
    closed: Ints
    weight: Floats
    quality: Floats
    successor: Ints
    region_names: list[str]
    branch_names: list[str]
    names: list[str]

    @property
    def size(self) -> int:
        return len(self.names)

    @cached_property
    def store_ids(self) -> pa.Array:
        return ids("S", np.arange(1, self.size + 1), 4)

    @cached_property
    def branch_start(self) -> Ints:
        return np.searchsorted(self.branch, np.arange(len(self.branch_names)))

    @cached_property
    def branch_size(self) -> Ints:
        return np.bincount(self.branch, minlength=len(self.branch_names))

    def is_open(self, store: Ints, day: int | Ints) -> Bools:
        """Whether each store trades on a day."""
        return np.asarray((self.opened[store] <= day) & (day < self.closed[store]))

    def serving(self, store: Ints, day: int | Ints) -> Ints:
        """The store that looks after a store's members: itself until it closes."""
        return np.where(self.closed[store] <= day, self.successor[store], store)

    def table(self, plan: Plan) -> pa.Table:
        region = [self.region_names[index] for index in self.region]
        branch = [self.branch_names[index] for index in self.branch]
        return pa.table({
            "store_id": self.store_ids,
            "name": self.names,
            "region_id": [region_id(index) for index in self.region],
            "region": region,
            "branch_id": [branch_id(index) for index in self.branch],
            "branch": branch,
            "format": [FORMATS[index] for index in self.format],
            "area_m2": pa.array(self.area, pa.int32()),
            "opened_on": dates(plan, self.opened),
            "closed_on": maybe_dates(plan, self.closed, self.closed < plan.days),
        })  # fmt: skip


def region_id(index: int) -> str:
    return f"R{index + 1:02d}"


def branch_id(index: int) -> str:
    return f"B{index + 1:03d}"


def build_chain(plan: Plan) -> Chain:
    """Branches of about the same number of stores; some stores open or close within the span."""
    rng = plan.random("chain")
    branches = max(1, min(MOST_BRANCHES, round(plan.stores / STORES_A_BRANCH)))
    regions = max(1, min(len(REGIONS), round(branches / BRANCHES_A_REGION)))
    branch = np.arange(plan.stores) * branches // plan.stores
    region = (np.arange(branches) * regions // branches)[branch]
    format = rng.choice(len(FORMATS), plan.stores, p=FORMAT_SHARES)
    area = np.array(FORMAT_AREA)[format] * rng.uniform(0.75, 1.3, plan.stores)
    opened, closed = _lives(plan, branch, rng)
    branch_quality = rng.lognormal(0, 0.07, branches)
    region_quality = rng.lognormal(0, 0.03, regions)
    quality = branch_quality[branch] * region_quality[region] * rng.lognormal(0, 0.10, plan.stores)
    towns = _branch_names(branches, rng)
    return Chain(
        region=region,
        branch=branch,
        format=format,
        area=area.astype(np.int32),
        opened=opened,
        closed=closed,
        weight=area**0.8 * rng.lognormal(0, 0.3, plan.stores),
        quality=np.clip(quality, 0.7, 1.35),
        successor=_successors(branch, opened, closed),
        region_names=list(REGIONS[:regions]),
        branch_names=towns,
        names=_store_names(branch, towns, rng),
    )


def _lives(plan: Plan, branch: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The oldest store of each branch, placed first, neither opens nor closes in the span."""
    opened = -rng.integers(HISTORY_DAYS, OPENED_BEFORE, plan.stores)
    recent = rng.random(plan.stores) < RECENT_SHARE
    opened[recent] = -rng.integers(30, HISTORY_DAYS, int(recent.sum()))
    closed = np.full(plan.stores, NEVER)
    firsts = np.append(True, branch[1:] != branch[:-1])
    opened[firsts] = -rng.integers(HISTORY_DAYS, OPENED_BEFORE, int(firsts.sum()))
    others = rng.permutation(np.flatnonzero(~firsts))
    opening = others[: round(OPENING_SHARE * plan.stores)]
    closing = others[len(opening) :][: round(CLOSING_SHARE * plan.stores)]
    opened[opening] = rng.integers(0, max(1, plan.days * 9 // 10), len(opening))
    closed[closing] = rng.integers(max(1, plan.days // 5), plan.days + 1, len(closing))
    return opened, closed


def _successors(branch: Ints, opened: Ints, closed: Ints) -> Ints:
    """For a store that closes, the nearest lasting neighbour; the first of a branch lasts."""
    lasting = (closed == NEVER) & (opened < 0)
    indexes = np.arange(len(branch))
    nearest = np.maximum.accumulate(np.where(lasting, indexes, 0))
    return np.where(closed == NEVER, indexes, nearest)


def _branch_names(branches: int, rng: np.random.Generator) -> list[str]:
    towns = [first + last for first, last in pairs(TOWN_FIRST, TOWN_LAST)]
    return [towns[index] for index in rng.permutation(len(towns))[:branches]]


def _store_names(branch: Ints, towns: list[str], rng: np.random.Generator) -> list[str]:
    spots = [street + place for street, place in pairs(STREETS, PLACES)]
    orders = [rng.permutation(len(spots)) for _ in towns]
    names, used = [], np.zeros(len(towns), dtype=int)
    for index in branch:
        round_, place = divmod(int(used[index]), len(spots))
        suffix = f"{round_ + 1}号" if round_ else ""
        names.append(f"{towns[index]}{spots[orders[index][place]]}{suffix}")
        used[index] += 1
    return names
