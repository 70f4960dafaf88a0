"""Sums of a ticket: every cent is somewhere, and nowhere twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.act.pos import rules
from regulars.act.pos.inbox import quantity_of
from regulars.act.pos.offers import Offer, read_offer
from regulars.ground.kit.errors import UserError

CENTS = st.integers(0, 10**9)
MILLI = st.integers(1, 10**7)
NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


@given(st.lists(CENTS, min_size=1, max_size=40), st.data())
def test_a_discount_is_shared_out_to_the_cent_and_no_line_goes_below_nothing(
    weights: list[int], data: st.DataObject
) -> None:
    cents = data.draw(st.integers(0, sum(weights)))
    shares = rules.spread(cents, weights)
    assert sum(shares) == cents
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=40), CENTS)
def test_a_share_is_within_a_cent_of_what_is_due(weights: list[int], cents: int) -> None:
    shares, whole = rules.spread(cents, weights), sum(weights)
    assert all(
        abs(share * whole - cents * weight) < whole
        for share, weight in zip(shares, weights, strict=True)
    )


def test_of_equal_lines_the_earlier_bear_the_odd_cents() -> None:
    assert rules.spread(5, [100, 100, 100]) == [2, 2, 1]


def test_nothing_can_be_taken_off_what_costs_nothing() -> None:
    assert rules.spread(0, [0, 0]) == [0, 0]


@given(CENTS, st.lists(MILLI, min_size=1, max_size=12))
def test_a_line_that_comes_back_in_parts_brings_back_what_was_paid(
    cents: int, parts: list[int]
) -> None:
    whole, before, back = sum(parts), 0, 0
    for milli in parts:
        refund = rules.refund_of(cents, whole, before, milli)
        assert refund >= 0
        before, back = before + milli, back + refund
    assert back == cents


@given(st.integers(0, 10**7), MILLI)
def test_a_price_times_a_quantity_is_rounded_once_half_a_cent_upwards(
    price: int, milli: int
) -> None:
    gross = rules.gross_of(price, milli)
    assert -500 <= price * milli - gross * 1000 < 500


@given(CENTS, CENTS)
def test_change_is_what_was_given_beyond_what_was_due(due: int, more: int) -> None:
    assert rules.change_of("cash", due, due + more) == more


def test_too_little_money_is_refused_and_only_cash_gives_change() -> None:
    with pytest.raises(UserError, match="Less was given"):
        rules.change_of("cash", 100, 99)
    with pytest.raises(UserError, match="cash alone"):
        rules.change_of("wechat", 100, 101)
    assert rules.change_of("wechat", 100, 100) == 0


@pytest.mark.parametrize(
    ("told", "is_believed"),
    [
        (NOW - timedelta(days=6), True),
        (NOW + timedelta(minutes=4), True),
        (NOW - timedelta(days=8), False),
        (NOW + timedelta(hours=1), False),
        (datetime(2026, 3, 4, 5, 6), False),  # noqa: DTZ001 - what has no offset is not believed
        (None, False),
    ],
)
def test_a_clock_of_a_till_is_believed_within_reason(
    told: datetime | None, is_believed: bool
) -> None:
    assert rules.moment_of(told, NOW) == (told if is_believed else NOW)


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("满200减30", Offer(least_cents=20_000, off_cents=3_000)),
        ("满 199.9 元, 减 20.5 元券", Offer(least_cents=19_990, off_cents=2_050)),
        ("立减15", Offer(off_cents=1_500)),
        ("85折", Offer(off_percent=15)),
        ("8.5折", Offer(off_percent=15)),
        ("9折券", Offer(off_percent=10)),
        ("10% off", Offer(off_percent=10)),
        ("30 off 200", Offer(least_cents=20_000, off_cents=3_000)),
        ("SPRING-CARE", None),
        ("", None),
    ],
)
def test_a_coupon_says_what_it_takes_off(text: str, offer: Offer | None) -> None:
    assert read_offer(text) == offer


@given(st.text(max_size=60))
def test_any_text_of_a_coupon_can_be_read_or_not(text: str) -> None:
    offer = read_offer(text)
    assert offer is None or 0 <= offer.off_percent <= 100


@given(CENTS, CENTS, CENTS, st.integers(0, 100))
def test_an_offer_never_takes_off_more_than_the_ticket(
    cents: int, least: int, off: int, percent: int
) -> None:
    taken = Offer(least, off, percent).taken_off(cents)
    assert 0 <= taken <= cents
    assert taken == 0 or cents >= least


@pytest.mark.parametrize(
    ("milli", "text"), [(1000, "1"), (1500, "1.5"), (-2000, "-2"), (-250, "-0.25"), (1, "0.001")]
)
def test_thousandths_are_written_as_people_write_them(milli: int, text: str) -> None:
    assert quantity_of(milli) == text
