"""Whether the whole chain did something unusual: beside its own months, and goods beside goods.

Nobody stands beside the whole chain. A factor of it is measured by its own past months: the
logarithm of this month's ratio to that of the three before, as far from 0 as such steps were before
(Student's t with few months). A category is set beside all other categories of the same month, so
that what moves the whole basket is no surprise in each of its parts.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import scipy  # and not its parts: they load when first used, and take long

from regulars.understand.diagnosis.causes import THRESHOLD, Cause
from regulars.understand.diagnosis.cube import Floats
from regulars.understand.diagnosis.expectation import Expected

BEFORE = 3
LEAST_STEPS = 5
TRUST = 4.0
YEAR = 12
LEAST_DEVIATION = 0.004
LEAST_ALIKE = 0.5
"""Goods that changed by at least this share of what one of them did lean the same way."""


def wholes_of(
    families: Sequence[tuple[Expected, Floats]],
    groups: Mapping[int | None, tuple[int, ...]],
    root: int,
) -> list[Cause]:
    """Every factor of the whole chain, as causes at its `root`: each part, each category, and all
    of them. With each family come the effects (by store and key) that are known already: they are
    no surprise here."""
    return [
        whole
        for told, effects in families
        if told.family.counted.shape[-1] > BEFORE + LEAST_STEPS
        for whole in _of_family(told, effects, groups, root)
    ]


def strongest_of(wholes: Sequence[Cause]) -> Cause | None:
    """The one with the most evidence; or the widest group of goods around it that is unusual too
    and has nothing in it that does not lean the same way, at least half as far: what falls as one
    is told as one."""
    best = max(wholes, key=lambda each: each.evidence, default=None)
    if best is None or best.group is None or best.evidence < THRESHOLD:
        return best
    alike = [
        each
        for each in wholes
        if each.factor == best.factor
        and each.group is not None
        and each.change / best.change >= LEAST_ALIKE
    ]
    leaning = {each.keys for each in alike if len(each.keys) == 1}
    around = [
        each
        for each in alike
        if each.evidence >= THRESHOLD
        and {*best.keys} <= {*each.keys}
        and all((key,) in leaning for key in each.keys)
    ]
    return max(around, key=lambda each: len(each.keys), default=best)


def _of_family(
    told: Expected, effects: Floats, groups: Mapping[int | None, tuple[int, ...]], root: int
) -> Iterator[Cause]:
    family = told.family
    counted, base = family.counted.sum(0), family.base.sum(0)
    counted[:, -1] = (family.counted[..., -1] / effects).sum(0)
    cents = (family.counted[..., -1] * family.cents).sum(0)
    every = tuple(range(len(family.keys)))
    each: list[tuple[int | None, tuple[int, ...]]] = [(None, (key,)) for key in every]
    sets = list(groups.items()) if family.is_of_goods else each
    steps = {number: _steps(counted, base, keys) for number, (_, keys) in enumerate(sets)}
    told_apart: dict[int, Floats] = {}
    for number, (_group, keys) in enumerate(sets):
        told_apart[number] = steps[number]
        if family.is_of_goods and (others := tuple(key for key in every if key not in keys)):
            told_apart[number] = steps[number] - _steps(counted, base, others)
    usual = _usual([told_apart[number] for number in range(len(sets))])
    for number, (group, keys) in enumerate(sets):
        series = told_apart[number]
        own, now = series[:-1], float(series[-1])
        spread = (float((own**2).sum()) + TRUST * usual**2) / (len(own) + TRUST)
        deviation = max(float(np.sqrt(spread)), LEAST_DEVIATION)
        z = _as_normal(now / deviation, len(own) + TRUST)
        money = float(cents[list(keys)].sum())
        yield Cause(
            node=root,
            factor=family.factor,
            group=group,
            keys=tuple(family.keys[key] for key in keys),
            is_of_goods=family.is_of_goods,
            z=z,
            evidence=z**2 / 2 - float(np.log(len(sets) * 6)),
            change=float(np.expm1(now)),
            excess_cents=money * float(-np.expm1(-now)),
            expected_count=float(counted[list(keys), -1].sum()),
        )


def _usual(series: Sequence[Floats]) -> float:
    """The middle one of the deviations of all past steps."""
    return float(np.median([np.sqrt(np.mean(steps[:-1] ** 2)) for steps in series]))


def _steps(counted: Floats, base: Floats, keys: tuple[int, ...]) -> Floats:
    """Month by month: the logarithm of what was counted by what the three months before, key by
    key, would have made of the same base. A mix of keys that shifts is no step."""
    chosen = list(keys)
    months = counted.shape[-1]
    found = []
    for month in range(BEFORE, months):
        span = slice(month - BEFORE, month)
        below = base[chosen, span].sum(-1)
        rate = np.divide(
            counted[chosen, span].sum(-1), below, out=np.zeros(len(chosen)), where=below > 0
        )
        usual = float((base[chosen, month] * rate).sum())
        now = float(counted[chosen, month].sum())
        found.append(np.log(max(now, 0.5) / max(usual, 0.5)))
    steps = np.array(found)
    return _less_last_year(steps)


def _less_last_year(steps: Floats) -> Floats:
    """Half of the same month's step a year before is the season's, where that fits the past."""
    if len(steps) <= YEAR + 1:
        return steps
    seasonal = steps.copy()
    seasonal[YEAR:] -= 0.7 * steps[:-YEAR]
    past = slice(YEAR, -1)
    if np.mean(seasonal[past] ** 2) < np.mean(steps[past] ** 2):
        return np.asarray(seasonal)
    return steps


def _as_normal(t: float, freedom: float) -> float:
    """The deviate of the normal law that is as rare as t of Student's."""
    with np.errstate(divide="ignore"):  # rarer than a float can tell
        tail = np.log(scipy.special.stdtr(freedom, -abs(t)))
    return float(np.sign(t) * _normal_of(float(tail)))


def _normal_of(log_tail: float) -> float:
    if log_tail > -600:  # noqa: PLR2004 - below it a float has no such tail
        return float(-scipy.special.ndtri(np.exp(log_tail)))
    return float(np.sqrt(-2 * log_tail))
