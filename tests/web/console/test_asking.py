"""How what is asked about is shown: the period, the channel."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import translation
from tests.web.console.test_pages import FEBRUARY, text

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.know.orders.service import channel_name

Role = User.Role
SignIn = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("chain_of_two")


def test_a_channel_is_called_as_people_call_it_and_others_as_the_chain_does(
    sign_in: SignIn,
) -> None:
    hq = sign_in(Role.OPERATIONS)
    english = text(hq, "metrics", axis="channel", channel="store", **FEBRUARY)
    assert '<span class="subject">Store</span>' in english
    other = text(hq, "metrics", axis="channel", channel="kiosk", **FEBRUARY)
    assert '<span class="subject">kiosk</span>' in other
    assert "Nothing was sold through “kiosk” in these days." in other
    assert '<option value="kiosk" selected>' in other
    assert "Nothing was sold through" not in english
    with translation.override("zh-hans"):
        assert (channel_name("live"), channel_name("kiosk")) == ("直播", "kiosk")


def test_of_periods_with_the_same_days_the_shortest_is_marked(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2020, 1, 31))
    page = text(sign_in(Role.OPERATIONS), "metrics", **{"from": "2020-01-01", "to": "2020-01-31"})
    assert re.findall(r'btn-sm active" aria-current="true"[^>]*>([^<]+)<', page) == ["This month"]
