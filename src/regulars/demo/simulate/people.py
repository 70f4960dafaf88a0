"""Writes members, children and who looks after them, a slice of members at a time."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.demo.simulate.arrays import NEVER, Bools, Ints
from regulars.demo.simulate.columns import dates, ids, maybe_dates, words
from regulars.demo.simulate.families import JOIN_CHANNELS, PREGNANCY_KNOWN_DAYS
from regulars.demo.simulate.staff import (
    FIRST_CONSULTANT,
    MANAGER,
    NAME_COUNT,
    SEATS,
    person_names,
)  # fmt: skip
from regulars.demo.simulate.world import World
from regulars.demo.simulate.writer import PARQUET

SLICE = 500_000
LEVELS = ("普通", "银卡", "金卡", "钻石")
LEVEL_FROM_CENTS = (80_000, 300_000, 800_000)
RECRUITED_BY_STAFF = (JOIN_CHANNELS.index("store"), JOIN_CHANNELS.index("consultant"))
RECRUITED_BY_MANAGER = 0.15
WITH_PHONE, WITH_NAME, WITH_BIRTHDAY = 0.95, 0.82, 0.55
MOTHERS = 0.90
CONSENTS = {"consent_sms": 0.72, "consent_call": 0.38, "consent_wecom": 0.57}
WITH_CONSULTANT = 0.62
WITH_CHILD, CHILD_CONFIRMED, WITH_DUE_DATE = 0.83, 0.78, 0.8
BOYS = 0.51
GENDERS = ["f", "m"]


class People:
    """The chain's members as of the last day. `spent` is what each has spent, in cents, and
    `absent` tells whom a planted cause kept from joining."""

    def __init__(self, world: World, spent: Ints, absent: Callable[[Ints], Bools]) -> None:
        self._plan, self._chain, self._staff = world.plan, world.chain, world.staff
        self._families, self._spent, self._absent = world.families, spent, absent
        self._last = world.plan.days - 1

    def write(self, folder: Path, progress: Callable[[int, int], None]) -> dict[str, int]:
        """members, children and relations; how many rows of each were written."""
        files: dict[str, pq.ParquetWriter] = {}
        rows = {"members": 0, "children": 0, "relations": 0}
        try:
            for first in range(0, self._families.size, SLICE):
                end = min(first + SLICE, self._families.size)
                for kind, table in self._tables(first, end):
                    path = folder / f"{kind}.parquet"
                    if kind not in files:
                        files[kind] = pq.ParquetWriter(path, table.schema, **PARQUET)
                    files[kind].write_table(table)
                    rows[kind] += len(table)
                progress(end, self._families.size)
        finally:
            for file in files.values():
                file.close()
        return rows

    def _tables(self, first: int, end: int) -> Iterator[tuple[str, pa.Table]]:
        everyone = np.arange(first, end)
        present = ~self._absent(everyone)
        rng = self._plan.random("people", first)
        looked_after = rng.random(len(everyone)) < WITH_CONSULTANT
        yield "members", self._members(everyone, looked_after, rng).filter(pa.array(present))
        yield "children", self._children(everyone, present, rng)
        yield "relations", self._relations(everyone[present & looked_after])

    def _members(self, members: Ints, looked_after: Bools, rng: np.random.Generator) -> pa.Table:
        families, plan, count = self._families, self._plan, len(members)
        joined, store = families.joined[members], families.join_store[members]
        home = self._chain.serving(store, self._last)
        seat = FIRST_CONSULTANT + families.seat[members]
        by_manager = rng.random(count) < RECRUITED_BY_MANAGER
        recruiter_seat = store.astype(np.int64) * SEATS + np.where(by_manager, MANAGER, seat)
        recruiter = self._staff.on(recruiter_seat, joined)
        age = rng.integers(22 * 365, 38 * 365, count)
        level = np.searchsorted(LEVEL_FROM_CENTS, self._spent[members], side="right")
        by_staff = np.isin(families.join_channel[members], RECRUITED_BY_STAFF)
        consultant = self._staff.on(home.astype(np.int64) * SEATS + seat, self._last)
        consents = {name: pa.array(rng.random(count) < share) for name, share in CONSENTS.items()}
        return pa.table({
            "member_id": ids("M", members + 1, 8),
            "joined_on": dates(plan, joined),
            "name": words(
                rng.integers(0, NAME_COUNT, count), person_names(), rng.random(count) < WITH_NAME
            ),
            "phone": ids("100", members + 1, 8, rng.random(count) < WITH_PHONE),
            "gender": words((rng.random(count) > MOTHERS) ^ families.is_partner[members], GENDERS),
            "birthday": maybe_dates(
                plan, families.first_birth[members] - age, rng.random(count) < WITH_BIRTHDAY
            ),
            "join_store_id": words(store, self._chain.store_ids),
            "join_channel": words(families.join_channel[members], list(JOIN_CHANNELS)),
            "recruiter_id": words(recruiter, self._staff.ids, by_staff),
            "home_store_id": words(home, self._chain.store_ids),
            "level": words(level, list(LEVELS)),
            "household_id": ids("H", members + 1 - families.is_partner[members], 8),
            "consultant_id": words(consultant, self._staff.ids, looked_after),
            **consents,
        })  # fmt: skip

    def _children(self, members: Ints, present: Bools, rng: np.random.Generator) -> pa.Table:
        families = self._families
        told = present & ~families.is_partner[members] & (rng.random(len(members)) < WITH_CHILD)
        births = np.stack([families.first_birth[members], families.second_birth[members]], axis=1)
        births = births.astype(np.int64)
        known = told[:, None] & (births <= self._last + PREGNANCY_KNOWN_DAYS)
        row, order = np.nonzero(known)
        birth = births[row, order]
        member = members[row]
        expected = (birth > families.joined[member]) & (rng.random(len(row)) < WITH_DUE_DATE)
        born = birth <= self._last
        due = birth + rng.integers(-12, 13, len(row))
        confirmed = (rng.random(len(row)) < CHILD_CONFIRMED) & born
        return pa.table({
            "member_id": ids("M", member + 1, 8),
            "child_id": ids("C", (member + 1) * 2 + order, 9),
            "birth_on": maybe_dates(self._plan, birth, born),
            "due_on": maybe_dates(self._plan, due, expected | ~born),
            "gender": words(rng.random(len(row)) < BOYS, GENDERS, born),
            "is_confirmed": pa.array(confirmed),
        })  # fmt: skip

    def _relations(self, members: Ints) -> pa.Table:
        """One row for each consultant who has held the member's seat since she joined, at her
        store and, once that closed, at the store that took her over. What ended before the first
        day is left out."""
        families, chain = self._families, self._chain
        store = families.join_store[members]
        joined = families.joined[members].astype(np.int64)
        closed = chain.closed[store]
        moved = closed <= self._last
        seat = FIRST_CONSULTANT + families.seat[members].astype(np.int64)
        after = chain.successor[store][moved]
        member = np.concatenate([members, members[moved]])
        seats = np.concatenate([store * np.int64(SEATS) + seat, after * SEATS + seat[moved]])
        begins = np.concatenate([joined, closed[moved]])
        ends = np.concatenate([closed, np.full(int(moved.sum()), NEVER)])
        return self._spells(member, seats, begins, ends)

    def _spells(self, member: Ints, seat: Ints, begins: Ints, ends: Ints) -> pa.Table:
        first = self._staff.on(seat, begins)
        last = self._staff.on(seat, np.minimum(ends - 1, self._last))
        spells = last - first + 1
        row = np.repeat(np.arange(len(member)), spells)
        tenure = np.arange(len(row)) - np.repeat(np.cumsum(spells) - spells, spells) + first[row]
        start = np.maximum(self._staff.begins[tenure], begins[row])
        end = np.minimum(self._staff.ends[tenure], ends[row])
        row, tenure, start, end = (column[end > 0] for column in (row, tenure, start, end))
        return pa.table({
            "member_id": ids("M", member[row] + 1, 8),
            "staff_id": words(tenure, self._staff.ids),
            "valid_from": dates(self._plan, start),
            "valid_to": maybe_dates(self._plan, end, end <= self._last),
        })  # fmt: skip
