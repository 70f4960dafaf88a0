"""Who comes on which day, and what they have run out of."""

import numpy as np

from regulars.demo.simulate.arrays import NEVER, Bools, Floats, Ints
from regulars.demo.simulate.chain import Chain
from regulars.demo.simulate.families import AT_THE_TILL, CHUNK, Families
from regulars.demo.simulate.needs import (
    FIRST_MONTH,
    GIFT,
    MONTHS,
    NEEDS,
    QUANTILES,
    REPLENISHED,
    fallback_table,
    month_index,
    value_table,
)  # fmt: skip
from regulars.demo.simulate.world import World

NOT_YET = -NEVER
"""The day of the last purchase of those who have not bought."""

CONVERTING = 0.48
CONVERTING_DAYS = 24
WAITING_FOR_BIRTH = 0.5
LATE_FIRST_PURCHASE = 0.07
STAYING_DAYS = 360
COMING_BACK_SOMETIME = 0.09
BACK_FOR_THE_NEXT_CHILD = 0.40
LAPSE = 0.088
WINNING_BACK = 0.30
WIN_BACK_DAYS = (150, 620)
LAPSE_BY_AGE = ((24, 1.0), (36, 1.25), (48, 1.5), (60, 1.8), (72, 2.4), (200, 8.0))
"""Until which month of age, times how likely to stay away after a visit."""

LOOK_AHEAD_DAYS = 6
ELSEWHERE = 0.34
"""How often a pack is bought in another shop before the next visit."""
ELSEWHERE_DAYS = 24
SOONEST_DAYS = 3
PACE_DAYS = 62
"""Between visits of those who need nothing regularly."""
ZEAL_SPREAD = 0.42
LIKELY_NEEDED = 0.11
"""How likely a passer-by takes each thing a child of the age uses up."""
PASSING_ZEAL = 0.75


class Demand:
    """Each member's state: next visit, last purchase, and when each need runs out."""

    def __init__(self, world: World) -> None:
        plan, families = world.plan, world.families
        self._seasons, self._families, self._chain = world.seasons, families, world.chain
        self.next_visit = np.full(families.size, NEVER, dtype=np.int16)
        self.last_bought = np.full(families.size, NOT_YET, dtype=np.int16)
        self.last_before_month = self.last_bought
        self._due = np.zeros((REPLENISHED, families.size), dtype=np.int16)
        self._values = value_table()
        self._fallback = fallback_table()
        self._slowness = _slowness_table()
        self._lapse_by_month = _lapse_table()
        for chunk, first in enumerate(range(0, families.size, CHUNK)):
            part = slice(first, min(first + CHUNK, families.size))
            self._begin(part, plan.random("first visits", chunk))

    def _begin(self, part: slice, rng: np.random.Generator) -> None:
        """The first visit within the span of members who are there already or who will join."""
        joined = self._families.joined[part].astype(np.int32)
        visits = _first_visits(self._families, self._chain, part, rng)
        old = joined < 0
        buyer = visits != NEVER
        age = -self._families.youngest_birth(np.arange(part.start, part.stop), 0)
        leaving = self._lapse_by_month[month_index(age)] * self._slowness[self._families.zeal[part]]
        stays = rng.random(len(joined)) < np.exp(joined / STAYING_DAYS * np.sqrt(leaving))
        active = old & buyer & (visits < 0) & stays
        lapsed = old & buyer & (visits < 0) & ~stays
        self.last_bought[part][active] = -rng.integers(1, 60, int(active.sum()))
        self.last_bought[part][lapsed] = np.minimum(-366, visits[lapsed])
        visits[active] = self._seasons.after(0, rng.exponential(24, int(active.sum()))) - 1
        sometime = rng.random(len(joined)) < COMING_BACK_SOMETIME
        visits[lapsed] = NEVER
        back = lapsed & sometime
        visits[back] = rng.integers(0, WIN_BACK_DAYS[1], int(back.sum()))
        second = self._families.second_birth[part]
        back = lapsed & (second > 0) & (rng.random(len(joined)) < BACK_FOR_THE_NEXT_CHILD)
        visits[back] = np.maximum(0, second[back] + rng.integers(-80, 60, int(back.sum())))
        self.next_visit[part] = np.minimum(visits, NEVER)
        for need in range(REPLENISHED):
            self._due[need, part] = np.minimum(visits + rng.integers(-8, 20, len(visits)), NEVER)

    def visitors(self, day: int) -> Ints:
        return np.flatnonzero(self.next_visit == day)

    def months(self, members: Ints, day: int) -> Ints:
        """Age of the child each family buys for, as an index of tables by month."""
        return month_index(day - self._families.youngest_birth(members, day))

    def begin_month(self) -> None:
        """Keep who had bought when as of the start of the month."""
        self.last_before_month = self.last_bought.copy()

    def wants(self, members: Ints, months: Ints, day: int, rng: np.random.Generator) -> Bools:
        """Visitors × needs: what each takes home; a member of -1 is a passer-by. Never nothing."""
        values = self._values[:, months]
        wanted = np.empty((len(members), len(NEEDS)), dtype=np.bool_)
        passing = members < 0
        zeal = np.where(
            passing, PASSING_ZEAL, 1 / np.sqrt(self._slowness[self._families.zeal[members]])
        )
        for need in range(REPLENISHED):
            due = self._uses(members, need) & (self._due[need, members] <= day + LOOK_AHEAD_DAYS)
            by_chance = rng.random(len(members), dtype=np.float32) < LIKELY_NEEDED
            wanted[:, need] = (values[need] > 0) & np.where(passing, by_chance, due)
        for need in range(REPLENISHED, len(NEEDS)):
            wanted[:, need] = rng.random(len(members), dtype=np.float32) < values[need] * zeal
        idle = np.flatnonzero(~wanted[:, :GIFT].any(axis=1))
        pick = (rng.random(len(idle)) * QUANTILES).astype(np.int64)
        wanted[idle, self._fallback[months[idle], pick]] = True
        return wanted

    def _uses(self, members: Ints, need: int) -> Bools:
        return np.asarray(self._families.needs[members] >> np.uint8(need) & 1, dtype=np.bool_)

    def restock(self, members: Ints, months: Ints, need: Ints, content: Ints, day: int) -> None:
        """Put off when a need runs out by what was bought: `content` ÷ the child's daily use."""
        for kind in range(REPLENISHED):
            at = np.flatnonzero(need == kind)
            use = self._values[kind, months[at]]
            lasts = np.clip(content[at] / np.maximum(use, 0.5), 2, 180).astype(np.int16)
            stock = np.maximum(self._due[kind, members[at]], day)
            self._due[kind, members[at]] = np.minimum(stock + lasts, NEVER)

    def plan_next(
        self, members: Ints, months: Ints, store: Ints, day: int, rng: np.random.Generator
    ) -> None:
        """Set the next visit: when the first thing runs out, or after the family's pace."""
        self.last_bought[members] = day
        slow = self._slowness[self._families.zeal[members]]
        wait = self._wait(members, months, day, rng) * slow
        visits = self._seasons.after(day, wait)
        quality = self._chain.quality[store]
        leaves = LAPSE * np.sqrt(slow) * self._lapse_by_month[months] / quality**1.5
        gone = np.flatnonzero(rng.random(len(members)) < leaves)
        visits[gone] = self._return_of_lapsed(members[gone], day, rng)
        self.next_visit[members] = visits

    def _wait(self, members: Ints, months: Ints, day: int, rng: np.random.Generator) -> Floats:
        soonest = np.full(len(members), NEVER, dtype=np.int16)
        for need in range(REPLENISHED):
            uses = self._uses(members, need) & (self._values[need, months] > 0)
            runs_out = self._due[need, members] - day
            soonest = np.where(uses, np.minimum(soonest, runs_out), soonest)
        pace = PACE_DAYS * rng.lognormal(0, 0.5, len(members))
        regular = np.maximum(soonest, SOONEST_DAYS) * rng.lognormal(0, 0.22, len(members))
        elsewhere = rng.random(len(members)) < ELSEWHERE
        regular += elsewhere * ELSEWHERE_DAYS * rng.exponential(1, len(members))
        return np.where(soonest < NEVER, np.minimum(regular, 2 * PACE_DAYS), pace)

    def _return_of_lapsed(self, members: Ints, day: int, rng: np.random.Generator) -> Ints:
        """When those who stay away come again, if ever: won back, or for the next child."""
        visits = np.full(len(members), NEVER, dtype=np.int16)
        back = rng.random(len(members)) < WINNING_BACK
        visits[back] = day + rng.integers(*WIN_BACK_DAYS, int(back.sum()))
        second = self._families.second_birth[members]
        again = (second > day + 60) & (rng.random(len(members)) < BACK_FOR_THE_NEXT_CHILD)
        visits[again] = second[again] - 50
        return visits


def _first_visits(families: Families, chain: Chain, part: slice, rng: np.random.Generator) -> Ints:
    """The day of each member's first purchase, NEVER if she never buys."""
    joined = families.joined[part].astype(np.int32)
    count = len(joined)
    quality = chain.quality[families.join_store[part]]
    converts = rng.random(count) < np.minimum(CONVERTING * quality**1.5, 0.95)
    lag = 1 + rng.exponential(CONVERTING_DAYS, count)
    expecting = families.first_birth[part] - joined
    waits = (expecting > 0) & (rng.random(count) < WAITING_FOR_BIRTH)
    lag = np.where(waits, np.maximum(1, expecting - rng.integers(-20, 60, count)), lag)
    late = rng.random(count) < LATE_FIRST_PURCHASE
    lag = np.where(converts, lag, np.where(late, rng.integers(90, 480, count), NEVER))
    lag[families.join_channel[part] == AT_THE_TILL] = 0
    return np.minimum(joined + lag.astype(np.int32), NEVER)


def _slowness_table() -> Floats:
    """By quantile of zeal, times the usual time between visits: a few come very often."""
    chances = np.random.default_rng(0).lognormal(0, ZEAL_SPREAD, 65_536)
    return np.quantile(chances, (np.arange(256) + 0.5) / 256).astype(np.float32)


def _lapse_table() -> Floats:
    months = np.arange(FIRST_MONTH, FIRST_MONTH + MONTHS)
    until = np.array([month for month, _times in LAPSE_BY_AGE])
    times = np.array([times for _month, times in LAPSE_BY_AGE])
    return times[np.searchsorted(until, months, side="right")].astype(np.float32)
