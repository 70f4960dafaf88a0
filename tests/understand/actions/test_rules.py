"""What actions, profit and formulas are reckoned by."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.ground.kit.errors import UserError
from regulars.understand.actions.formulas import Formula
from regulars.understand.actions.rules import (
    Profit,
    break_even_members,
    change_of,
    effect_of,
    factor_of,
    median,
    sensitivity,
)
from regulars.understand.metrics.service import Counts, Tree

cents = st.integers(1, 10**11)
rates = st.fractions(min_value=Fraction(1, 100), max_value=Fraction(99, 100), max_denominator=1000)


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    assert median([4, 1, 3, 2]) == Fraction(5, 2)
    assert median([9, 1, 2]) == 2
    assert median([]) is None


def test_an_action_helped_when_its_factor_went_better_than_where_nobody_acted() -> None:
    others = [(10, 11), (10, 12), (10, 10)]
    helped = effect_of((10, 15), others)
    assert (helped.own, helped.others, helped.ahead) == (
        Fraction(1, 2), Fraction(1, 10), Fraction(2, 5),
    )  # fmt: skip
    assert helped.is_ineffective is False
    assert effect_of((10, 11), others).is_ineffective is True


def test_too_few_comparable_places_say_nothing() -> None:
    alone = effect_of((10, 15), [(10, 11), (0, 5), (None, 4)])
    assert (alone.others, alone.ahead, alone.is_ineffective, alone.count) == (None, None, None, 1)


def test_what_was_nought_before_has_no_rate_of_change() -> None:
    assert change_of(0, 5) is None
    assert change_of(-3, 5) is None
    assert change_of(None, 5) is None


def test_a_factor_of_a_tree_is_that_of_its_part() -> None:
    tree = Tree({"active_old": Counts(10, 5, 6, 7, 8, 900)}, returns=Counts(net_cents=-100))
    assert factor_of(tree, "active_old", "buyers") == Fraction(1, 2)
    assert factor_of(tree, "active_old", "") == 900
    assert factor_of(tree, "", "") == factor_of(tree, "total", "") == 800
    assert factor_of(tree, "total", "buyers") == Fraction(1, 2)
    assert factor_of(tree, "returns", "") == -100
    assert factor_of(tree, "new", "buyers") is None


@given(cents, rates, st.tuples(cents, cents, cents), st.integers(1, 10**6), st.integers(1, 100))
def test_as_many_members_as_break_even_cover_the_costs_and_one_less_does_not(
    net: int, rate: Fraction, costs: tuple[int, int, int], members: int, share: int
) -> None:
    profit = Profit(net, rate, *costs)
    own = max(net * share // 100, 1)
    needed = break_even_members(profit, members, own)
    assert needed is not None

    def earned(count: int) -> Fraction:
        return (net - own + Fraction(own * count, members)) * rate

    assert earned(needed) >= profit.fixed_cents  # type: ignore[operator]
    assert needed == 0 or earned(needed - 1) < profit.fixed_cents  # type: ignore[operator]


@given(cents, rates, cents, cents, cents)
def test_profit_moves_by_what_its_sensitivity_says(
    net: int, rate: Fraction, staff: int, rent: int, marketing: int
) -> None:
    profit = Profit(net, rate, staff, rent, marketing)
    gains = sensitivity(profit, net, Fraction(1, 100))
    assert profit.profit_cents is not None
    more = Fraction(net) * Fraction(101, 100)
    assert gains["members"] == more * rate - net * rate
    # Price: all of the additional sales are earned, the goods cost what they cost.
    assert gains["net_cents"] == (more - net * (1 - rate)) - net * rate
    assert gains["rent"] == Fraction(rent, 100)


def test_what_is_not_known_makes_unknown_what_stands_on_it() -> None:
    profit = Profit(100_000, None, 1, 2, None)
    assert profit.margin_cents is None
    assert profit.fixed_cents is None
    assert profit.profit_cents is None
    assert break_even_members(profit, 10, 100) is None
    gains = sensitivity(profit, 100_000, Fraction(1, 100))
    assert gains["members"] is None
    assert gains["marketing"] is None
    assert gains["net_cents"] == 1_000


def test_a_formula_is_exact_and_unknown_where_a_metric_is() -> None:
    formula = Formula("(net_sales - 100) / new_members * 0.1")
    assert formula.metrics == {"net_sales", "new_members"}
    assert formula.value({"net_sales": 400, "new_members": 9}) == Fraction(10, 3)
    assert formula.value({"net_sales": 400, "new_members": None}) is None
    assert formula.value({"net_sales": 400, "new_members": 0}) is None
    assert Formula("retention").unit == "rate"
    assert Formula("1 - retention").unit == "ratio"


@pytest.mark.parametrize(
    "text",
    ["", "profits", "__import__('os')", "retention.real", "retention ** 9", "f(retention)",
     "[retention]", "retention if 1 else 2", "'a' + 'b'", "((((", "lambda: 1", "1 @ 2", "True"],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(UserError) as refused:
        Formula(text)
    assert refused.value.field == "formula"


@given(st.text(max_size=40))
def test_no_text_does_more_than_be_a_formula_or_be_refused(text: str) -> None:
    try:
        Formula(text).value({})
    except UserError as refused:
        assert refused.field == "formula"
