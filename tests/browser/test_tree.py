"""The metric tree, clicked open: down to one store's one category, the same number as the API."""

from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from python_calamine import CalamineWorkbook
from tests.browser.system import DemoSystem
from tests.browser.visitor import CHINESE, Visit, Visitor, cents, exact

DECEMBER = {"from": "2017-12-01", "to": "2017-12-31"}


def first_child(visitor: Visitor) -> str:
    """Open the largest node below; its name."""
    link = visitor.rows.first.get_by_role("link").first
    name = link.inner_text()
    link.click()
    visitor.settle()
    return name


def net_sales(visitor: Visitor) -> int:
    return cents(exact(visitor.region("Net sales").locator(".hero")))


def test_from_the_chain_to_one_category_of_one_store_and_the_api_says_the_same(
    visit: Visit, system: DemoSystem
) -> None:
    hq = visit("hq")
    hq.open("/metrics/?" + urlencode(DECEMBER))
    path = [first_child(hq) for _level in ("region", "branch", "store")]
    assert path[0].startswith("Region"), path
    assert path[2].startswith("Store"), path
    places = hq.find("navigation", "Breadcrumb").get_by_role("link").all_inner_texts()
    assert places[1:] == path
    store_cents = net_sales(hq)
    hq.find("link", "Categories").click()
    hq.settle()
    category = first_child(hq)
    assert category in hq.heading
    asked = {name: values[0] for name, values in parse_qs(urlsplit(hq.page.url).query).items()}
    token = system.token("hq")
    query = {name: asked[name] for name in ("org", "category", "from", "to")}
    status, told = system.get("/api/v1/metrics/tree?" + urlencode(query), token)
    assert status == 200, told
    assert net_sales(hq) == told["net_cents"]
    assert 0 < told["net_cents"] < store_cents
    shown = {
        box.locator(".box-name").inner_text(): cents(exact(box.locator(".box-line").first))
        for box in hq.region("Made of").get_by_role("link").all()
        if box.locator(".num[title]").count()
    }
    named = {part["name"]: part["counts"]["net_cents"] for part in told["parts"]}
    assert shown.items() <= named.items()
    assert sum(named.values()) == told["net_cents"]
    hq.page.go_back()
    hq.settle()
    assert net_sales(hq) == store_cents


def test_a_part_opens_into_its_factors_and_back_closes_it(visit: Visit) -> None:
    hq = visit("hq")
    hq.open("/metrics/?" + urlencode(DECEMBER | {"open": "active_old"}))
    assert hq.region("Active old members").is_visible()
    hq.region("Made of").get_by_role("link").filter(has_text="Dormant old members").click()
    dormant = hq.region("Dormant old members")
    dormant.wait_for()
    assert "open=dormant_old" in hq.page.url
    assert "Win-back" in dormant.inner_text() or "rate" in dormant.inner_text().lower()
    hq.page.go_back()
    hq.region("Active old members").wait_for()


def test_the_language_is_switched_in_place_and_kept(visit: Visit) -> None:
    hq = visit("hq", CHINESE)
    hq.open("/metrics/?" + urlencode(DECEMBER))
    assert hq.page.locator("html").get_attribute("lang") == "zh-hans"
    assert hq.region("净销售额").is_visible()
    assert "万" in hq.region("净销售额").inner_text()
    hq.find("button", "English").click()
    hq.settle()
    assert hq.page.locator("html").get_attribute("lang") == "en"
    assert "from=2017-12-01" in hq.page.url
    assert "K" in hq.region("Net sales").locator(".hero").inner_text()
    hq.open("/members/")
    assert hq.heading == "Members"
    hq.find("button", "中文").click()
    hq.settle()
    assert hq.heading == "会员"


def test_a_table_sorts_filters_and_exports_what_it_shows(visit: Visit, tmp_path: Path) -> None:
    hq = visit("hq")
    hq.open("/metrics/?" + urlencode(DECEMBER | {"axis": "category"}))
    whole = net_sales(hq)
    hq.find("link", "Tickets").click()
    hq.page.wait_for_url("**sort=-tickets**")
    hq.settle()
    tickets = [int(text.replace(",", "")) for text in hq.table_column("Tickets")]
    assert tickets == sorted(tickets, reverse=True)
    assert hq.page.locator("th[aria-sort=descending]").inner_text().strip().casefold() == "tickets"
    with hq.page.expect_download() as download:
        hq.find("link", "Excel").click()
    file = tmp_path / "export.xlsx"
    download.value.save_as(file)
    header, *rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    sales = header.index("Net sales")
    assert round(sum(float(row[sales]) for row in rows) * 100) == whole
    hq.find("searchbox", "Filter this table").press_sequentially("drug")
    hq.page.wait_for_url("**find=drug**")
    hq.settle()
    names = hq.table_column("Name")
    assert names
    assert all("DRUG" in name for name in names)
    hq.find("searchbox", "Filter this table").fill("no such category")
    hq.page.get_by_text("No row matches").wait_for()


def test_the_keyboard_finds_a_member_and_goes_home(visit: Visit) -> None:
    hq = visit("hq")
    hq.open("/metrics/")
    hq.page.keyboard.press("/")
    search = hq.find("searchbox", "Find a member")
    assert search.evaluate("field => field === document.activeElement")
    hq.page.keyboard.type("Household 1228")
    hq.page.keyboard.press("Enter")
    hq.page.wait_for_url("**/members/1228/")
    assert hq.heading == "Household 1228"
    hq.page.locator("body").click(position={"x": 700, "y": 70})
    hq.page.keyboard.press("g")
    hq.page.keyboard.press("h")
    hq.page.wait_for_url(hq.system.url + "/")


def test_a_wrong_address_is_answered_with_what_is_wrong_in_both_languages(visit: Visit) -> None:
    wrong = {
        urlencode({"from": "2017-12-31", "to": "2017-12-01"}): (400, "2017-12-31"),
        urlencode({"from": "yesterday"}): (400, "yesterday"),
        urlencode({"org": "nowhere"}): (404, "nowhere"),
        urlencode({"category": "No such"}): (404, "No such"),
        f"brand={quote('Nobody')}": (404, "Nobody"),
    }
    for language in ("en", "zh-hans"):
        hq = visit("hq", language, forgives=(400, 404))
        said = set()
        for query, (status, named) in wrong.items():
            assert hq.open("/metrics/?" + query).status == status
            alert = hq.page.get_by_role("alert").inner_text()
            assert named in alert, query
            said.add(alert)
        is_chinese = ["一" <= letter <= "鿿" for letter in "".join(said)]
        assert any(is_chinese) == (language == "zh-hans")
