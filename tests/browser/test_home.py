"""The first page in one's own order, and how a day began and ended."""

from playwright.sync_api import Locator
from tests.browser.conftest import PHONE
from tests.browser.visitor import Visit, Visitor

TARGET = "Target"


def test_what_was_arranged_on_the_phone_stands_so_at_the_desk_and_can_be_taken_back(
    visit: Visit,
) -> None:
    phone, desk = visit("region", viewport=PHONE), visit("region")
    phone.open("/m/")
    phone.find("link", "Arrange this page").click()
    phone.settle()
    shown = order_of(phone)
    press(phone, f"Hide: {TARGET}")
    press(phone, f"Down: {shown[0]}")
    assert order_of(phone)[:2] == [shown[1], shown[0]]

    desk.open("/")
    desk.settle()
    assert block(desk, TARGET).count() == 0
    desk.open("/arrange/")
    press(desk, f"Show it: {TARGET}")
    desk.find("button", "As usual").click()
    desk.settle()
    assert [name for name in order_of(desk) if name in shown] == shown
    desk.open("/")
    desk.settle()
    assert block(desk, TARGET).is_visible()


def test_a_store_reads_yesterday_in_the_morning_and_today_in_the_evening(visit: Visit) -> None:
    store = visit("store", viewport=PHONE)
    store.open("/m/briefing/")
    morning = store.page.locator(".hero").inner_text()
    store.find("link", "Closing").click()
    store.settle()
    evening = store.page.locator(".hero").inner_text()
    store.page.locator("[rel=prev]").click()
    store.settle()
    assert store.page.locator(".hero").inner_text() == morning != evening
    assert store.page.locator("[rel=next]").is_visible()


def press(visitor: Visitor, name: str) -> None:
    visitor.find("button", name).click()
    visitor.settle()


def order_of(visitor: Visitor) -> list[str]:
    return visitor.page.locator("ol.arrange .arrange-name").all_inner_texts()


def block(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("heading", name=name, exact=True)
