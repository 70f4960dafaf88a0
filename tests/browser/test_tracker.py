"""Our tracker in a real page: what it sends, what it keeps back, and what it never says."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser.shop import TRACKER, Shop, open_shop
from tests.browser.system import DemoSystem
from tests.browser.visitor import Visit, Visitor
from tests.ground.processes.harness import eventually

LARGEST = 5 * 1024
STORED = "Object.keys(localStorage).filter(name => name.startsWith('regulars.'))"
Open = Callable[..., Page]


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as shop:
        yield shop


@pytest.fixture
def someone(chromium: Browser, shop: Shop) -> Iterator[Callable[[], BrowserContext]]:
    """`someone()` is a browser of one more person, with a storage of its own."""
    contexts: list[BrowserContext] = []

    def enter() -> BrowserContext:
        contexts.append(chromium.new_context(locale="zh-CN"))
        return contexts[-1]

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def visit_shop(someone: Callable[[], BrowserContext], shop: Shop) -> Open:
    """`visit_shop("/cart")` is a page of the shop before somebody new."""

    def enter(path: str = "/", person: BrowserContext | None = None) -> Page:
        page = (person or someone()).new_page()
        page.goto(path if path.startswith("http") else shop.url + path)
        return page

    return enter


def until(page: Page, is_so: Callable[[], Any]) -> None:
    """Wait with the browser alive: its timers stand still while this thread sleeps."""

    def looked() -> Any:
        page.wait_for_timeout(50)
        return is_so()

    eventually(looked)


def properties_of(event: dict[str, Any], *names: str) -> list[Any]:
    return [event["properties"].get(name) for name in names]


def test_the_tracker_is_small() -> None:
    assert len(gzip.compress(TRACKER.read_bytes(), 9)) <= LARGEST


def test_a_page_view_says_which_page_and_not_what_its_query_holds(
    visit_shop: Open, shop: Shop
) -> None:
    shop.options = 'data-key="k1" data-query="id"'
    page = visit_shop("/p/1?id=7&phone=13812345678&store=S1&consultant=E7&utm_source=wecom")
    until(page, lambda: shop.named("page"))
    (view,) = shop.named("page")
    assert shop.batches[0]["writeKey"] == "k1"
    assert view["name"] == "Shop /p/1"
    assert view["properties"]["$url"] == f"{shop.url}/p/1?id=7"
    assert properties_of(view, "$url_path", "store", "consultant", "$utm_source") == [
        "/p/1", "S1", "E7", "wecom",
    ]  # fmt: skip
    assert "13812345678" not in str(shop.batches)


def test_a_click_says_which_element_its_text_and_its_place_in_a_list(
    visit_shop: Open, shop: Shop
) -> None:
    page = visit_shop("/")
    for pressed in ("#buy b", "li:nth-child(3) button", ".card span", "p", "#phone"):
        page.locator(pressed).click()
    page.get_by_text("Secret").click()
    until(page, lambda: len(shop.named("$WebClick")) >= 4)
    names = ("$element_selector", "$element_path", "$element_content", "$element_position")
    assert [properties_of(click, *names) for click in shop.named("$WebClick")] == [
        ["#buy", "button#buy", "加入 购物车", None],
        [
            "body > main:nth-of-type(1) > section:nth-of-type(1) > ul:nth-of-type(1)"
            " > li:nth-of-type(3) > button:nth-of-type(1)",
            "body > main > section > ul > li > button", "买", 2,
        ],
        [
            "body > main:nth-of-type(1) > div:nth-of-type(1)",
            "body > main > div", "A whole card", None,
        ],
        ["#phone", "input#phone", "Phone", None],
    ]  # fmt: skip
    assert "13812345678" not in str(shop.batches)


def test_leaving_tells_how_long_and_how_far_down_the_page_was_looked_at(
    visit_shop: Open, shop: Shop
) -> None:
    page = visit_shop("/")
    page.mouse.wheel(0, 1_000)
    page.wait_for_function("window.scrollY >= 900")
    page.wait_for_timeout(400)
    page.goto(f"{shop.url}/next")
    until(page, lambda: shop.named("$WebPageLeave"))
    (leave,) = shop.named("$WebPageLeave")
    path, seconds, lowest, depth = properties_of(
        leave, "$url_path", "event_duration", "$viewport_position", "scroll_depth"
    )
    assert path == "/"
    assert 0.3 < seconds < 30
    assert lowest >= 900
    assert 0.3 < depth < 0.9


def test_a_page_that_changes_without_loading_is_another_page_view(
    visit_shop: Open, shop: Shop
) -> None:
    page = visit_shop("/a")
    page.evaluate("history.pushState({}, '', '/b'); history.replaceState({}, '', '/b?x=1')")
    page.wait_for_timeout(100)
    page.evaluate("location.hash = '#/c?token=1'")
    until(page, lambda: len(shop.named("page")) == 3)
    assert [view["properties"]["$url_path"] for view in shop.named("page")] == ["/a", "/b", "/b#/c"]
    assert len(shop.named("$WebPageLeave")) == 2


def test_what_is_refused_for_now_waits_as_long_as_asked_and_comes_once(
    visit_shop: Open, shop: Shop
) -> None:
    exposed = {"Retry-After": "2", "Access-Control-Expose-Headers": "Retry-After"}
    shop.answers = [(503, {}), (429, exposed)]
    page = visit_shop("/")
    page.locator("#buy").click()
    until(page, lambda: shop.refused == 2)
    page.wait_for_timeout(1_000)
    assert not shop.batches
    until(page, lambda: shop.named("$WebClick"))
    page.wait_for_timeout(500)
    assert [len(batch["batch"]) for batch in shop.batches] == [2]
    assert page.evaluate("JSON.parse(localStorage['regulars.queue'])") == []


def test_what_nobody_answered_is_kept_and_sent_from_the_next_page(
    someone: Callable[[], BrowserContext], visit_shop: Open, shop: Shop
) -> None:
    person = someone()
    person.route("**/v1/batch", lambda route: route.abort())
    page = visit_shop("/", person)
    page.locator("#buy").click()
    page.wait_for_timeout(2_000)
    assert not shop.batches
    person.unroute("**/v1/batch")
    page = visit_shop("/next", person)
    until(page, lambda: len(shop.named("page")) == 2)
    assert len(shop.named("$WebClick")) == 1
    assert len({event["anonymousId"] for event in shop.events}) == 1


def test_what_is_never_taken_does_not_block_what_follows(visit_shop: Open, shop: Shop) -> None:
    shop.answers = [(400, {})]
    page = visit_shop("/")
    until(page, lambda: shop.refused == 1)
    page.locator("#buy").click()
    until(page, lambda: shop.named("$WebClick"))
    assert not shop.named("page")


def test_before_consent_nothing_is_stored_or_sent_and_withdrawal_leaves_nothing(
    visit_shop: Open, shop: Shop
) -> None:
    shop.options = 'data-consent="ask"'
    page = visit_shop("/")
    page.locator("#buy").click()
    page.evaluate("regulars.identify('M1'); regulars.track('Something')")
    page.wait_for_timeout(2_000)
    assert (shop.batches, page.evaluate(STORED), page.context.cookies()) == ([], [], [])

    page.evaluate("regulars.consent(true)")
    until(page, lambda: shop.named("page"))
    assert [event["type"] for event in shop.events] == ["page"]

    taken = len(shop.batches)
    page.locator("#buy").click()
    page.evaluate("regulars.consent(false)")
    page.locator("#buy").click()
    page.goto(f"{shop.url}/next")
    page.wait_for_timeout(2_000)
    assert len(shop.batches) == taken
    assert page.evaluate(STORED) == []


def test_an_objection_is_remembered_where_nobody_asks_first(visit_shop: Open, shop: Shop) -> None:
    page = visit_shop("/")
    page.evaluate("regulars.consent(false)")
    page.goto(f"{shop.url}/next")
    page.wait_for_timeout(2_000)
    assert not shop.batches
    assert page.evaluate(STORED) == ["regulars.consent"]


def test_who_signs_in_is_named_from_then_on_and_who_signs_out_is_another(
    visit_shop: Open, shop: Shop
) -> None:
    page = visit_shop("/")
    page.evaluate("regulars.identify('M1', {level: 'gold'})")
    page.locator("#buy").click()
    page.evaluate("regulars.reset()")
    page.locator("#buy").click()
    until(page, lambda: len(shop.named("$WebClick")) == 2)
    (known,) = shop.named("identify")
    assert (known["userId"], known["traits"]) == ("M1", {"level": "gold"})
    before, after = shop.named("$WebClick")
    assert before["userId"] == "M1"
    assert "userId" not in after
    assert before["anonymousId"] != after["anonymousId"]


def test_a_share_chain_of_depth_three_is_sent_whole(
    someone: Callable[[], BrowserContext], visit_shop: Open, shop: Shop
) -> None:
    ids, address = [], f"{shop.url}/p/1?consultant=E7"
    for depth in range(4):
        page = visit_shop(address, someone())
        until(page, lambda depth=depth: len(shop.named("page")) == depth + 1)
        ids.append(page.evaluate("JSON.parse(localStorage['regulars.id'])"))
        address = page.evaluate("regulars.share('wechat')")
        assert parse_qs(urlsplit(address).query)["consultant"] == ["E7"]
    names = ("$share_distinct_id", "$share_depth", "$share_method", "consultant")
    chain = [properties_of(view, *names) for view in shop.named("page")]
    assert chain == [
        [None, None, None, "E7"],
        [ids[0], 1, "wechat", "E7"],
        [ids[1], 2, "wechat", "E7"],
        [ids[2], 3, "wechat", "E7"],
    ]


def test_calls_made_before_the_tracker_was_there_are_made_up_for(
    someone: Callable[[], BrowserContext], visit_shop: Open, shop: Shop
) -> None:
    person = someone()
    person.add_init_script("window.regulars = [['track', 'Coupon Applied', {coupon: 'C1'}]]")
    page = visit_shop("/", person)
    until(page, lambda: shop.named("Coupon Applied"))
    assert shop.named("Coupon Applied")[0]["properties"]["coupon"] == "C1"


def key_of_new_source(hq: Visitor, name: str) -> str:
    """As someone makes a source of our tracker's kind on the desk: its key, shown once."""
    hq.open("/sources/new/")
    hq.page.get_by_label("Name", exact=True).fill(name)
    hq.page.get_by_label("Kind", exact=True).select_option("tracker")
    hq.page.locator("main form button[type=submit]").click()
    hq.settle()
    return hq.page.locator(".alert-success code").first.inner_text()


def sends_to(shop: Shop, system: DemoSystem, key: str) -> None:
    """The shop's pages load the tracker from the system, and send to it, across origins."""
    shop.tracker, shop.endpoint = f"{system.url}/tracker.js", ""
    shop.options = f'data-key="{key}"'


def test_a_click_made_before_the_rule_existed_is_counted_by_the_rule_afterwards(
    visit: Visit, system: DemoSystem, visit_shop: Open, shop: Shop
) -> None:
    hq = visit("hq")
    sends_to(shop, system, key_of_new_source(hq, shop.name))
    customer = visit_shop("/p/1")
    customer.locator("li:nth-child(3) button").click()
    customer.locator("#buy").click()

    hq.open(f"/events/live/?find={shop.url.removeprefix('http://')}/p/1")
    third = hq.page.get_by_role("row").filter(has_text="no. 3 of a list")
    third.get_by_role("link", name="Name it").click()
    matched = hq.page.locator("#preview .hero")
    matched.get_by_text("1", exact=True).wait_for()
    hq.page.get_by_label("Name of the event").fill(f"Bought in {shop.name}")
    hq.page.get_by_label("all of its kind, as every button of a list").check()
    hq.find("button", "Make the event").click()
    hq.page.wait_for_url("**/events/rules/*/")
    matched.get_by_text("1", exact=True).wait_for()

    customer.locator("li:nth-child(1) button").click()
    customer.goto(f"{shop.url}/next")

    def is_counted() -> bool:
        hq.page.reload()
        matched.wait_for()
        return matched.inner_text() == "2"

    until(hq.page, is_counted)
    hq.page.get_by_label("only at this place in the list, 1 is the first").check()
    matched.get_by_text("1", exact=True).wait_for()
    hq.find("button", "Save as a new version").click()
    hq.page.get_by_text("version 2, on").wait_for()
    hq.open(f"/events/rules/?find={shop.name}")
    assert hq.table_column("Last 30 days") == ["1"]


def test_a_share_chain_of_depth_three_arrives_whole(
    visit: Visit,
    system: DemoSystem,
    someone: Callable[[], BrowserContext],
    visit_shop: Open,
    shop: Shop,
) -> None:
    hq = visit("hq", forgives=(404,))
    sends_to(shop, system, key_of_new_source(hq, shop.name))
    ids, address = [], f"{shop.url}/p/1?store=S1"
    for _depth in range(4):
        page = visit_shop(address, someone())
        ids.append(page.evaluate("JSON.parse(localStorage['regulars.id'])"))
        address = page.evaluate("regulars.link('wechat')")
        page.goto("about:blank")

    def records() -> list[dict[str, Any]]:
        hq.open(f"/events/event/?source={shop.name}&event=page")
        return [json.loads(text) for text in hq.page.locator("pre.record").all_text_contents()]

    until(hq.page, lambda: len(records()) == 4)
    chain = sorted(records(), key=lambda record: record.get("$share_depth", 0))
    assert [record.get("$share_depth") for record in chain] == [None, 1, 2, 3]
    assert [record.get("$share_distinct_id") for record in chain] == [None, *ids[:3]]
    assert {record["store"] for record in chain} == {"S1"}
