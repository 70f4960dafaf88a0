"""Histories, models and parameters as Hypothesis draws them."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from regulars.know.tags.lifetime import BgNbd, Histories

positive = st.floats(0.05, 15)
models = st.builds(
    BgNbd,
    r=positive,
    alpha=st.floats(0.1, 400),
    a=st.floats(0.02, 60),
    b=positive,
    log_likelihood=st.just(0.0),
    customers=st.just(1),
)
horizons = st.floats(0.5, 1000)


@st.composite
def history(draw: st.DrawFn) -> tuple[int, int, int]:
    """x, t_x and T, in days."""
    age = draw(st.integers(1, 730))
    frequency = draw(st.integers(0, min(age, 60)))
    return frequency, draw(st.integers(1, age)) if frequency else 0, age


lists = st.lists(history(), min_size=1, max_size=30).filter(lambda rows: any(r[0] for r in rows))


def columns(rows: list[tuple[int, ...]]) -> list[Any]:
    return list(np.array(rows, np.int64).T)


def one_each(rows: list[tuple[int, int, int]]) -> Histories:
    return Histories(*columns(rows), np.ones(len(rows), np.int64))


def slope(function: Any, at: Any, step: float = 1e-5) -> Any:
    """The gradient of a function's value by finite differences, in the middle."""
    steps = np.eye(len(at)) * step
    return np.array([(function(at + s)[0] - function(at - s)[0]) / (2 * step) for s in steps])
