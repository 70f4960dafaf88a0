"""Purchase histories as columns, and equal ones put together."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
"""Whole numbers: purchases, days, members."""
Floats = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Numbers = npt.ArrayLike
"""A column of numbers, or one number for all rows."""

NARROW = 1000  # a range of whole numbers that is worth a table even for few rows
LARGEST = 2**62


@dataclass(frozen=True, eq=False)
class Histories:
    """How many members share each history: columns of one length, one row per history.

    `frequency` is x, the purchases after the first. `recency` is t_x, the time from the first to
    the last, 0 where there was no other. `age` is T, the time from the first to the day of the
    question. Both times are in one unit; `members` is how many share the row.
    """

    frequency: Ints
    recency: Floats
    age: Floats
    members: Ints


def collapse(frequency: Ints, recency: Ints, age: Ints, members: Ints | None = None) -> Histories:
    """The distinct histories of whole numbers, ordered, each with its members (1 a row if none
    are given). ValueError if a column does not hold whole numbers."""
    (x, t, until), together = grouped(frequency, recency, age, members=members)
    return Histories(x, t, until, together)


def grouped(*columns: Ints, members: Ints | None = None) -> tuple[list[Ints], Ints]:
    """The distinct rows of columns of whole numbers, ordered, and how many members each has.

    Each row is packed into one int64. ValueError if a column does not hold whole numbers, or if
    the ranges of all multiply to more than 2^62.
    """
    if not columns[0].size:
        return [column[:0] for column in columns], np.zeros(0, np.int64)
    lows, spans = _ranges(columns)
    packed = np.zeros(columns[0].size, np.int64)
    for column, low, span in zip(columns, lows, spans, strict=True):
        packed *= span
        packed += np.subtract(column, low, dtype=np.int64)
    packed, together = _counted(packed, members)
    found: list[Ints] = []
    for low, span in zip(reversed(lows), reversed(spans), strict=True):
        packed, rest = np.divmod(packed, span)
        found.insert(0, rest + low)
    return found, together


def indexed(column: Floats) -> tuple[Floats, Ints]:
    """Values in ascending order, and for each row the index of its own among them.

    They are the distinct ones, or for whole numbers of a narrow range all from the least to the
    largest, which takes no sorting.
    """
    if column.size and column.dtype.kind in "iu":
        low, high = int(column.min()), int(column.max())
        if high - low <= max(NARROW, column.size):
            return np.arange(low, high + 1), np.subtract(column, low, dtype=np.int64)
    values, index = np.unique(column, return_inverse=True)
    return values, index


def check(histories: Histories) -> None:
    """ValueError if a history cannot be."""
    frequency, recency, age = histories.frequency, histories.recency, histories.age
    troubles = {
        "fewer than no members": histories.members < 0,
        "fewer than no purchases": frequency < 0,
        "a last purchase before the first": recency < 0,
        "a last purchase after the day of the question": recency > age,
        "one purchase, and a last one at another time": (frequency == 0) & (recency != 0),
    }
    for trouble, rows in troubles.items():
        if count := np.count_nonzero(rows):
            raise ValueError(f"{trouble}: {count} histories")
    if not np.any((frequency > 0) & (age > 0) & (histories.members > 0)):
        raise ValueError("nobody bought twice in a time that has passed")


def _ranges(columns: tuple[Ints, ...]) -> tuple[list[int], list[int]]:
    if any(column.dtype.kind not in "iu" for column in columns):
        raise ValueError("only columns of whole numbers are grouped")
    lows = [int(column.min()) for column in columns]
    spans = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    if prod(spans) > LARGEST:
        raise ValueError(f"the columns' ranges are too wide to be grouped: {spans}")
    return lows, spans


def _counted(packed: Ints, members: Ints | None) -> tuple[Ints, Ints]:
    if members is None:
        return np.unique(packed, return_counts=True)
    distinct, index = np.unique(packed, return_inverse=True)
    return distinct, np.bincount(index, members).astype(np.int64)
