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

    Of a need that is replenished, `buyers` is the share of members who buy it in this chain at
    all, and the value what a child uses a day, in the unit of the packs. Of any other need the
    value is how likely a visit brings it. `packs` holds how likely 1, 2, 3 … are, `more_lines`
    how likely another product of the kind goes along.
    """

    code: str
    by_age: Ages
    packs: tuple[float, ...]
    more_lines: float = 0.0
    buyers: float | None = None

    @property
    def is_replenished(self) -> bool:
        return self.buyers is not None


NEEDS = (
    Need(
        "diapers",
        ((0, 1.5, 9), (1.5, 6, 7.5), (6, 12, 6.5), (12, 24, 5), (24, 32, 2.5)),
        (0.42, 0.34, 0.14, 0.10), more_lines=0.04, buyers=0.42,
    ),
    Need(
        "formula",
        ((0, 6, 85), (6, 12, 105), (12, 24, 80), (24, 36, 55), (36, 60, 35)),
        (0.62, 0.26, 0.06, 0.04, 0.0, 0.02), more_lines=0.02, buyers=0.23,
    ),
    Need(
        "wipes",
        ((0, 12, 11), (12, 36, 8), (36, 60, 4)),
        (0.35, 0.3, 0.2, 0.15), more_lines=0.25, buyers=0.42,
    ),
    Need(
        "food",
        ((5, 12, 16), (12, 36, 14), (36, 72, 8)),
        (0.6, 0.3, 0.1), more_lines=0.66, buyers=0.48,
    ),
    Need(
        "nutrition",
        ((-8, 0, 0.9), (0, 36, 1.0), (36, 72, 0.6)),
        (0.8, 0.2), more_lines=0.08, buyers=0.24,
    ),
    Need("care", ((-2, 12, 0.24), (12, 48, 0.19), (48, 97, 0.14)), (0.88, 0.12), 0.15),
    Need(
        "clothing",
        ((-2, 3, 0.30), (3, 24, 0.24), (24, 60, 0.30), (60, 97, 0.34)),
        (0.85, 0.15), more_lines=0.35,
    ),
    Need("toys", ((1, 12, 0.13), (12, 36, 0.19), (36, 97, 0.26)), (0.95, 0.05), 0.15),
    Need("feeding", ((-2, 6, 0.18), (6, 18, 0.14), (18, 48, 0.07)), (0.8, 0.2), 0.2),
    Need("maternity", ((-9, -3, 0.75), (-3, 0.5, 0.5), (0.5, 4, 0.10)), (0.75, 0.25), 0.4),
    Need("gear", ((-3, 1, 0.02), (1, 12, 0.008), (12, 36, 0.005), (36, 72, 0.003)), (1.0,)),
    Need("gift", ((-9, 97, 0.035),), (1.0,)),
)  # fmt: skip
"""Those that are replenished come first."""
REPLENISHED = sum(need.is_replenished for need in NEEDS)
(
    DIAPERS, FORMULA, WIPES, FOOD, NUTRITION,
    CARE, CLOTHING, TOYS, FEEDING, MATERNITY, GEAR, GIFT,
) = range(len(NEEDS))  # fmt: skip
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
    return np.stack([1 + quantiles(need.packs, QUANTILES) for need in NEEDS]).astype(np.int16)


def fallback_table() -> Ints:
    """Months × quantiles of needs: what brings a visit when nothing in particular is due."""
    likely = value_table()
    likely[:REPLENISHED] = np.where(likely[:REPLENISHED] > 0, 0.03, 0)
    likely[FOOD] *= 5
    likely[GIFT] = 0
    return np.stack([quantiles(likely[:, month], QUANTILES) for month in range(MONTHS)])
