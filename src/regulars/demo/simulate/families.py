"""Members and their children: when they join, where, and how old the child is then."""

from dataclasses import dataclass

import numpy as np

from regulars.demo.simulate.arrays import NEVER, Bools, Floats, Ints, draw
from regulars.demo.simulate.chain import Chain
from regulars.demo.simulate.needs import NEEDS, REPLENISHED
from regulars.demo.simulate.plan import HISTORY_DAYS, Plan
from regulars.demo.simulate.seasons import Seasons
from regulars.demo.simulate.staff import CONSULTANTS

CHUNK = 500_000
YEARLY_GROWTH = 0.07
JOIN_CHANNELS = ("store", "consultant", "miniapp", "referral", "live")
JOIN_SHARES = (0.42, 0.24, 0.20, 0.09, 0.05)
AT_THE_TILL = 0
JOIN_AGES = (
    # share, from day, to day of the first child's life at joining
    (0.10, -220, -100),
    (0.17, -100, 0),
    (0.22, 0, 60),
    (0.22, 60, 240),
    (0.13, 240, 500),
    (0.10, 500, 1_000),
    (0.06, 1_000, 1_900),
)
SECOND_CHILD_SHARE = 0.2
SECOND_CHILD_AFTER = (560, 1_700)
PREGNANCY_KNOWN_DAYS = 150
PARTNER_SHARE = 0.025


@dataclass(frozen=True)
class Families:
    """Members by index, in the order in which they joined; days may lie before day 0 or after
    the last. `needs` holds one bit a replenished need bought in this chain at all; `zeal` is a
    member's liking for the chain, a quantile of 256."""

    joined: Ints
    join_store: Ints
    join_channel: Ints
    seat: Ints
    first_birth: Ints
    second_birth: Ints
    needs: Ints
    zeal: Ints
    is_partner: Bools

    @property
    def size(self) -> int:
        return len(self.joined)

    def youngest_birth(self, members: Ints, day: int | Ints) -> Ints:
        """Birth of the child that a family buys for: the next, once it is well under way."""
        second = self.second_birth[members]
        return np.where(second <= day + PREGNANCY_KNOWN_DAYS, second, self.first_birth[members])


def build_families(plan: Plan, chain: Chain, seasons: Seasons) -> Families:
    """All members who ever join, as columns of a few bytes each."""
    joined = _join_days(plan, chain, seasons)
    made = Families(
        joined=joined,
        join_store=_join_stores(plan, chain, joined),
        join_channel=np.empty(plan.members, np.int8),
        seat=np.empty(plan.members, np.int8),
        first_birth=np.empty(plan.members, np.int16),
        second_birth=np.empty(plan.members, np.int16),
        needs=np.zeros(plan.members, np.uint8),
        zeal=np.empty(plan.members, np.uint8),
        is_partner=np.empty(plan.members, np.bool_),
    )
    for chunk, first in enumerate(range(0, plan.members, CHUNK)):
        _fill(made, slice(first, min(first + CHUNK, plan.members)), plan.random("families", chunk))
    return made


def _join_days(plan: Plan, chain: Chain, seasons: Seasons) -> Ints:
    days = np.arange(-HISTORY_DAYS, plan.days)
    selling = _open_weight(chain, days)
    growth = (1 + YEARLY_GROWTH) ** (days / 365)
    pull = seasons.busy[: len(days)] * growth * selling
    counts = plan.random("join days").multinomial(plan.members, pull / pull.sum())
    return np.repeat(days, counts).astype(np.int16)


def _open_weight(chain: Chain, days: Ints) -> Floats:
    """Selling weight of the stores that trade on each day."""
    opening = np.searchsorted(days, chain.opened)
    closing = np.searchsorted(days, chain.closed)
    change = np.zeros(len(days) + 1)
    np.add.at(change, np.minimum(opening, len(days)), chain.weight)
    np.add.at(change, np.minimum(closing, len(days)), -chain.weight)
    return np.cumsum(change)[:-1]


def _join_stores(plan: Plan, chain: Chain, joined: Ints) -> Ints:
    """Stores by weight among those open; the set is the same between two changes of it."""
    rng = plan.random("join stores")
    changes = np.unique(np.concatenate([chain.opened, chain.closed, [-HISTORY_DAYS]]))
    changes = changes[(changes >= -HISTORY_DAYS) & (changes < plan.days)]
    bounds = np.append(np.searchsorted(joined, changes), len(joined))
    stores = np.empty(len(joined), dtype=np.int16)
    everyone = np.arange(chain.size)
    for day, first, last in zip(changes, bounds[:-1], bounds[1:], strict=True):
        weight = np.where(chain.is_open(everyone, day), chain.weight * chain.quality, 0)
        for begin in range(first, last, CHUNK):
            end = min(begin + CHUNK, last)
            stores[begin:end] = draw(weight, rng.random(end - begin))
    return stores


def _fill(families: Families, part: slice, rng: np.random.Generator) -> None:
    count = part.stop - part.start
    joined = families.joined[part].astype(np.int32)
    families.join_channel[part] = draw(JOIN_SHARES, rng.random(count))
    families.seat[part] = rng.integers(0, CONSULTANTS, count)
    first = joined - join_ages(rng, count)
    second = first + rng.integers(*SECOND_CHILD_AFTER, count)
    second[rng.random(count) > SECOND_CHILD_SHARE] = NEVER
    families.first_birth[part] = first
    families.second_birth[part] = second
    for bit, need in enumerate(NEEDS[:REPLENISHED]):
        buys = rng.random(count) < (need.buyers or 0)
        families.needs[part] |= buys.astype(np.uint8) << np.uint8(bit)
    families.zeal[part] = rng.integers(0, 256, count)
    _pair_partners(families, part, rng.random(count) < PARTNER_SHARE)


def join_ages(rng: np.random.Generator, count: int) -> Ints:
    """Ages in days of the first child at joining; negative before birth."""
    group = draw([share for share, _low, _high in JOIN_AGES], rng.random(count))
    low, high = (np.array(bound)[group] for bound in list(zip(*JOIN_AGES, strict=True))[1:])
    return np.asarray(low + rng.random(count) * (high - low), dtype=np.int32)


def _pair_partners(families: Families, part: slice, partner: Bools) -> None:
    """A partner joins with the member before: one household, the same children and store."""
    partner[0] = False
    partner[1:] &= families.joined[part][1:] == families.joined[part][:-1]
    partner[1:] &= ~partner[:-1]
    families.is_partner[part] = partner
    second = np.flatnonzero(partner) + part.start
    for column in (families.join_store, families.first_birth, families.second_birth):
        column[second] = column[second - 1]
