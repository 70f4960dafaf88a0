"""What each store should have had, by its own past and by what all others did at the same time.

Of a factor, `numerator ÷ denominator` at store s in month t is expected to be

    κ(s) · R(t),

R(t) the whole chain's, κ(s) how the store stood to the chain in the months before. So calendar,
season and whatever moves everybody are no surprise anywhere. κ is drawn towards 1 by as much as a
store's few months weigh (an empirical Bayes ratio, as in Kulldorff's scan statistic for counts with
expected values; Kulldorff 1997, Communications in Statistics 26:1481). The variance of what was
counted is φ · expected · (1 + expected ÷ weight of the past): over-dispersed counts, φ learnt from
all stores' past months, and what is not known of κ.
"""

from dataclasses import dataclass, field

import numpy as np

from regulars.understand.diagnosis.cube import GOODS_COUNTS, Bools, Cube, Floats
from regulars.understand.metrics.service import MEMBER_PARTS, PARTS

WINDOW = 12
LEAST_MONTHS = 4
SPREAD = 0.15
"""How far stores' κ lie apart, before anything is known of one (the sd of κ)."""
CLIPPED = 0.99
LEAST_PHI = 0.2
STOCKS = tuple(PARTS.index(part) for part in MEMBER_PARTS if part != "new")
STOCK_WINDOW = 2
STEPS = 100
"""Of the fixed point λ = mean × (1 − exp(−λ)): to 0.001 where one in fifty comes twice."""


@dataclass(frozen=True)
class Family:
    """One factor at all stores: `counted` over `base`, by store × key × month. The keys are parts
    for who comes, categories for what is bought."""

    factor: str
    keys: tuple[int, ...]
    counted: Floats
    base: Floats
    cents: Floats
    """What one counted is worth at each store and key in the last month."""
    is_of_goods: bool
    windows: tuple[int, ...]


@dataclass
class Expected:
    """Expected counts of a family, and the weight of the past behind each."""

    family: Family
    kappa: Floats
    past: Floats
    phi: Floats
    expected: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.expected = np.zeros_like(self.family.counted)
        self.fit(slice(None), np.ones(self.family.counted.shape[:2]))

    def fit(self, months: slice, effects: Floats) -> None:
        """Expect anew, given effects (factors by store and key) that are already known."""
        base = self.family.base[..., months] * self.kappa[..., months] * effects[..., None]
        rate = _ratio(self.family.counted[..., months].sum(0), base.sum(0))
        self.expected[..., months] = base * rate

    @property
    def residual(self) -> Floats:
        """Counted less expected, in units of φ: ready to be summed over stores and keys."""
        told = (self.family.counted - self.expected) / self.phi[:, None]
        return np.where(self.is_known, told, 0.0)

    @property
    def weight(self) -> Floats:
        """The variance of `residual`."""
        grown = self.expected * (1 + self.expected / np.maximum(self.past, 1e-9))
        return np.where(self.is_known, grown / self.phi[:, None], 0.0)

    @property
    def is_known(self) -> Bools:
        """Where a store has a past and trades: openings and closures are told by themselves."""
        return np.asarray((self.expected > 0) & (self.kappa > 0))


def families_of(cube: Cube) -> list[Family]:
    """The six factors of the identity, first those of who comes, then those of the goods."""
    members, buyers, tickets = (
        cube.place(name).astype(float) for name in ("members", "buyers", "tickets")
    )
    net = cube.place("net_cents")[..., -1].astype(float)
    every = np.broadcast_to(cube.busy, members.shape)
    at_home = [PARTS.index(part) for part in MEMBER_PARTS]
    cross, passing = PARTS.index("cross_store"), PARTS.index("non_member")
    of_buyers, of_tickets = members.copy(), buyers.copy()
    of_tickets *= visits_of(buyers.sum(0), tickets.sum(0), cube.busy)
    of_buyers[:, cross] = every[:, cross]
    of_tickets[:, passing] = every[:, passing]
    found = [
        _of_places("members", at_home, members, every, net),
        _of_places("buyers", [*at_home, cross], buyers, of_buyers, net),
        _of_places("tickets", [*at_home, cross, passing], tickets, of_tickets, net),
    ]
    lines, units, cents = (cube.good(name).astype(float) for name in GOODS_COUNTS)
    past = cube.baskets[..., :-1].sum(-1).astype(float)
    rates = _ratio(past, tickets[..., :-1].sum((0, 2))[:, None])
    baskets = np.einsum("spt,pc->sct", tickets, rates)  # who buys what: a mix of parts is no cause
    return [
        *found,
        _of_goods("lines", lines, baskets, cents),
        _of_goods("units", units, lines, cents),
        _of_goods("net_cents", cents, units, cents),
    ]


def visits_of(buyers: Floats, tickets: Floats, busy: Floats) -> Floats:
    """How often a buyer of each part comes in each month beside an ordinary one, by part × month
    (1.0: as often), by the month's calendar alone: a short month has fewer who come twice. Whoever
    comes by chance, at an even rate, and at least once, comes λ ÷ (1 − exp(−λ)) times (the
    zero-truncated Poisson law); λ is learnt from all months but the last."""
    mean = np.maximum(_ratio(tickets[:, :-1].sum(-1), buyers[:, :-1].sum(-1)), 1.0)
    rate = mean
    for _step in range(STEPS):
        rate = mean * -np.expm1(-rate)
    usual = busy[:-1].mean() if busy[:-1].any() else 1.0
    grown = np.maximum(rate[:, None] * busy / usual, 1e-9)
    return np.asarray(grown / -np.expm1(-grown) / mean[:, None])


def expect(family: Family) -> Expected:
    """Expected counts of every month that has `LEAST_MONTHS` before it."""
    rate = _ratio(family.counted.sum(0), family.base.sum(0))
    usual = family.base * rate
    phi = np.ones(family.counted.shape[1])
    for _step in range(2):
        weight = (phi / SPREAD**2)[:, None]
        past_counted, past_usual = (
            _before(values, family.windows) for values in (family.counted, usual)
        )
        past = past_usual + weight
        kappa = np.where(past_usual > 0, (past_counted + weight) / past, 0.0)
        kappa = np.maximum(kappa, 0.0)
        told = Expected(family, kappa, past, phi)
        phi = _dispersion(told)
    told.phi = phi
    return told


def _of_places(factor: str, parts: list[int], counted: Floats, base: Floats, net: Floats) -> Family:
    now = counted[:, parts]
    windows = tuple(
        STOCK_WINDOW if factor == "members" and part in STOCKS else WINDOW for part in parts
    )
    worth = _ratio(net[:, parts], now[..., -1])
    chain = _ratio(net[:, parts].sum(0), now[..., -1].sum(0))
    worth = np.where(worth > 0, worth, chain)
    return Family(factor, tuple(parts), now, base[:, parts], worth, False, windows)


def _of_goods(factor: str, counted: Floats, base: Floats, cents: Floats) -> Family:
    counted, base = np.maximum(counted, 0.0), np.maximum(base, 0.0)
    keys = tuple(range(counted.shape[1]))
    worth = _ratio(cents[..., -1], counted[..., -1])
    chain = _ratio(cents[..., -1].sum(0), counted[..., -1].sum(0))
    worth = np.where(worth > 0, worth, chain)
    return Family(factor, keys, counted, base, worth, True, (WINDOW,) * len(keys))


def _before(values: Floats, windows: tuple[int, ...]) -> Floats:
    """Sums over the months before each one, of each key's window."""
    months = values.shape[-1]
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), values.cumsum(-1)], axis=-1)
    found = np.zeros_like(values)
    for key, window in enumerate(windows):
        for month in range(1, months):
            since = max(0, month - window)
            found[:, key, month] = sums[:, key, month] - sums[:, key, since]
    return found


def _dispersion(told: Expected) -> Floats:
    """φ by key: how much farther than a Poisson count the months before the last one strayed."""
    span = slice(min(LEAST_MONTHS, told.expected.shape[-1] - 2), -1)
    expected = told.expected[..., span]
    grown = expected * (1 + expected / np.maximum(told.past[..., span], 1e-9))
    known = told.is_known[..., span]
    square = (told.family.counted[..., span] - expected) ** 2
    found = np.ones(expected.shape[1])
    for key in range(expected.shape[1]):
        mask = known[:, key] & (grown[:, key] > 0)
        if not mask.any():
            continue
        times, weight = square[:, key][mask] / grown[:, key][mask], grown[:, key][mask]
        clipped = np.minimum(times, np.quantile(times, CLIPPED))
        found[key] = max(float((clipped * weight).sum() / weight.sum()), LEAST_PHI)
    return found


def _ratio(above: Floats, below: Floats) -> Floats:
    """Quotients; 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below > 0)
