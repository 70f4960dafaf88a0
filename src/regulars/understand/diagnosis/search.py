"""One factor's hypotheses: every node × every set of parts or goods, the strongest first."""

from dataclasses import dataclass, field

import numpy as np

from regulars.understand.diagnosis.causes import THRESHOLD, Cause
from regulars.understand.diagnosis.cube import Bools, Floats
from regulars.understand.diagnosis.expectation import LEAST_MONTHS, Expected
from regulars.understand.diagnosis.places import KeySets, Places
from regulars.understand.metrics.service import PARTS

TRUST = 6.0
"""Months of its own past until a node's own deviation counts as much as its level's."""
LEAST_TIMES = -0.999
LEAST_EFFECT = 1e-3
LEAST_GOODS = 30.0
COUNTED_ALONE = ("members", "buyers")
PASSING = PARTS.index("non_member")
LEAST_BASE = 10.0
"""Counts expected at least: less is a small sample, and nothing is said of it."""


@dataclass
class Search:
    """One family's hypotheses: sets of keys × nodes, and how far each strayed before."""

    told: Expected
    places: Places
    groups: KeySets
    taken: list[Cause] = field(init=False, default_factory=list)
    by_the_whole: Floats = field(init=False)
    effects: Floats = field(init=False)
    past_deviation: Floats = field(init=False)
    months_known: Floats = field(init=False)
    at_first: Floats = field(init=False)
    stirred: set[int] = field(init=False, default_factory=set)
    sets: Floats = field(init=False)

    def __post_init__(self) -> None:
        counted = self.told.family.counted
        self.by_the_whole = np.ones(counted.shape[:2])
        self.effects = np.ones(counted.shape[:2])
        self.sets = np.zeros((len(self.groups), counted.shape[1]))
        for number, (_group, keys) in enumerate(self.groups):
            self.sets[number, list(keys)] = 1.0
        self.past_deviation, self.months_known = self._own_past()
        self.at_first = self.z()

    def z(self) -> Floats:
        """By node and set of keys, in the last month."""
        above, below = self._sums(-1)
        expected = self._expected_counts()
        told = above / np.sqrt(np.maximum(below, 1e-12)) / self.past_deviation
        told *= _as_counts(above, expected)
        is_enough = (expected >= LEAST_BASE) & self._is_enough() & self._has_a_past()
        return np.asarray(np.where(is_enough, told, 0.0))

    def strongest(self, but: Cause | None = None) -> Cause:
        """The hypothesis with the most evidence, or the one that has the most but for another."""
        z = self.z()
        evidence = z**2 / 2 - self._tries()
        if but is not None:
            evidence[self._node(but), self.groups.index((but.group, but.keys))] = -np.inf
        at = np.unravel_index(int(np.argmax(evidence)), evidence.shape)
        return self._cause(int(at[0]), int(at[1]), float(z[at]), float(evidence[at]))

    def take_as_known(self, *causes: Cause) -> None:
        """Expect anew as if the causes' changes were the rule at their places."""
        for cause in causes:
            stores = self._stores(cause)
            self.effects[np.ix_(stores, np.array(cause.keys))] *= _times(cause)
            if cause.is_explained:
                whole = self.places.inside @ stores.astype(float) == self.places.inside.sum(1).A1
                self.stirred |= set(np.flatnonzero(whole).tolist())
        self.taken += causes
        self.told.fit(slice(-1, None), self.effects)

    def take_as_the_rule(self, cause: Cause) -> None:
        """What the whole chain did is no surprise in goods above or below it either."""
        family = self.told.family
        if family.factor == cause.factor:
            for effects in (self.by_the_whole, self.effects):
                effects[:, list(cause.keys)] *= _times(cause)

    def begin_again(self, *known: Cause) -> None:
        """As if of single places nothing else were known."""
        self.effects, self.taken, self.stirred = self.by_the_whole.copy(), [], set()
        self.take_as_known(*known)

    def overlap(self, one: Cause, other: Cause) -> bool:
        """Whether some of the same keys at some of the same stores are meant."""
        is_shared = bool((self._stores(one) & self._stores(other)).any())
        return is_shared and not {*one.keys}.isdisjoint(other.keys)

    def _node(self, cause: Cause) -> int:
        return self.places.nodes.index(cause.node)

    def _stores(self, cause: Cause) -> Bools:
        return np.asarray(self.places.inside[self._node(cause)].toarray().ravel() > 0)

    def _own_past(self) -> tuple[Floats, Floats]:
        """How far each strayed in the months before, and of how many of them something is known."""
        months = self.told.expected.shape[-1]
        squares = []
        for month in range(LEAST_MONTHS, months - 1):
            above, below = self._sums(month)
            squares.append(np.where(below > 0, above**2 / np.maximum(below, 1e-12), np.nan))
        if not squares:
            even = np.ones((len(self.places.nodes), len(self.groups)))
            return even, np.full_like(even, LEAST_MONTHS)
        stacked = np.stack(squares)
        known = (~np.isnan(stacked)).sum(0)
        own = np.nansum(stacked, axis=0)
        usual = np.empty_like(own)
        for level in dict.fromkeys(self.places.level):
            rows = np.array([each == level for each in self.places.level])
            seen = known[rows].sum(0)
            usual[rows] = np.where(seen > 0, own[rows].sum(0) / np.maximum(seen, 1), 1.0)
        spread = (own + TRUST * np.maximum(usual, 1.0)) / (known + TRUST)
        return np.asarray(np.sqrt(np.maximum(spread, 1.0))), known

    def _sums(self, month: int) -> tuple[Floats, Floats]:
        above = self.places.inside @ self._month(self.told.residual, month) @ self.sets.T
        below = self.places.inside @ self._month(self.told.weight, month) @ self.sets.T
        return np.asarray(above), np.asarray(below)

    def _month(self, values: Floats, month: int) -> Floats:
        return np.asarray(values[..., month], order="C")

    def _expected_counts(self) -> Floats:
        scaled = self.told.expected[..., -1] / self.told.phi
        return np.asarray(self.places.inside @ scaled @ self.sets.T)

    def _is_enough(self) -> Bools:
        """Whether a price stands on enough pieces, pieces on enough goods, these on enough
        tickets, and tickets on enough people: the dispersion of a few dear things says little of
        others, and one who comes every other day is no change in how often people come."""
        family = self.told.family
        if family.factor in COUNTED_ALONE:
            return np.ones((len(self.places.nodes), len(self.groups)), dtype=np.bool_)
        people = np.array([key != PASSING or family.is_of_goods for key in family.keys])
        bases = self.places.inside @ family.base[..., -1] @ self.sets.T
        return np.asarray((bases >= LEAST_GOODS) | ~(self.sets @ people > 0))

    def _has_a_past(self) -> Bools:
        """Nobody is dormant in a chain's first year: how the first of them come and go is not
        known yet, while longer known things at the same place are."""
        least = min(LEAST_MONTHS, int(self.months_known.max(initial=0)))
        return np.asarray(self.months_known >= least)

    def _tries(self) -> Floats:
        """The logarithm of the number of hypotheses on each node's level, of all six factors."""
        counts = {level: self.places.level.count(level) for level in self.places.level}
        of_level = np.array([counts[level] for level in self.places.level], dtype=float)
        return np.asarray(np.log(of_level[:, None] * len(self.groups) * 6))

    def _cause(self, node: int, number: int, z: float, evidence: float) -> Cause:
        group, keys = self.groups[number]
        inside = self.places.inside[node]
        chosen = list(keys)
        counted = self.told.family.counted[:, chosen, -1]
        expected = self.told.expected[:, chosen, -1]
        known = self.told.is_known[:, chosen, -1]
        phi = self.told.phi[chosen]
        gap = np.where(known, counted - expected, 0.0)
        whole = float((inside @ (np.where(known, expected, 0.0) / phi)).sum())
        change = float((inside @ (gap / phi)).sum()) / max(whole, 1e-9)
        excess = float((inside @ (gap * self.told.family.cents[:, chosen])).sum())
        return Cause(
            node=self.places.nodes[node],
            factor=self.told.family.factor,
            group=group,
            keys=tuple(self.told.family.keys[key] for key in keys),
            is_of_goods=self.told.family.is_of_goods,
            z=z,
            evidence=evidence,
            change=change,
            excess_cents=excess,
            expected_count=whole,
            is_explained=self._is_explained(node, number, change),
        )

    def _is_explained(self, node: int, number: int, change: float) -> bool:
        """Whether it leans as a neighbour's closing or opening would have it, and so do none but
        the stores beside that; or is unusual only beside what the closing made of its branch,
        whose stores do not share in it alike."""
        if self.told.family.is_of_goods:
            return False
        sign = int(np.sign(change))
        if node in self.stirred and not _is_unusual(float(self.at_first[node, number]), sign):
            return True
        inside = self.places.inside[node].toarray().ravel() > 0
        beside = self.places.beside(sign)
        others = inside & ~beside
        is_beside = bool((inside & beside).any())
        return is_beside and not _is_unusual(self._z_of(others, node, number), sign)

    def _z_of(self, stores: Bools, node: int, number: int) -> float:
        """The place's z as some of its stores alone would have it."""
        above = float(stores @ self._month(self.told.residual, -1) @ self.sets[number])
        below = float(stores @ self._month(self.told.weight, -1) @ self.sets[number])
        return above / float(np.sqrt(max(below, 1e-12)) * self.past_deviation[node, number])


def _times(cause: Cause) -> float:
    return max(1 + cause.change, LEAST_EFFECT)


def _is_unusual(z: float, sign: int) -> bool:
    """Whether it leans that way, as far as what is raised does."""
    return max(z * sign, 0.0) ** 2 / 2 >= THRESHOLD


def _as_counts(above: Floats, expected: Floats) -> Floats:
    """Counts stray farther upwards than downwards: what the deviance of a Poisson count is of its
    plain residual."""
    times = np.maximum(above / np.maximum(expected, 1e-9), LEAST_TIMES)
    deviance = np.sqrt(np.maximum(2 * ((1 + times) * np.log1p(times) - times), 0.0))
    size = np.abs(times)
    even = np.ones_like(times)
    return np.asarray(np.divide(deviance, size, out=even, where=size > 1e-6))  # noqa: PLR2004
