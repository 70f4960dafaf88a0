"""A segment clicked together, compared with the rest, saved, and its members found."""

import http.client
import json
import re
import time

from playwright.sync_api import Route
from tests.browser.system import DemoSystem
from tests.browser.visitor import CHINESE, Visit, Visitor, exact
from tests.ground.processes.harness import eventually

SLOW_SECONDS = 0.5
PHONE = {"width": 390, "height": 844}
MEANT = "spend_365d >= 300.00 and (orders_90d >= 5 or not orders_30d >= 3)"


def counted(system: DemoSystem, text: str) -> int:
    """What the API counts; 0 as long as the tags are not computed."""
    connection = http.client.HTTPConnection("127.0.0.1", system.port, timeout=20)
    headers = {"Authorization": f"Bearer {system.token('hq')}", "Content-Type": "application/json"}
    try:
        body = json.dumps({"text": text})
        connection.request("POST", "/api/v1/segments/preview", body, headers)
        return int(json.loads(connection.getresponse().read()).get("count", 0))
    finally:
        connection.close()


def fill(visitor: Visitor, name: str, value: str) -> None:
    """Write into a field of the builder and go on with the keyboard; the counts come back."""
    field = visitor.page.locator(f'[name="{name}"]')
    if field.evaluate("field => field.tagName") == "SELECT":
        with visitor.page.expect_response("**/segments/**"):
            field.select_option(value)
    else:
        field.fill(value)
        with visitor.page.expect_response("**/segments/**"):
            field.press("Tab")
    visitor.settle()


def late(route: Route) -> None:
    time.sleep(SLOW_SECONDS)
    route.continue_()


def press(visitor: Visitor, button: str) -> None:
    """The button of the innermost group."""
    group = visitor.page.locator("fieldset.segment-group").last
    with visitor.page.expect_response("**/segments/**"):
        group.get_by_role("button", name=button, exact=True).last.click()
    visitor.settle()


def test_a_segment_is_clicked_together_compared_saved_and_its_members_found(
    visit: Visit, system: DemoSystem
) -> None:
    eventually(lambda: counted(system, MEANT) > 0)
    hq = visit("hq")
    hq.open("/segments/new/")
    fill(hq, "tag@0", "Spend, 365 days")
    fill(hq, "value@0", "300.00")
    press(hq, "+ Group")
    fill(hq, "tag@1.0", "Purchases, 90 days")
    fill(hq, "value@1.0", "5")
    press(hq, "+ Group")
    fill(hq, "kind@1.2", "none")
    fill(hq, "tag@1.2.0", "orders_30d")
    fill(hq, "value@1.2.0", "3")
    assert hq.page.evaluate("document.activeElement !== document.body")
    found = hq.page.locator("#found")
    assert hq.page.locator("[name=written]").input_value() == MEANT
    size = int(exact(found).replace(",", ""))
    assert size == counted(system, MEANT)
    hq.find("button", "Compare").click()
    compared = hq.find("table", "What tells them from the rest")
    compared.wait_for()
    assert "Spend, 365 days" in compared.inner_text()
    hq.page.get_by_label("Name", exact=True).fill("Steady ones")
    hq.page.get_by_label("Code", exact=True).fill("steady")
    hq.find("button", "Save").click()
    hq.page.wait_for_url("**/segments/steady/")
    assert int(exact(hq.page.locator("#size")).replace(",", "")) == size
    member = hq.table_column("Number")[0]
    hq.find("searchbox", "Filter this table").fill(member)
    hq.page.wait_for_url(re.compile("find="))
    hq.settle()
    assert hq.table_column("Number") == [member]
    phone = visit("hq", CHINESE, viewport=PHONE)
    for path in ("/segments/steady/", "/segments/steady/change/"):
        phone.open(path)
        phone.settle()
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not phone.page.evaluate(wide)


def test_who_is_faster_than_the_counts_loses_nothing(visit: Visit) -> None:
    hq = visit("hq")
    hq.open("/segments/new/")
    fill(hq, "tag@0", "Spend, 365 days")
    press(hq, "+ Tag")
    fill(hq, "tag@1", "Purchases, 90 days")
    hq.page.route("**/segments/new/", late)
    for name, value in (("value@0", "300.00"), ("value@1", "5"), ("value@0", "310.00")):
        hq.page.locator(f'[name="{name}"]').fill(value)
    hq.find("button", "+ Tag").click()
    hq.settle()
    written = hq.page.locator("[name=written]").input_value()
    assert written == "spend_365d >= 310.00 and orders_90d >= 5"
    assert hq.page.locator('[name="tag@2"]').is_visible()
