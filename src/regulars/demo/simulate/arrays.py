"""Words for numpy columns, so that a signature says what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
"""Whole numbers: indexes, days, cents."""
Floats = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

NEVER = 32_000
"""A day that does not come: later than any day a plan may have, and still an int16."""


@dataclass(frozen=True)
class Rows:
    """A small table: a dataclass whose fields are columns of one length."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: Ints | Bools) -> Self:
        return replace(self, **{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def negated(self, *columns: str) -> Self:
        return replace(self, **{name: -getattr(self, name) for name in columns})

    @classmethod
    def stack(cls, parts: Sequence[Self]) -> Self:
        columns = {f.name: [getattr(part, f.name) for part in parts] for f in fields(cls)}
        return cls(**{name: np.concatenate(column) for name, column in columns.items()})


def draw(shares: Floats | Sequence[float], chances: Floats) -> Ints:
    """One index for each chance in [0, 1), in proportion to `shares`."""
    bounds = np.cumsum(np.asarray(shares, dtype=np.float64))
    picked = np.searchsorted(bounds, chances * bounds[-1], side="right")
    return np.asarray(np.minimum(picked, len(bounds) - 1))


def quantiles(shares: Floats | Sequence[float], size: int) -> Ints:
    """A table of `size` indexes in proportion to `shares`: drawing is then one look-up."""
    return draw(shares, (np.arange(size) + 0.5) / size)


def chance(numbers: Ints, salt: int) -> Floats:
    """A fixed chance in [0, 1) for each number: the same number and salt always give the same."""
    mixed = numbers.astype(np.uint64) + np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
