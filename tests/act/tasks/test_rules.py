"""Quiet hours, channels, shares, outcomes."""

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.act.tasks.rules import (
    REMOTE,
    Caps,
    allowed,
    dealt,
    is_quiet,
    quiet_ends,
    refusal,
)

ROOMY = Caps(by_channel={"call": 1, "sms": 2, "wecom": 3})
hours = st.integers(0, 23)


@pytest.mark.parametrize(
    ("hour", "begins", "ends", "quiet"),
    [(22, 21, 9, True), (8, 21, 9, True), (9, 21, 9, False), (13, 12, 14, True),
     (14, 12, 14, False), (3, 0, 0, False)],
)  # fmt: skip
def test_quiet_hours_go_over_midnight(hour, begins, ends, quiet) -> None:
    assert is_quiet(datetime(2026, 1, 1, hour), begins, ends) is quiet  # noqa: DTZ001 - a wall's


@given(hours, hours)
def test_a_day_is_quiet_for_as_long_as_it_was_set(begins: int, ends: int) -> None:
    hours_quiet = sum(
        is_quiet(datetime(2026, 1, 1, hour), begins, ends)  # noqa: DTZ001 - a wall's
        for hour in range(24)
    )
    assert hours_quiet == (ends - begins) % 24


def test_consent_and_caps_keep_channels_back() -> None:
    consents = {"call": True, "sms": False, "wecom": None}
    assert allowed(consents, {}, ROOMY) == ["call", "wecom"]
    assert allowed(consents, {"call": 1}, ROOMY) == ["wecom"]
    assert allowed(consents, {}, Caps(unasked=False)) == ["call"]
    assert allowed(consents, {"wecom": 3}, ROOMY) == []
    assert allowed(consents, {"wecom": 9}, ROOMY, is_service=True) == list(REMOTE)
    assert refusal("sms", False, {}, ROOMY, is_service=False) == "consent"
    assert refusal("store", False, {"call": 9}, ROOMY, is_service=False) == ""


@given(st.integers(0, 300), st.dictionaries(st.integers(1, 9), st.integers(1, 7), min_size=1))
def test_what_is_dealt_is_everybodys_share_within_one(count: int, shares: dict[int, int]) -> None:
    got, whole = Counter(dealt(count, shares)), sum(shares.values())
    assert sum(got.values()) == count
    assert all(abs(got[who] - count * share / whole) < len(shares) for who, share in shares.items())
    if len(set(shares.values())) == 1:
        assert max(got.values(), default=0) - min((got[w] for w in shares), default=0) <= 1


def test_nobody_gets_what_nobody_has_a_share_in() -> None:
    with pytest.raises(ValueError, match="share"):
        dealt(1, {7: 0})


@pytest.mark.parametrize(
    ("at", "begins", "ends", "until"),
    [
        ("2026-11-02 22:30", 21, 9, "2026-11-03 09:00"),
        ("2026-11-03 03:00", 21, 9, "2026-11-03 09:00"),
        ("2026-11-03 09:00", 21, 9, "2026-11-03 09:00"),
        ("2026-11-03 12:10", 21, 9, "2026-11-03 12:10"),
        ("2026-11-03 12:10", 12, 14, "2026-11-03 14:00"),
        ("2026-11-03 22:10", 22, 24, "2026-11-04 00:00"),
        ("2026-11-03 22:10", 0, 0, "2026-11-03 22:10"),
    ],
)
def test_what_may_not_be_said_now_may_be_at_the_end_of_the_quiet_hours(
    at: str, begins: int, ends: int, until: str
) -> None:
    told = quiet_ends(datetime.fromisoformat(at), begins, ends)
    assert told == datetime.fromisoformat(until)
