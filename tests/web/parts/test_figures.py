from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from regulars.web.parts import figures
from regulars.web.parts.templatetags import figures as tags


@pytest.mark.parametrize(
    ("cents", "short", "exact"),
    [
        (312_400_000, "¥312.4万", "¥3,124,000.00"),
        (12_345_678_901, "¥1.23亿", "¥123,456,789.01"),
        (999_999, "¥1.0万", "¥9,999.99"),
        (123_456, "¥1,235", "¥1,234.56"),
        (-55_346, "−¥553.46", "−¥553.46"),
        (0, "¥0.00", "¥0.00"),
    ],
)
def test_chinese_money_counts_in_wan_and_yi(cents: int, short: str, exact: str) -> None:
    figure = figures.money(cents, "CNY", chinese=True)
    assert (figure.short, figure.exact) == (short, exact)


@pytest.mark.parametrize(
    ("cents", "short"),
    [(312_400_000, "$3.12M"), (42_188_800, "$421.9K"), (123_456, "$1,235"), (10, "$0.10")],
)
def test_english_money_counts_in_thousands_and_millions(cents: int, short: str) -> None:
    assert figures.money(cents, "USD", chinese=False).short == short


def test_a_count_stays_whole_until_a_hundred_thousand() -> None:
    assert figures.count(92_348, chinese=True).short == "92,348"
    assert figures.count(1_469_307, chinese=True).short == "146.9万"
    assert figures.count(1_469_307, chinese=False).short == "1.47M"


def test_a_rate_has_one_decimal_rounded_half_up() -> None:
    assert figures.rate(Fraction(8685, 100_00)).short == "86.9%"
    assert figures.rate(Fraction(-1, 3)).short == "−33.3%"


@given(st.integers(-(10**14), 10**14))
def test_money_on_hover_is_exact_to_the_cent_and_keeps_its_sign(cents: int) -> None:
    exact = figures.money(cents, "CNY", chinese=True).exact
    written = exact.replace("¥", "").replace(",", "").replace(figures.MINUS, "-")
    assert Decimal(written) * 100 == cents


@given(st.integers(0, 10**13), st.booleans())
def test_a_shortened_amount_is_never_off_by_more_than_its_last_digit(
    cents: int, chinese: bool
) -> None:
    short = figures.money(cents, "CNY", chinese=chinese).short.replace("¥", "").replace(",", "")
    sizes = {"亿": 10**8, "万": 10**4, "B": 10**9, "M": 10**6, "K": 10**3}
    size = sizes.get(short[-1], 1)
    digits = short[:-1] if size > 1 else short
    places = len(digits.partition(".")[2])
    error = abs(Decimal(digits) * size - Decimal(cents) / 100)
    assert error <= Decimal(size) / 10**places / 2


def test_up_is_said_by_a_mark_and_a_word_not_by_colour_alone() -> None:
    with translation.override("en"):
        shown = tags.change(110, 100)
    assert "▲" in shown
    assert "up</span>" in shown
    assert "10.0%" in shown


def test_a_change_of_a_rate_is_told_in_percentage_points() -> None:
    with translation.override("en"):
        assert "2.5pp" in tags.change(Fraction(45, 100), Fraction(425, 1000), "rate")


def test_what_is_unknown_is_a_dash_that_says_why() -> None:
    shown = tags.figure(None, "rate", "only buyers are recorded")
    assert "—" in shown
    assert "only buyers are recorded" in shown


def test_the_exact_amount_stands_in_the_title() -> None:
    with translation.override("en"):
        assert 'title="¥4,218,880.05"' in tags.money(421_888_005)
