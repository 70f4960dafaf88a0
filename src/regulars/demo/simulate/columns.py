"""Arrow columns made from numbers, without a Python object a row."""

import numpy as np
import pyarrow as pa

from regulars.demo.simulate.arrays import Bools, Ints
from regulars.demo.simulate.plan import Plan

ZERO = ord("0")
DAY_US = 86_400_000_000


def ids(prefix: str, numbers: Ints, digits: int, present: Bools | None = None) -> pa.Array:
    """Texts such as M00000042; null where not `present`."""
    text = prefix.encode()
    cells = np.empty((len(numbers), len(text) + digits), dtype=np.uint8)
    cells[:, : len(text)] = np.frombuffer(text, dtype=np.uint8)
    left = np.where(numbers < 0, 0, numbers).astype(np.uint32)
    for place in range(len(text) + digits - 1, len(text) - 1, -1):
        rest = left // 10
        cells[:, place] = (left - rest * 10).astype(np.uint8) + ZERO
        left = rest
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * cells.shape[1]
    mask = None if present is None else pa.array(present).buffers()[1]
    buffers = [mask, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(cells))]
    return pa.Array.from_buffers(pa.string(), len(numbers), buffers)


def words(
    indexes: Ints, vocabulary: pa.Array | list[str], present: Bools | None = None
) -> pa.Array:
    """Texts by their place in a vocabulary."""
    known = vocabulary if isinstance(vocabulary, pa.Array) else pa.array(vocabulary, pa.string())
    missing = None if present is None else ~present
    safe = indexes if present is None else np.where(present, indexes, 0)
    return pa.DictionaryArray.from_arrays(pa.array(safe.astype(np.int32), mask=missing), known)


def dates(plan: Plan, days: Ints) -> pa.Array:
    return pa.array((days + plan.epoch_day).astype(np.int32)).view(pa.date32())


def maybe_dates(plan: Plan, days: Ints, present: Bools) -> pa.Array:
    """Dates, null where not `present`."""
    return pa.array((days + plan.epoch_day).astype(np.int32), mask=~present).view(pa.date32())
