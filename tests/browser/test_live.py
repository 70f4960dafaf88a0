"""An order is posted, and open pages show it without being loaded again."""

import http.client
import json
import time
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.conftest import DESK, PHONE
from tests.browser.system import DemoSystem
from tests.browser.visitor import CHINESE, Visit, Visitor, cents

SOON_MS = 10_000
LAST_DAY = "2017-12-31"
ORDER_CENTS = 1_234


def post_order(system: DemoSystem, store: str) -> None:
    """One order of the demo's last day, as another system posts it."""
    _status, products = system.get("/api/v1/products?limit=1", system.token("hq"))
    order: dict[str, Any] = {
        "order_id": f"LIVE-{time.time_ns()}",
        "sold_at": f"{LAST_DAY}T21:30:00+08:00",
        "store_id": store,
        "lines": [
            {
                "product_id": products["items"][0]["product_id"],
                "quantity": 1,
                "net_cents": ORDER_CENTS,
            }
        ],
    }
    body = json.dumps({"records": [order]})
    headers = {
        "Authorization": f"Bearer {system.token('hq')}",
        "Content-Type": "application/json",
    }
    with closing(http.client.HTTPConnection("127.0.0.1", system.port, timeout=20)) as connection:
        connection.request("POST", "/api/v1/orders", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
    assert answer.status == 200, told
    assert told["results"][0]["outcome"] == "accepted", told


def own_store(visitor: Visitor) -> str:
    return str(card(visitor).get_attribute("data-live-of"))


def card(visitor: Visitor) -> Locator:
    return visitor.page.locator("[data-live-of]")


def net(visitor: Visitor) -> Locator:
    return card(visitor).locator('[data-live="net"]')


def opened(visitor: Visitor, address: str) -> int:
    """The number's cents once the stream has told it; the page is marked, to see it stay."""
    visitor.open(address)
    expect(net(visitor)).not_to_have_text("—", timeout=SOON_MS)
    visitor.page.evaluate("window.isThisPage = true")
    return exact_cents(net(visitor))


def exact_cents(number: Locator) -> int:
    return cents(number.get_attribute("title") or number.inner_text())


def becomes(visitor: Visitor, wanted: int) -> bool:
    deadline = time.monotonic() + SOON_MS / 1000
    while exact_cents(net(visitor)) != wanted and time.monotonic() < deadline:
        visitor.page.wait_for_timeout(100)
    return exact_cents(net(visitor)) == wanted and visitor.page.evaluate("window.isThisPage")


@pytest.mark.parametrize(
    ("address", "viewport", "language"), [("/", DESK, "en"), ("/m/", PHONE, CHINESE)]
)
def test_a_number_changes_on_an_open_page(
    visit: Visit, system: DemoSystem, address: str, viewport: dict[str, int], language: str
) -> None:
    manager = visit("store", language, viewport=viewport, is_live=True)
    before = opened(manager, address)
    tickets = card(manager).locator('[data-live="tickets"]').inner_text()
    post_order(system, own_store(manager))
    assert becomes(manager, before + ORDER_CENTS)
    assert card(manager).locator('[data-live="tickets"]').inner_text() != tickets


def test_the_group_hears_of_a_store_and_another_store_does_not(
    visit: Visit, system: DemoSystem
) -> None:
    hq, manager = visit("hq", is_live=True), visit("store", is_live=True)
    group, store = opened(hq, "/"), opened(manager, "/")
    _status, stores = system.get("/api/v1/stores?limit=5", system.token("hq"))
    other = next(s["store_id"] for s in stores["items"] if s["store_id"] != own_store(manager))
    post_order(system, other)
    assert becomes(hq, group + ORDER_CENTS)
    assert exact_cents(net(manager)) == store


def test_two_tabs_of_a_browser_share_one_stream(visit: Visit, system: DemoSystem) -> None:
    first = visit("store", is_live=True)
    before = opened(first, "/")
    asked: list[str] = []
    second = first.page.context.new_page()
    second.on("request", lambda request: asked.append(request.url))
    second.goto(system.url + "/")
    post_order(system, own_store(first))
    assert becomes(first, before + ORDER_CENTS)
    expect(second.locator('[data-live="net"]')).to_have_text(net(first).inner_text())
    assert not [url for url in asked if "/live/" in url]
    # The tab that held the stream is closed: the other one takes over.
    first.page.close()
    shown = exact_cents(second.locator('[data-live="net"]'))
    second.wait_for_timeout(500)
    post_order(system, str(second.locator("[data-live-of]").get_attribute("data-live-of")))
    deadline = time.monotonic() + SOON_MS / 1000
    while exact_cents(second.locator('[data-live="net"]')) == shown:
        assert time.monotonic() < deadline
        second.wait_for_timeout(100)
    assert exact_cents(second.locator('[data-live="net"]')) == shown + ORDER_CENTS
    assert [url for url in asked if "/live/" in url]
