"""The demo's plan stands on what is known of its chain."""

from datetime import date
from fractions import Fraction

import pytest
from tests.kept_chain import stand_on
from tests.web.conftest import PASSWORD, bring_chain_of_two

from regulars.demo.plans import make_plan_in_force
from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.service import ensure_head_office
from regulars.ground.warehouse.engine import Engine
from regulars.understand.metrics.service import Period, Question
from regulars.understand.targets.models import Plan
from regulars.understand.targets.service import find_target_cents

SOLD_CENTS = 475_05


@pytest.fixture(autouse=True)
def _chain(warehouse: Engine) -> None:
    """Sold in January and February 2020."""
    stand_on("chain of two", bring_chain_of_two, warehouse)
    accounts.create_user(None, "hq", PASSWORD, User.Role.OPERATIONS)


@pytest.mark.parametrize(
    ("today", "name", "period"),
    [
        (date(2021, 2, 20), "2021", Period(date(2021, 1, 1), date(2022, 1, 1))),
        (date(2020, 5, 1), "2020 Q2", Period(date(2020, 4, 1), date(2020, 7, 1))),
    ],
)
def test_it_grows_the_year_before_or_else_the_quarter_before(
    monkeypatch: pytest.MonkeyPatch, today: date, name: str, period: Period
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    make_plan_in_force()
    make_plan_in_force()
    assert Plan.objects.get().name == name
    question = Question(ensure_head_office(), period)
    assert find_target_cents(question) == round(SOLD_CENTS * Fraction(108, 100))


def test_without_a_past_there_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2020, 2, 6))
    make_plan_in_force()
    assert not Plan.objects.exists()
