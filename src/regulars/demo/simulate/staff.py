"""Who works in each store: a manager, consultants, a cashier; people leave and are replaced."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from regulars.demo.simulate.arrays import NEVER, Ints
from regulars.demo.simulate.chain import Chain, branch_id, region_id
from regulars.demo.simulate.columns import dates, ids, maybe_dates, words
from regulars.demo.simulate.names import GIVEN_FIRST, GIVEN_LAST, SURNAMES
from regulars.demo.simulate.plan import Plan

SEATS = 5
MANAGER, FIRST_CONSULTANT, CASHIER = 0, 1, 4
CONSULTANTS = CASHIER - FIRST_CONSULTANT
SEAT_POSITIONS = ("store_manager", "consultant", "consultant", "consultant", "cashier")
MEAN_TENURE = (1_300, 640, 640, 640, 520)
SHORTEST_TENURE = 45
MOST_TENURES = 40
HEAD_OFFICE = "HQ"
HEAD_OFFICE_STAFF = 6


@dataclass(frozen=True)
class Staff:
    """Tenures by index, ordered by seat and then by first day; seat = store × SEATS + place."""

    seat: Ints
    begins: Ints
    ends: Ints
    seats: int

    @cached_property
    def ids(self) -> pa.Array:
        return ids("E", np.arange(1, len(self.seat) + 1), 6)

    @cached_property
    def _keys(self) -> Ints:
        return _key(self.seat, self.begins)

    def on(self, seat: Ints, day: int | Ints) -> Ints:
        """Whose turn it is on a seat; the first tenure for days before it."""
        found = np.searchsorted(self._keys, _key(seat, day), side="right") - 1
        return np.maximum(found, np.searchsorted(self.seat, seat))

    def by_seat(self, day: int) -> Ints:
        """Who sits on every seat on a day."""
        return self.on(np.arange(self.seats), day)


def _key(seat: Ints, day: int | Ints) -> Ints:
    return np.asarray(seat, dtype=np.int64) * (4 * NEVER) + day + NEVER


def build_staff(plan: Plan, chain: Chain) -> Staff:
    """Tenures follow each other without a gap from a store's opening to its close."""
    rng = plan.random("staff")
    seats = chain.size * SEATS
    means = np.tile(MEAN_TENURE, chain.size)[:, None]
    tenures = SHORTEST_TENURE + rng.exponential(1, (seats, MOST_TENURES)) * means
    store = np.arange(seats) // SEATS
    begins = chain.opened[store][:, None] + np.cumsum(tenures, axis=1).astype(np.int64)
    begins = np.hstack([chain.opened[store][:, None], begins[:, :-1]])
    last = np.minimum(chain.closed[store], plan.days)[:, None]
    ends = np.hstack([begins[:, 1:], np.full((seats, 1), NEVER)])
    ends = np.where(ends >= last, chain.closed[store][:, None], ends)
    seat, place = np.nonzero(begins < last)
    return Staff(seat, begins[seat, place], ends[seat, place], seats)


def staff_table(plan: Plan, chain: Chain, staff: Staff) -> pa.Table:
    """Store staff, then the heads of branches and regions and the head office."""
    rng = plan.random("staff names")
    nodes = [HEAD_OFFICE] * HEAD_OFFICE_STAFF
    nodes += [region_id(index) for index in range(len(chain.region_names))]
    nodes += [branch_id(index) for index in range(len(chain.branch_names))]
    regions = len(chain.region_names)
    positions = ["head_office"] * HEAD_OFFICE_STAFF + ["region_head"] * regions
    positions += ["branch_head"] * len(chain.branch_names)
    in_stores, total = len(staff.seat), len(staff.seat) + len(nodes)
    numbers = np.arange(1, total + 1)
    begins = np.append(staff.begins, np.full(len(nodes), chain.opened.min()))
    ends = np.append(staff.ends, np.full(len(nodes), NEVER))
    seats = words(staff.seat % SEATS, list(SEAT_POSITIONS)).cast(pa.string())
    stores = words(staff.seat // SEATS, chain.store_ids).cast(pa.string())
    return pa.table({
        "staff_id": ids("E", numbers, 6),
        "name": words(rng.integers(0, NAME_COUNT, total), person_names()),
        "position": pa.concat_arrays([seats, pa.array(positions)]),
        "store_id": pa.concat_arrays([stores, pa.nulls(len(nodes), pa.string())]),
        "node_id": pa.concat_arrays([pa.nulls(in_stores, pa.string()), pa.array(nodes)]),
        "phone": ids("101", numbers, 8),
        "valid_from": dates(plan, begins),
        "valid_to": maybe_dates(plan, ends, ends < plan.days),
    })  # fmt: skip


NAME_COUNT = len(SURNAMES) * len(GIVEN_FIRST) * len(GIVEN_LAST)


def person_names() -> pa.Array:
    """Every name that a person of the simulation may have."""
    return pa.array([s + f + g for s in SURNAMES for f in GIVEN_FIRST for g in GIVEN_LAST])
