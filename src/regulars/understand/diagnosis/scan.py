"""The search for the few places and goods that explain what is unusual.

Every node of the organisation × every part (or category, with those above it, or all of them) ×
every factor is a hypothesis: "here the factor changed by one and the same share, elsewhere it did
not". Its evidence is the likelihood ratio `z² ÷ 2`, z the node's summed residual by its deviation
and by how far the same sum strayed in the months before, less the logarithm of how many such
hypotheses there are on its level. So a store that falls alone has more evidence than its branch,
and a branch that falls evenly more than any of its stores: the tree-based scan statistic
(Kulldorff, Fang & Walsh 2003, Biometrics 59:323). The strongest is taken as known, everything is
expected anew, and the search goes on: what stands above or below a cause, or leans the other way
because of it, is not found a second time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from regulars.understand.diagnosis.cube import Bools, Cube, Floats
from regulars.understand.diagnosis.expectation import (
    LEAST_MONTHS,
    Expected,
    expect,
    families_of,
)
from regulars.understand.diagnosis.places import Groups, KeySets, Places
from regulars.understand.diagnosis.wholes import Whole, strongest_of, wholes_of
from regulars.understand.metrics.service import PARTS

THRESHOLD = 5.0
"""Evidence from which a cause is raised, in nats beyond what so many hypotheses bring by chance."""
MOST = 12
TRUST = 6.0
"""Months of its own past until a node's own deviation counts as much as its level's."""
LEAST_TIMES = -0.999
LEAST_GOODS = 30.0
COUNTED_ALONE = ("members", "buyers")
PASSING = PARTS.index("non_member")
LEAST_BASE = 10.0
"""Counts expected at least: less is a small sample, and nothing is said of it."""


@dataclass(frozen=True)
class Cause:
    """`keys` are parts or categories of the family, `group` the category node or "" for all of
    them. `z` is signed; `excess_cents` what the node has beyond what was expected of it."""

    node: int
    factor: str
    group: int | None
    keys: tuple[int, ...]
    is_of_goods: bool
    z: float
    evidence: float
    change: float
    excess_cents: float
    expected_count: float
    is_explained: bool = False
    """Whether a neighbour's closing or opening says enough."""

    @property
    def is_raised(self) -> bool:
        return self.evidence >= THRESHOLD and not self.is_explained


@dataclass
class Search:
    """One family's hypotheses: sets of keys × nodes, and how far each strayed before."""

    told: Expected
    places: Places
    groups: KeySets
    effects: Floats = field(init=False)
    past_deviation: Floats = field(init=False)
    months_known: Floats = field(init=False)
    at_first: Floats = field(init=False)
    stirred: set[int] = field(init=False, default_factory=set)
    sets: Floats = field(init=False)

    def __post_init__(self) -> None:
        counted = self.told.family.counted
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

    def strongest(self) -> Cause:
        z = self.z()
        evidence = z**2 / 2 - self._tries()
        at = np.unravel_index(int(np.argmax(evidence)), evidence.shape)
        return self._cause(int(at[0]), int(at[1]), float(z[at]), float(evidence[at]))

    def take_as_known(self, cause: Cause) -> None:
        """Expect anew as if the cause's change were the rule at its place."""
        node = self.places.nodes.index(cause.node)
        stores = self.places.inside[node].toarray().ravel() > 0
        chosen = np.ix_(stores, list(cause.keys))
        self.effects[chosen] *= max(1 + cause.change, 1e-3)
        self.told.fit(slice(-1, None), self.effects)
        if cause.is_explained:
            whole = self.places.inside @ self.places.inside[node].T
            inside = whole.toarray().ravel() == self.places.inside.sum(1).A1
            self.stirred |= set(np.flatnonzero(inside).tolist())

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


def causes_of(cube: Cube, places: Places, groups: Groups, root: int) -> list[Cause]:
    """What is most unusual, the largest first by money; those raised come before all others.

    At least one is told where anything was counted, raised or not.
    """
    searches = list(_searches(cube, places, groups))
    if not searches:
        return []
    known: list[tuple[str, int | None, tuple[int, ...]]] = []
    found: list[Cause] = []
    strongest = [search.strongest() for search in searches]
    for _number in range(MOST):
        best = int(np.argmax([cause.evidence for cause in strongest]))
        steady = [(search.told, search.effects) for search in searches]
        whole = strongest_of(
            [each for each in wholes_of(steady, groups.goods) if each.code not in known], THRESHOLD
        )
        if whole is not None and whole.evidence > strongest[best].evidence:
            known.append(whole.code)
            found.append(_of_whole(whole, root))
            _take_as_known(searches, whole)
        else:
            cause = strongest[best]
            found.append(cause)
            searches[best].take_as_known(cause)
            strongest[best] = searches[best].strongest()
        if found[-1].evidence < THRESHOLD:
            break
    raised = [cause for cause in found if cause.is_raised]
    others = [cause for cause in found if not cause.is_raised]
    raised.sort(key=lambda cause: -abs(cause.excess_cents))
    return raised + sorted(others, key=lambda cause: (cause.is_explained, -cause.evidence))


def _take_as_known(searches: Sequence[Search], whole: Whole) -> None:
    """What the whole chain did is no surprise in goods above or below it either."""
    for search in searches:
        family = search.told.family
        if family.factor == whole.factor:
            at = [family.keys.index(key) for key in whole.keys]
            search.effects[:, at] *= max(1 + whole.change, 1e-3)


def _of_whole(whole: Whole, root: int) -> Cause:
    return Cause(
        node=root,
        factor=whole.factor,
        group=whole.group,
        keys=whole.keys,
        is_of_goods=whole.is_of_goods,
        z=whole.z,
        evidence=whole.evidence,
        change=whole.change,
        excess_cents=whole.excess_cents,
        expected_count=whole.expected_count,
    )


def _searches(cube: Cube, places: Places, groups: Groups) -> Iterator[Search]:
    for family in families_of(cube):
        if not family.counted.size:
            continue
        keys = range(len(family.keys))
        parts: KeySets = [*((None, (key,)) for key in keys), (None, tuple(keys))]
        sets = list(groups.goods.items()) if family.is_of_goods else parts
        yield Search(expect(family), places, sets)
