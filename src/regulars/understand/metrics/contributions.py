"""How much of a change each factor brought, exact to the cent.

Shapley values over the factors of a product, in exact fractions, rounded to cents by largest
remainder so that they add up to the change. Chain substitution (连环替代法) is exact too, but
depends on the order, which is part of the answer.
"""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import factorial, floor, prod


class Method(StrEnum):
    """How a change is shared out among the factors: by no order, or one after the other from the
    first to the last, or from the last to the first."""

    SHAPLEY = "shapley"
    CHAIN = "chain"
    CHAIN_REVERSED = "chain_reversed"


def contributions(
    before: Sequence[Fraction], after: Sequence[Fraction], method: Method
) -> list[Fraction]:
    """Each factor's contribution to `prod(after) - prod(before)`; they add up to it."""
    if method is Method.SHAPLEY:
        return shapley(before, after)
    order = range(len(before))
    return substitution(before, after, order if method is Method.CHAIN else order[::-1])


def shapley(before: Sequence[Fraction], after: Sequence[Fraction]) -> list[Fraction]:
    """Each factor's contribution to `prod(after) - prod(before)`.

    Averages, over every order in which the factors could have changed, what the change of this
    one brought. The products of the others are read off the coefficients of
    `Π (before_j + after_j · x)`: that of x^k sums all ways in which k of them have changed.
    """
    count = len(before)
    shares = [
        Fraction(factorial(k) * factorial(count - 1 - k), factorial(count)) for k in range(count)
    ]
    found = []
    for index in range(count):
        others = [(b, a) for j, (b, a) in enumerate(zip(before, after, strict=True)) if j != index]
        sums = _changed_products(others)
        average = sum((share * each for share, each in zip(shares, sums, strict=True)), Fraction())
        found.append((after[index] - before[index]) * average)
    return found


def substitution(
    before: Sequence[Fraction], after: Sequence[Fraction], order: Sequence[int]
) -> list[Fraction]:
    """Contributions when the factors change one after another in `order` (indexes)."""
    now = list(before)
    found = [Fraction()] * len(before)
    for index in order:
        earlier = prod(now, start=Fraction(1))
        now[index] = after[index]
        found[index] = prod(now, start=Fraction(1)) - earlier
    return found


def to_cents(amounts: Sequence[Fraction]) -> list[int]:
    """Whole cents with the same sum: largest remainder, the first of equals first.

    The sum of `amounts` must be a whole number; ValueError if not.
    """
    total = sum(amounts, Fraction())
    if total.denominator != 1:
        raise ValueError(f"amounts add up to {total}, which is not whole")
    cents = [floor(amount) for amount in amounts]
    missing = int(total) - sum(cents)
    by_remainder = sorted(range(len(amounts)), key=lambda i: cents[i] - amounts[i])
    for index in by_remainder[:missing]:
        cents[index] += 1
    return cents


def _changed_products(pairs: Sequence[tuple[Fraction, Fraction]]) -> list[Fraction]:
    coefficients = [Fraction(1)]
    for before, after in pairs:
        shifted = [Fraction(), *(after * each for each in coefficients)]
        kept = [*(before * each for each in coefficients), Fraction()]
        coefficients = [a + b for a, b in zip(kept, shifted, strict=True)]
    return coefficients
