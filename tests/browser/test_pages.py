"""Every page in both languages: no fault in the console, nothing wider than its window."""

from typing import Any

import pytest
from tests.browser.conftest import DESK, PHONE
from tests.browser.visitor import CHINESE, ENGLISH, Visit, Visitor

ADDRESSES = (
    "/", "/metrics/", "/metrics/?axis=category", "/metrics/?axis=brand", "/metrics/?axis=channel",
    "/metrics/?from=2017-01-01&to=2017-12-31&compare=none", "/members/", "/org/", "/staff/",
    "/catalog/", "/imports/", "/quarantine/", "/users/", "/users/new/", "/audit/", "/health/",
    "/chain/", "/arrange/", "/m/", "/m/?period=year", "/m/arrange/", "/accounts/password/change/",
    "/api/docs",
)  # fmt: skip
LISTS = ("/members/", "/org/", "/staff/", "/catalog/", "/imports/", "/users/")
FIRST_LOAD_BYTES = 60 * 1024
PHONE_ROLES = ("chairman", "store", "consultant", "region", "hq", "brand", "category")


def is_too_wide(visitor: Visitor) -> bool:
    script = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(visitor.page.evaluate(script))


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_every_page_opens_without_a_fault(visit: Visit, language: str) -> None:
    admin = visit("admin", language)
    for address in ADDRESSES:
        assert admin.open(address).status == 200, address
        if not address.startswith("/api/"):
            assert not is_too_wide(admin), address
            assert admin.page.locator("html").get_attribute("lang") == language, address


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_every_list_leads_to_a_page_of_its_first_row(visit: Visit, language: str) -> None:
    admin = visit("admin", language)
    for address in LISTS:
        admin.open(address)
        admin.rows.first.get_by_role("link").first.click()
        admin.settle()
        assert admin.page.get_by_role("alert").count() == 0, admin.page.url
        assert not is_too_wide(admin), admin.page.url


def test_a_page_that_is_not_there_says_so(visit: Visit) -> None:
    admin = visit("admin", forgives=(404,))
    for address in ("/nothing/", "/members/nobody/", "/catalog/nothing/", "/imports/999999/"):
        assert admin.open(address).status == 404
        assert "There is nothing here" in admin.page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("username", PHONE_ROLES)
@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_the_phone_page_fits_a_phone_and_comes_in_60_kilobytes(
    visit: Visit, username: str, language: str
) -> None:
    phone = visit(username, language, viewport=PHONE, is_mobile=True, has_touch=True)
    received = bytes_received(phone)
    assert phone.open("/m/").status == 200
    assert not is_too_wide(phone)
    assert 0 < sum(received) <= FIRST_LOAD_BYTES
    for target in phone.page.locator("a:visible, button:visible, summary:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.inner_text()


def test_the_phone_and_the_desk_show_the_same_number(visit: Visit) -> None:
    phone = visit("store", viewport=PHONE, is_mobile=True)
    phone.open("/m/")
    shown = phone.page.locator("#block-month .hero .num").get_attribute("title")
    desk = visit("store", viewport=DESK)
    desk.open("/metrics/")
    assert desk.region("Net sales").locator(".hero .num").get_attribute("title") == shown


def bytes_received(visitor: Visitor) -> list[int]:
    """Bytes over the wire of everything that loads from now on, with an empty cache."""
    received: list[int] = []
    wire = visitor.page.context.new_cdp_session(visitor.page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def count(event: dict[str, Any]) -> None:
        received.append(int(event["encodedDataLength"]))

    wire.on("Network.loadingFinished", count)
    return received
