"""How often members buy, and whether they still do: the BG/NBD model.

Fader, Hardie & Lee 2005, "Counting your customers" the easy way. While alive a member buys at
random with a rate of their own, Gamma(r, alpha) over all members; after each repeat purchase they
are lost with a chance of their own, Beta(a, b). Who never bought again is alive by this model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy  # and not its parts: they load when first used, and take long

from regulars.know.tags.lifetime.climbing import maximum
from regulars.know.tags.lifetime.histories import (
    Floats,
    Histories,
    Numbers,
    check,
    indexed,
)

BLOCK = 2**15  # rows worked out at a time: what they need stays in the processor's cache
START = {"r": 0.5, "a": 1.0, "b": 3.0}
# Of (r, alpha, a, b): how alike rates are, their mean, how alike chances are, their mean.
DIRECTIONS = [[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 0]]
STEEP = 20.0  # above it (1−z)^(a−1) may underflow
NODES = 40
ASIDE = 1e-4  # of where a formula divides zero by zero


@dataclass(frozen=True)
class BgNbd:
    """A fitted model. `alpha` is in the histories' unit of time; the others have none."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int


def fit(histories: Histories) -> BgNbd:
    """The parameters of the largest likelihood.

    ValueError if a history cannot be, or nobody bought twice; NoMaximum if there is none.
    """
    check(histories)
    likelihood = Likelihood(histories)
    alpha = START["r"] * likelihood.time / likelihood.purchases
    start = [START["r"], alpha, START["a"], START["b"]]
    (r, alpha, a, b), mean = maximum(likelihood, start, DIRECTIONS)
    return BgNbd(r, alpha, a, b, mean * likelihood.customers, round(likelihood.customers))


def probability_alive(model: BgNbd, frequency: Numbers, recency: Numbers, age: Numbers) -> Floats:
    """The chance that a member with this history still buys, in [0, 1] (Fader, Hardie & Lee 2008,
    "Computing P(alive) using the BG/NBD model"); 1 without a repeat purchase."""
    x, t, until = (np.asarray(each, np.float64) for each in (frequency, recency, age))
    silent = np.log(model.alpha + until) - np.log(model.alpha + t)
    odds = np.log(model.a) - np.log(model.b + np.maximum(x, 1) - 1) + (model.r + x) * silent
    return np.where(x > 0, scipy.special.expit(-odds), 1.0)


def expected_purchases(
    model: BgNbd, frequency: Numbers, recency: Numbers, age: Numbers, horizon: float
) -> Floats:
    """Purchases expected within the next `horizon` of time (equation 10 of the paper)."""
    alive = probability_alive(model, frequency, recency, age)
    return alive * next(purchases_if_alive(model, frequency, age, [horizon]))


def purchases_if_alive(
    model: BgNbd, frequency: Numbers, age: Numbers, horizons: Sequence[float]
) -> Iterator[Floats]:
    """Purchases expected of a member known to be alive, a column for each of `horizons`: within so
    much time from now. Each pair of x and T is worked out once."""
    x, until = np.broadcast_arrays(frequency, age)
    counts, count = indexed(x.ravel())
    ages, place = indexed(until.ravel())
    pairs, pair = indexed(count * len(ages) + place)
    once = counts[pairs // len(ages)], ages[pairs % len(ages)]
    for horizon in horizons:
        yield _if_alive(model, *once, horizon)[pair].reshape(x.shape)


def expected_of_anyone(model: BgNbd, horizon: Numbers) -> Floats:
    """Repeat purchases expected of a member in the `horizon` of time since the first purchase,
    before anything is known (equation 9)."""
    times = np.asarray(horizon, np.float64)
    return _if_alive(model, np.zeros(times.shape), np.zeros(times.shape), times)


def _if_alive(model: BgNbd, x: Floats, age: Floats, horizon: Floats | float) -> Floats:
    """Equation 10 without its denominator.

    The paper's ₂F₁(r+x, b+x; a+b+x−1; z) overflows for a frequent buyer. Euler's transformation
    turns it into ₂F₁(a+b−1−r, a−1; a+b+x−1; z) · (1−z)^(a−1−r−x), whose first two parameters do
    not grow with x. Near a = 1, and near a + b = 1 for x = 0, it is the mean of both sides.
    """
    a, b = model.a, model.b
    for name, distance in (("a", a - 1), ("b", a + b - 1)):
        if abs(distance) < ASIDE / 2:
            sides = [getattr(model, name) + step for step in (-ASIDE, ASIDE)]
            beside = [_if_alive(replace(model, **{name: v}), x, age, horizon) for v in sides]
            return (beside[0] + beside[1]) / 2
    scaled = horizon / (model.alpha + age)
    if a > STEEP:
        return _by_quadrature(model, x, scaled)
    past: Floats = scipy.special.hyp2f1(
        a + b - 1 - model.r, a - 1, a + b + x - 1, scaled / (1 + scaled)
    )
    return (a + b + x - 1) / (a - 1) * (1 - (1 + scaled) ** (1 - a) * past)


def _by_quadrature(model: BgNbd, x: Floats, scaled: Floats) -> Floats:
    """The same, as the mean of (1 − (1 + p·scaled)^−(r+x)) / p over the chance p ~ Beta(a, b+x)."""
    found = np.empty(x.shape)
    for count in np.unique(x):
        rows = x == count
        chances, weights = _beta_nodes(model.a, model.b + count)
        bought = -np.expm1(-(model.r + count) * np.log1p(np.outer(scaled[rows], chances)))
        found[rows] = bought @ (weights / chances)
    return found


def _beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Points and weights for a mean over Beta(a, b), by Jacobi's polynomials (Golub & Welsch
    1969). The weights add up to 1, and nothing overflows."""
    n = np.arange(1, NODES)
    total = a + b + 2 * n
    middle = np.append(a / (a + b), 0.5 + (a - b) * (a + b - 2) / (2 * (total - 2) * total))
    side = n * (n + a - 1) * (n + b - 1) * (n + a + b - 2)
    side = side / ((total - 3) * (total - 2) ** 2 * (total - 1))
    points, vectors = scipy.linalg.eigh_tridiagonal(middle, np.sqrt(side))
    return points, vectors[0] ** 2


class Likelihood:
    """The mean log-likelihood of histories, of the logarithms of (r, alpha, a, b).

    Equation 6 of the paper falls apart into what hangs on x alone, on T alone, and, for those with
    a repeat purchase, the odds of being lost to being alive; only these need every history.
    """

    def __init__(self, histories: Histories) -> None:
        x = np.asarray(histories.frequency)
        members = np.asarray(histories.members, np.float64)
        self.customers, self.purchases = float(members.sum()), float(members @ x)
        self.time = float(members @ histories.age)
        self.counts, count = indexed(x)
        self.of_count = np.bincount(count, members, len(self.counts))
        self.ages, age = indexed(histories.age)
        self.of_age = np.bincount(age, members, len(self.ages))
        self.bought_at_age = np.bincount(age, members * x, len(self.ages))
        again = np.flatnonzero(x > 0)
        self.repeats, repeat = indexed(x[again])
        self.recencies, recency = indexed(histories.recency[again])
        self.rows = (repeat, recency, age[again], members[again])

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """The mean, and its gradient."""
        r, alpha, a, b = np.exp(logs)
        parts = (
            self._of_counts(r, alpha, a, b),
            self._of_ages(r, alpha),
            self._lost(r, alpha, a, b),
        )
        total = np.sum(parts, axis=0) / self.customers
        return float(total[0]), total[1:] * np.exp(logs)

    def _of_counts(self, r: float, alpha: float, a: float, b: float) -> Floats:
        gammaln, betaln, psi = scipy.special.gammaln, scipy.special.betaln, scipy.special.psi
        x, members = self.counts, self.of_count
        value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        by_a = psi(a + b) - psi(a + b + x)
        by_r = psi(r + x) - psi(r) + np.log(alpha)
        by_b = psi(b + x) - psi(b) + by_a
        return np.stack([value, by_r, np.full(len(x), r / alpha), by_a, by_b]) @ members

    def _of_ages(self, r: float, alpha: float) -> Floats:
        logs = np.log(alpha + self.ages)
        weights = r * self.of_age + self.bought_at_age
        by_alpha = weights @ (1 / (alpha + self.ages))
        return -np.array([weights @ logs, self.of_age @ logs, by_alpha, 0, 0])

    def _lost(self, r: float, alpha: float, a: float, b: float) -> Floats:
        by_recency, by_age = alpha + self.recencies, alpha + self.ages
        tables = np.log(by_recency), np.log(by_age), 1 / by_recency, 1 / by_age
        shifted = b + self.repeats - 1
        total = np.zeros(5)
        for start in range(0, len(self.rows[0]), BLOCK):
            repeat, recency, age, members = (each[start : start + BLOCK] for each in self.rows)
            silent = tables[1][age] - tables[0][recency]
            tempo = (r + self.repeats)[repeat]
            odds = (np.log(a) - np.log(shifted))[repeat] + tempo * silent
            lost = members * scipy.special.expit(odds)
            by_alpha = (lost * tempo) @ (tables[3][age] - tables[2][recency])
            by_b = lost @ (1 / shifted)[repeat]
            value = members @ -scipy.special.log_expit(-odds)
            total += [value, lost @ silent, by_alpha, lost.sum() / a, -by_b]
        return total
