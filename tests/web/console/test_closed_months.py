"""The page of a closed month says so, and shows it as it was."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.conftest import line

from regulars.ground.accounts.models import User
from regulars.know.collect.service import receive
from regulars.know.loader.service import load_waiting
from regulars.understand.metrics.service import close_month, month_named

FEBRUARY = {"from": "2020-02-01", "to": "2020-02-29"}
AS_CLOSED = FEBRUARY | {"state": "closed"}
pytestmark = pytest.mark.usefixtures("chain_of_two")
SignIn = Callable[..., Client]


@pytest.fixture
def hq(sign_in: SignIn) -> Client:
    return sign_in(User.Role.OPERATIONS)


@pytest.fixture
def late_ticket(chain_of_two: None) -> None:
    close_month(month_named("2020-02"))
    record = line("O9", "2020-02-20", "S1", "M1", 10_000)
    receive("lines", source="test", body={"records": [record]})
    load_waiting()


def page(client: Client, **query: str) -> str:
    answer = client.get(reverse("metrics"), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("late_ticket")
def test_it_is_shown_as_known_now_and_as_closed_one_tap_away(hq: Client) -> None:
    now, closed = page(hq, **FEBRUARY), page(hq, **AS_CLOSED)
    assert "¥475.05" in now
    assert "As it was closed" in now
    assert "¥375.05" in closed
    assert "As it is known now" in closed
    assert "axis=brand" not in closed


def test_a_month_that_was_not_closed_says_nothing_and_cannot_be_asked_for(hq: Client) -> None:
    assert "closed" not in page(hq, **FEBRUARY)
    refused = hq.get(reverse("metrics"), AS_CLOSED)
    assert refused.status_code == 400
    assert "Only closed months" in refused.content.decode()


@pytest.mark.usefixtures("late_ticket")
def test_a_store_manager_sees_the_closed_month_of_the_own_store(sign_in: SignIn) -> None:
    manager = sign_in(User.Role.STORE_MANAGER, node="S1")
    assert "¥305.05" in page(manager, **AS_CLOSED)
    assert manager.get(reverse("metrics"), AS_CLOSED | {"org": "S2"}).status_code == 403
