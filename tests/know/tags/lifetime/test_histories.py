"""Equal histories are put together, and nothing is lost by it."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.know.tags.lifetime.drawn import columns, lists

from regulars.know.tags.lifetime import Histories, bgnbd, collapse, grouped

rows_and_members = st.lists(
    st.tuples(
        st.integers(-3, 3), st.integers(0, 2), st.integers(-(10**6), 10**6), st.integers(0, 9)
    ),
    min_size=1,
)


@given(lists)
def test_equal_histories_become_one_with_their_number(rows: list[tuple[int, int, int]]) -> None:
    found = collapse(*columns(rows))
    together = zip(found.frequency, found.recency, found.age, found.members, strict=True)
    assert {tuple(map(int, row[:3])): row[3] for row in together} == Counter(rows)


@given(rows_and_members)
def test_groups_add_up_their_members_in_order(rows: list[tuple[int, int, int, int]]) -> None:
    *keys, members = columns(rows)
    found, together = grouped(*keys, members=members)
    counted: Counter[tuple[int, ...]] = Counter()
    for *key, number in rows:
        counted[tuple(key)] += number
    assert list(zip(*(map(int, column) for column in found), strict=True)) == sorted(counted)
    assert [int(number) for number in together] == [counted[key] for key in sorted(counted)]


def test_narrow_columns_are_grouped_without_overflow() -> None:
    small = np.array([-120, 120, 120], np.int8)
    (found, _), members = grouped(small, np.array([0, 2**31, 2**31], np.uint32))
    assert found.tolist() == [-120, 120]
    assert members.tolist() == [1, 2]


def test_nothing_collapses_to_nothing() -> None:
    nothing = np.zeros(0, np.int64)
    assert len(collapse(nothing, nothing, nothing).members) == 0


def test_only_whole_numbers_are_grouped() -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        grouped(np.array([1, 2]), np.array([0.5, 1.5]))


def test_ranges_too_wide_to_be_packed_are_refused() -> None:
    wide = np.array([0, 2**40])
    with pytest.raises(ValueError, match="too wide"):
        grouped(wide, wide)


@pytest.mark.parametrize(
    ("row", "trouble"),
    [
        ((1, 5, 9, -1), "fewer than no members"),
        ((-1, 0, 9, 1), "fewer than no purchases"),
        ((1, -1, 9, 1), "before the first"),
        ((1, 10, 9, 1), "after the day"),
        ((0, 5, 9, 1), "at another time"),
        ((0, 0, 9, 1), "nobody bought twice"),
        ((1, 0, 0, 1), "nobody bought twice"),
    ],
)
def test_a_history_that_cannot_be_is_refused(row: tuple[int, ...], trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        bgnbd.fit(Histories(*columns([row])))
