"""What families need at which age of the child, in months; before birth they are negative."""

from dataclasses import dataclass

import numpy as np

from regulars.demo.simulate.arrays import Floats, Ints, quantiles

FIRST_MONTH, LAST_MONTH = -9, 96
MONTHS = LAST_MONTH - FIRST_MONTH + 1
DAYS_A_MONTH = 30.4

Ages = tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Need:
    """`by_age` holds (from month, to month, value).

    Of a replenished need the value is what a child uses a day, in the unit of the packs, and
    `chance` the share of members who buy it in this chain at all. Of any other need the value is
    how likely a visit brings it, and `chance` a factor on that.
    """

    code: str
    chance: float
    by_age: Ages
    quantities: tuple[float, ...]
    more_lines: float
    is_replenished: bool = False


REPLENISHED = 5
NEEDS = (
    Need("diapers", 0.42, ((0, 1.5, 9), (1.5, 6, 7.5), (6, 12, 6.5), (12, 24, 5), (24, 32, 2.5)),
         (0.42, 0.34, 0.14, 0.10), 0.04, True),
    Need("formula", 0.40, ((0, 6, 85), (6, 12, 105), (12, 24, 80), (24, 36, 55), (36, 60, 35)),
         (0.47, 0.30, 0.10, 0.09, 0.01, 0.03), 0.02, True),
    Need("wipes", 0.34, ((0, 12, 11), (12, 36, 8), (36, 60, 4)), (0.35, 0.3, 0.2, 0.15), 0.12, True),
    Need("food", 0.42, ((5, 12, 16), (12, 36, 14), (36, 72, 8)), (0.55, 0.3, 0.15), 0.55, True),
    Need("nutrition", 0.24, ((-8, 0, 0.9), (0, 36, 1.0), (36, 72, 0.6)), (0.8, 0.2), 0.08, True),
    Need("care", 1.0, ((0, 12, 0.13), (12, 48, 0.10), (48, 90, 0.08)), (0.88, 0.12), 0.15),
    Need("clothing", 1.0, ((-2, 3, 0.24), (3, 24, 0.17), (24, 60, 0.22), (60, 97, 0.26)),
         (0.85, 0.15), 0.35),
    Need("toys", 1.0, ((1, 12, 0.08), (12, 36, 0.12), (36, 97, 0.18)), (0.95, 0.05), 0.15),
    Need("feeding", 1.0, ((-2, 6, 0.17), (6, 18, 0.12), (18, 48, 0.05)), (0.8, 0.2), 0.2),
    Need("maternity", 1.0, ((-9, -3, 0.75), (-3, 0.5, 0.6), (0.5, 4, 0.12)), (0.75, 0.25), 0.4),
    Need("gear", 1.0, ((-3, 1, 0.035), (1, 12, 0.012), (12, 36, 0.007), (36, 72, 0.004)), (1.0,), 0),
    Need("gift", 1.0, ((-9, 97, 0.035),), (1.0,), 0),
)  # fmt: skip
(DIAPERS, FORMULA, WIPES, FOOD, NUTRITION,
 CARE, CLOTHING, TOYS, FEEDING, MATERNITY, GEAR, GIFT) = range(12)  # fmt: skip
QUANTILES = 128


def month_index(age_days: Ints) -> Ints:
    """The place of an age in tables by month."""
    months = np.floor_divide(age_days, DAYS_A_MONTH).astype(np.int16) - FIRST_MONTH
    return np.clip(months, 0, MONTHS - 1)


def by_month(ages: Ages) -> Floats:
    """Values by month of age, 0 outside the ages named; part months count in part."""
    table = np.zeros(MONTHS)
    for begin, end, value in ages:
        starts = np.arange(FIRST_MONTH, LAST_MONTH + 1)
        table += value * np.clip(np.minimum(end, starts + 1) - np.maximum(begin, starts), 0, 1)
    return table


def value_table() -> Floats:
    """Needs × months of age: daily use, or the chance a visit."""
    return np.stack([by_month(need.by_age) for need in NEEDS]).astype(np.float32)


def quantity_table() -> Ints:
    """Needs × quantiles: packs in a basket."""
    return np.stack([1 + quantiles(need.quantities, QUANTILES) for need in NEEDS]).astype(np.int16)


def fallback_table() -> Ints:
    """Months × quantiles of needs: what brings a visit when nothing in particular is due."""
    likely = value_table()
    likely[:REPLENISHED] = np.where(likely[:REPLENISHED] > 0, 0.03, 0)
    likely[FOOD] *= 5
    likely[GIFT] = 0
    return np.stack([quantiles(likely[:, month], QUANTILES) for month in range(MONTHS)])
