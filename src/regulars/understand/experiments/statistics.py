"""Differences between two arms, and how sure they are. Pure NumPy, over arrays whose last axis is
strata (one: nothing is stratified) and whose other axes are anything, so that one experiment and
twenty thousand simulated ones go through the same lines.

Sources, called by these names throughout: *Welch* (1947) for unequal variances; *CUPED*: Deng, Xu,
Kohavi, Walker, "Improving the sensitivity of online controlled experiments by utilizing
pre-experiment data", WSDM 2013; *post-stratification*: Miratrix, Sekhon, Yu, JRSS-B 75 (2013);
*asymptotic confidence sequence*: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform
central limit theory and asymptotic confidence sequences", arXiv 2103.06476 (2021), Annals of
Statistics 52 (2024); *random effects*: DerSimonian, Laird, Controlled Clinical Trials 7 (1986).
"""

from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Any, Self

import numpy as np

LEVEL = 0.95
POWER = 0.80
Array = Any


@dataclass(frozen=True, eq=False)
class Sums:
    """What people of one arm add up to: how many, their outcome and its square, what was known
    `before` and its square, and the product of the two. Sums of parts are the sums of the whole."""

    people: Array
    outcome: Array
    outcome_squared: Array
    before: Array
    before_squared: Array
    product: Array

    @classmethod
    def of(cls, outcome: Array, before: Array | None = None) -> Self:
        """Of one stratum, from one value a person along the last axis."""
        y = np.asarray(outcome, float)
        x = np.zeros_like(y) if before is None else np.asarray(before, float)
        each = (np.ones_like(y), y, y * y, x, x * x, x * y)
        return cls(*(values.sum(-1, keepdims=True) for values in each))

    def whole(self) -> Self:
        """All strata as one."""
        return self._each(lambda array: array.sum(-1, keepdims=True))

    def growing(self, axis: int) -> Self:
        """Added up along an axis from its beginning to each of its places: peek after peek."""
        return self._each(lambda array: array.cumsum(axis))

    def grouped(self, groups: Array, count: int) -> Self:
        """Strata along the last axis put together: `groups` says into which of `count`."""
        into = np.zeros((len(groups), count))
        into[np.arange(len(groups)), groups] = 1
        return self._each(lambda array: array @ into)

    def _each(self, change: Any) -> Self:
        return type(self)(*(change(np.asarray(getattr(self, f.name))) for f in fields(self)))


@dataclass(frozen=True, eq=False)
class Moments:
    """Of one arm, by stratum: how many, their mean, their variance (of n − 1)."""

    people: Array
    mean: Array
    variance: Array


@dataclass(frozen=True, eq=False)
class Difference:
    """Reached less held out: the estimate, its standard error, Welch's degrees of freedom. NaN
    where an arm has fewer than two people."""

    estimate: Array
    error: Array
    degrees: Array


def moments(sums: Sums) -> Moments:
    with np.errstate(divide="ignore", invalid="ignore"):
        return _less(sums, 0.0)


def cuped(reached: Sums, held_out: Sums) -> tuple[Moments, Moments]:
    """CUPED: of what each did, θ × what she had done before is taken off. θ is one for both arms
    and all strata, from the spread within each, so that no effect can leak into it. Where nothing
    was different before, nothing is taken off."""
    arms = (reached, held_out)
    with np.errstate(divide="ignore", invalid="ignore"):
        product, squares = (
            sum(_within(of(arm), arm).sum(-1, keepdims=True) for arm in arms)
            for of in (_with_outcome, _with_itself)
        )
        theta = np.where(squares > 0, product / np.where(squares > 0, squares, 1), 0.0)
        return _less(reached, theta), _less(held_out, theta)


def by_stratum(reached: Moments, held_out: Moments) -> Difference:
    """The difference of two means with unequal variances (Welch), in each stratum by itself."""
    return _weighted(reached, held_out, np.ones(1))


def post_stratified(reached: Moments, held_out: Moments) -> Difference:
    """The strata's differences, each weighing as many as its people of both arms: what differs
    between strata is in neither the estimate nor its error. Over the last axis; strata without
    anybody weigh nothing."""
    people = reached.people + held_out.people
    weights = people / people.sum(-1, keepdims=True)
    parts = _weighted(reached, held_out, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = parts.error**4 / parts.degrees
        squared = np.where(weights > 0, parts.error**2, 0.0).sum(-1)
        return Difference(
            np.where(weights > 0, parts.estimate, 0.0).sum(-1),
            np.sqrt(squared),
            squared**2 / np.where(weights > 0, lost, 0.0).sum(-1),
        )


def fixed_horizon(difference: Difference, level: float = LEVEL) -> tuple[Array, Array]:
    """The interval that holds the truth in `level` of experiments that are looked at **once**, at
    an end fixed beforehand. Looked at again and again it promises nothing."""
    radius = students(level, difference.degrees) * difference.error
    return difference.estimate - radius, difference.estimate + radius


def anytime_valid(
    difference: Difference, people: Array, tuned_at: float, level: float = LEVEL
) -> tuple[Array, Array]:
    """The asymptotic confidence sequence with the Gaussian mixture boundary: it holds the truth at
    **every** look, however often and whenever one looks, in `level` of experiments.

    `people` is how many both arms have at this look, in order of entering, all observed to the end
    of their window; `tuned_at` is how many there are where it is to be narrowest, chosen
    beforehand.
    """
    share = np.asarray(people, float) / tuned_at * _tuning(1 - level)
    with np.errstate(divide="ignore", invalid="ignore"):
        mixture = (share + 1) / share * (np.log1p(share) - 2 * np.log(1 - level))
    radius = np.sqrt(mixture) * difference.error
    return difference.estimate - radius, difference.estimate + radius


def normal(difference: Difference, level: float = LEVEL) -> tuple[Array, Array]:
    """The same as `fixed_horizon` for people without number."""
    radius = NormalDist().inv_cdf((1 + level) / 2) * difference.error
    return difference.estimate - radius, difference.estimate + radius


def smallest_seen(error: Array, level: float = LEVEL, power: float = POWER) -> Array:
    """The smallest effect with which a fixed-horizon interval would have kept clear of zero in
    `power` of experiments with this standard error."""
    return (NormalDist().inv_cdf((1 + level) / 2) + NormalDist().inv_cdf(power)) * error


def students(level: float, degrees: Array) -> Array:
    """The quantile of Student's t that `level` lies within on both sides, by Fisher and Cornish's
    series: right to 0.001 from five degrees of freedom on."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    n = np.asarray(degrees, float)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / n**power for power, term in enumerate(terms, 1))


def random_effects(estimates: Array, errors: Array) -> tuple[float, float]:
    """What experiments of a kind come to together, and the standard deviation of what a **next**
    one would bring: between experiments (DerSimonian and Laird) and of the mean. At least one."""
    y, weights = np.asarray(estimates, float), 1 / np.asarray(errors, float) ** 2
    fixed = (weights * y).sum() / weights.sum()
    heterogeneity = (weights * (y - fixed) ** 2).sum() - (len(y) - 1)
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    between = max(heterogeneity / scale, 0.0) if scale > 0 else 0.0
    weights = 1 / (1 / weights + between)
    return float((weights * y).sum() / weights.sum()), float((between + 1 / weights.sum()) ** 0.5)


def _weighted(reached: Moments, held_out: Moments, weights: Array) -> Difference:
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [weights**2 * arm.variance / arm.people for arm in (reached, held_out)]
        squared = parts[0] + parts[1]
        lost = sum(
            part**2 / (arm.people - 1) for part, arm in zip(parts, (reached, held_out), strict=True)
        )
        estimate = weights * (reached.mean - held_out.mean)
        return Difference(estimate, np.sqrt(squared), squared**2 / lost)


def _less(arm: Sums, theta: Array) -> Moments:
    total = arm.outcome - theta * arm.before
    square = arm.outcome_squared - 2 * theta * arm.product + theta**2 * arm.before_squared
    spread = np.maximum(square - total**2 / arm.people, 0.0)
    return Moments(arm.people, total / arm.people, spread / (arm.people - 1))


def _with_outcome(arm: Sums) -> tuple[Array, Array]:
    return arm.product, arm.outcome


def _with_itself(arm: Sums) -> tuple[Array, Array]:
    return arm.before_squared, arm.before


def _within(products: tuple[Array, Array], arm: Sums) -> Array:
    """The sum of products with what was before, around the stratum's own means."""
    product, total = products
    return np.where(arm.people > 0, product - total * arm.before / arm.people, 0.0)


def _tuning(alpha: float) -> float:
    """x = nρ² at which the boundary is narrowest for its n: the fixed point of
    x = log((1 + x) ÷ α²)."""
    x = 1.0
    for _step in range(50):
        x = np.log1p(x) - 2 * np.log(alpha)
    return float(x)
