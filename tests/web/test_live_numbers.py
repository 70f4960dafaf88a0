"""The live number on the pages: painted at once, and told where it goes on."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.understand.live.counting import EVERYTHING, count

Role = User.Role
TODAY = date(2020, 2, 5)
SignIn = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("chain_of_two")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def figure(page: str, name: str) -> str:
    found = re.search(rf'data-live="{name}"[^>]*>([^<]*)<', page)
    assert found, name
    return found[1]


@pytest.mark.parametrize("address", ["/", "/m/"])
def test_the_first_paint_shows_the_number_of_the_own_place(sign_in: SignIn, address: str) -> None:
    count(TODAY, EVERYTHING)
    for role, node, net in ((Role.OPERATIONS, None, "¥70.00"), (Role.STORE_MANAGER, "S1", "¥0.00")):
        page = sign_in(role, node=node).get(address).content.decode()
        assert figure(page, "net") == net
        assert f"/live/?org={node or 'HQ'}" in page
        assert "live.js" in page


@pytest.mark.parametrize("address", ["/", "/m/"])
def test_a_number_that_was_never_counted_is_a_dash_and_not_nought(
    sign_in: SignIn, address: str
) -> None:
    page = sign_in(Role.OPERATIONS).get(address).content.decode()
    assert figure(page, "net") == "—"


def test_without_comparable_days_the_pace_says_why_it_is_not_known(sign_in: SignIn) -> None:
    count(TODAY, EVERYTHING)
    page = sign_in(Role.OPERATIONS).get("/").content.decode()
    assert figure(page, "pace") == "—"
    assert "Fewer than four comparable days are known." in page


def test_whoever_sees_some_goods_alone_has_no_number_of_a_whole_place(sign_in: SignIn) -> None:
    count(TODAY, EVERYTHING)
    client = sign_in(Role.CATEGORY_MANAGER, category_codes=["Baby"])
    for address in ("/", "/m/"):
        assert "data-live" not in client.get(address).content.decode()


def test_the_words_are_those_of_the_persons_language(sign_in: SignIn) -> None:
    count(TODAY, EVERYTHING)
    page = sign_in(Role.OPERATIONS, language="en").get("/").content.decode()
    assert "Sales of today" in page
