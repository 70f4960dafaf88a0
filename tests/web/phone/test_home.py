import gzip
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from tests.web.phone.conftest import MakeLead

from regulars.ground.accounts.models import User
from regulars.web.parts.blocks.filling import first_day

Role = User.Role
MOST_BYTES = 60_000

SignIn = Callable[..., Client]


@pytest.mark.parametrize("address", ["/m/", "/m/leads/", "/m/team/", "/m/members/M1/"])
@pytest.mark.usefixtures("chain_of_two")
def test_the_first_load_is_under_sixty_kilobytes_over_the_wire(
    sign_in: SignIn, address: str, make_lead: MakeLead
) -> None:
    make_lead("M1")
    for number in range(29):
        make_lead(None, reason=f"Task number {number} of a long morning")
    page = sign_in(Role.STORE_MANAGER, node="S1").get(address).content
    names = re.findall(r'(?:src|href)="/static/([^"?#]+)', page.decode())
    files = {name: finders.find(name) for name in names}
    if missing := [name for name, path in files.items() if not path]:
        pytest.skip(f"not installed: {', '.join(missing)} (make setup)")
    sizes = [len(gzip.compress(Path(path).read_bytes())) for path in files.values()]
    assert len(gzip.compress(page)) + sum(sizes) <= MOST_BYTES
    assert not [name for name in names if "echarts" in name or "tabler" in name]


@pytest.mark.usefixtures("chain_of_two")
def test_a_store_manager_sees_the_own_stores_number(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.ground.kit.clock.today", lambda: date(2020, 2, 29))
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    assert "Oak Street" in manager.get("/m/").content.decode()
    assert "¥305.05" in manager.get("/m/blocks/month/").content.decode()


@pytest.mark.usefixtures("chain_of_two")
def test_an_unknown_period_falls_back_to_the_month(sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS)
    page = client.get("/m/blocks/month/", {"period": "century"}).content.decode()
    (chosen,) = re.findall(r'href="/m/\?period=(\w+)"[^>]*aria-current="page"', page)
    assert chosen == "month"


@pytest.mark.usefixtures("chain_of_two")
def test_a_period_of_the_address_is_that_of_the_block_fetched_later(sign_in: SignIn) -> None:
    page = sign_in(Role.OPERATIONS).get("/m/", {"period": "year"}).content.decode()
    assert 'hx-get="/m/blocks/month/?period=year"' in page


def test_the_year_begins_in_january(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.ground.kit.clock.today", lambda: date(2020, 2, 29))
    assert first_day("year") == date(2020, 1, 1)
