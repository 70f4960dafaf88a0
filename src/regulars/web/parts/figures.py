"""Numbers as people read them: short on the page, exact on hover and in exports.

Chinese counts in 万 and 亿, English in K, M and B. Values are integers or Fractions; nothing here
is rounded but what is shown.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Number = int | Fraction | Decimal
MINUS = "−"
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$"}
CENTS = 100
SHOW_CENTS_BELOW = 1000


@dataclass(frozen=True)
class Figure:
    """`short` is shown; `exact` is told on hover."""

    short: str
    exact: str


@dataclass(frozen=True)
class Step:
    """From `least` on a number is shown as a multiple of `size`."""

    least: int
    size: int
    suffix: str
    places: int


YI = Step(10**8, 10**8, "亿", 2)
WAN = Step(10**4, 10**4, "万", 1)
WAN_OF_MANY = Step(10**5, 10**4, "万", 1)
BILLION = Step(10**9, 10**9, "B", 2)
MILLION = Step(10**6, 10**6, "M", 2)
THOUSAND = Step(10**4, 10**3, "K", 1)
THOUSAND_OF_MANY = Step(10**5, 10**3, "K", 1)

MONEY_STEPS = {True: (YI, WAN), False: (BILLION, MILLION, THOUSAND)}
COUNT_STEPS = {True: (YI, WAN_OF_MANY), False: (BILLION, MILLION, THOUSAND_OF_MANY)}


def money(cents: Number, currency: str, *, chinese: bool, signed: bool = False) -> Figure:
    """An amount in minor units: `¥312.4万`, exactly `¥3,124,000.00`."""
    symbol = symbol_of(currency)
    major = Fraction(cents) / CENTS
    places = 2 if abs(major) < SHOW_CENTS_BELOW else 0
    sign = _sign(cents, always=signed)
    short = _shortened(abs(major), MONEY_STEPS[chinese]) or rounded(abs(major), places)
    return Figure(f"{sign}{symbol}{short}", f"{sign}{symbol}{rounded(abs(major), 2)}")


def symbol_of(currency: str) -> str:
    return SYMBOLS.get(currency, f"{currency} ")


def count(number: Number, *, chinese: bool, signed: bool = False) -> Figure:
    """How many: whole up to a hundred thousand, then shortened."""
    sign = _sign(number, always=signed)
    exact = rounded(abs(Fraction(number)), 0)
    short = _shortened(abs(Fraction(number)), COUNT_STEPS[chinese]) or exact
    return Figure(sign + short, sign + exact)


def rate(share: Number) -> Figure:
    """A share of one as per cent with one decimal."""
    hundredfold = abs(Fraction(share)) * 100
    sign = _sign(share)
    return Figure(f"{sign}{rounded(hundredfold, 1)}%", f"{sign}{rounded(hundredfold, 4)}%")


def ratio(quotient: Number) -> Figure:
    """So many of one for each of another: 3.42 tickets a buyer."""
    sign, size = _sign(quotient), abs(Fraction(quotient))
    return Figure(sign + rounded(size, 2), sign + rounded(size, 6))


def rounded(number: Number, places: int) -> str:
    """Half up, with thousands separators."""
    value = Fraction(number)
    step = Decimal(1).scaleb(-places)
    scaled = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{scaled.quantize(step, ROUND_HALF_UP):,}"


def _shortened(size: Fraction, steps: tuple[Step, ...]) -> str | None:
    for step in steps:
        nearly = Fraction(step.size, 2 * 10**step.places)
        if size + nearly >= step.least:
            return rounded(size / step.size, step.places) + step.suffix
    return None


def _sign(number: Number, *, always: bool = False) -> str:
    if number < 0:
        return MINUS
    return "+" if always and number > 0 else ""
