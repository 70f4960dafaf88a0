"""A member's value is put together from purchases, spend, margin and discount."""

from typing import Any

import numpy as np
import pytest
from tests.know.tags.lifetime.cdnow import WEEK

from regulars.know.tags.lifetime import BgNbd, GammaGamma, Histories, Outlook, outlook
from regulars.know.tags.lifetime.bgnbd import expected_purchases, probability_alive
from regulars.know.tags.lifetime.gamma_gamma import expected_spend

BUYING = BgNbd(r=0.243, alpha=30.9, a=0.793, b=2.426, log_likelihood=0.0, customers=1)
SPENDING = GammaGamma(p=6.25, q=3.74, gamma=1544.0, log_likelihood=0.0, customers=1)
MONTH = 30.4375
HISTORIES = Histories(
    np.array([0, 1, 8]), np.array([0, 30, 200]), np.array([90, 300, 210]), np.array([5, 2, 1])
)
SPENDS = np.array([0.0, 2500.0, 9900.0])


def looked(**changes: Any) -> Outlook:
    asked = {"months": 12, "month": MONTH, "monthly_discount": 0.01, "margin": 0.3} | changes
    return outlook(BUYING, SPENDING, HISTORIES, SPENDS, **asked)


def expected(days: float) -> Any:
    return expected_purchases(BUYING, *_columns(), days)


def test_an_outlook_tells_what_the_models_tell() -> None:
    found = looked()
    assert found.alive == pytest.approx(probability_alive(BUYING, *_columns()))
    assert found.purchases == pytest.approx(expected(12 * MONTH))
    assert found.spend == pytest.approx(expected_spend(SPENDING, HISTORIES.frequency, SPENDS))


def test_each_months_margin_is_discounted_from_its_end() -> None:
    found = looked(months=3)
    ends = [0.0, *(expected(MONTH * number) for number in (1, 2, 3))]
    bought = sum((ends[k] - ends[k - 1]) / 1.01**k for k in (1, 2, 3))
    assert found.value == pytest.approx(bought * found.spend * 0.3)


def test_without_a_discount_the_value_is_purchases_by_spend() -> None:
    found = looked(monthly_discount=0.0, margin=1.0)
    assert found.value == pytest.approx(found.purchases * found.spend)


def test_the_unit_of_time_does_not_matter() -> None:
    weeks = Histories(
        HISTORIES.frequency, HISTORIES.recency / WEEK, HISTORIES.age / WEEK, HISTORIES.members
    )
    model = BgNbd(BUYING.r, BUYING.alpha / WEEK, BUYING.a, BUYING.b, 0.0, 1)
    found = outlook(
        model, SPENDING, weeks, SPENDS,
        months=12, month=MONTH / WEEK, monthly_discount=0.01, margin=0.3,
    )  # fmt: skip
    assert found.value == pytest.approx(looked().value)


def test_no_months_are_refused() -> None:
    with pytest.raises(ValueError, match="no time to come"):
        looked(months=0)


def _columns() -> tuple[Any, Any, Any]:
    return HISTORIES.frequency, HISTORIES.recency, HISTORIES.age
