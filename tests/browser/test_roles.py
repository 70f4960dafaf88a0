"""Each role signs in and finds its own places, and no others."""

import pytest
from tests.browser.system import DemoSystem
from tests.browser.visitor import CHINESE, Visit

EVERYONES = ["Today", "Briefing", "Understand", "Why"]
AIMS = ["Targets"]
DATA = ["Catalogue", "Organisation", "Staff"]
DOING = ["To do", "Stores side by side"]
KNOWN = ["Segments", "Tags"]
IMPORTS = ["Events", "Identities", "Imports", "Sources", "Quarantine"]
SECTIONS = ("Act", "Data", "Settings")
PLACES = {
    "chairman": [*EVERYONES, *AIMS, *DOING, "Plays", *DATA],
    "hq": [
        *EVERYONES, *AIMS, *DOING, "Members", *KNOWN, "Plays", "Leads", "Till", "Assessments",
        *DATA, *IMPORTS, "System health", "WeCom", "The chain",
    ],
    "region": [*EVERYONES, *AIMS, *DOING, "Members", *KNOWN, "Plays", "Leads", *DATA],
    "store": [*EVERYONES, *AIMS, *DOING, "Members", "Plays", "Leads", "Till", *DATA],
    "consultant": [*EVERYONES, *AIMS, "To do", "Members", "Leads", "Till", "Catalogue"],
    "category": [*EVERYONES, *AIMS, "Plays", "Catalogue"],
    "brand": ["Today", "Briefing", "Understand", "Catalogue"],
    "admin": [
        *EVERYONES, *AIMS, *DOING, "Members", *KNOWN, "Plays", "Leads", "Till", "Assessments",
        *DATA, *IMPORTS, "Users", "Audit log", "System health", "WeCom", "The chain",
    ],
}  # fmt: skip


@pytest.mark.parametrize("username", PLACES)
def test_a_role_signs_in_and_finds_its_places(visit: Visit, username: str) -> None:
    visitor = visit(username)
    assert visitor.open("/").status == 200
    rail = visitor.find("complementary", "Places")
    names = [name.strip() for name in rail.get_by_role("listitem").all_inner_texts()]
    assert [name for name in names if name not in SECTIONS] == PLACES[username]
    for place in PLACES[username]:
        visitor.find("link", place, within=rail).click()
        visitor.settle()
        assert visitor.page.get_by_role("alert").count() == 0, place
        if place == "Till":  # the counter's page has no rail
            visitor.open("/")


def test_a_wrong_password_is_refused_without_saying_what_was_wrong(
    visit: Visit, system: DemoSystem
) -> None:
    visitor = visit("admin", CHINESE)
    visitor.page.context.clear_cookies()
    visitor.open("/accounts/login/")
    visitor.page.locator("#id_login").fill("admin")
    visitor.page.locator("#id_password").fill("not the password")
    visitor.find("button", "登录").click()
    visitor.settle()
    assert visitor.page.get_by_role("alert").is_visible()
    assert visitor.page.url.startswith(f"{system.url}/accounts/login/")


def test_one_tap_looks_through_another_roles_eyes(visit: Visit) -> None:
    visitor = visit("hq", is_fresh=True)
    visitor.open("/")
    visitor.page.get_by_role("button", name="consultant").first.click()
    visitor.settle()
    assert "consultant" in visitor.heading
    visitor.page.get_by_role("button", name="operations").first.click()
    visitor.settle()
    assert "hq" in visitor.heading


def test_another_stores_pages_are_refused(visit: Visit, system: DemoSystem) -> None:
    store = visit("store", forgives=(403, 404))
    own = store.open("/metrics/") and store.heading.split("\n")[0].strip()
    other = "330" if "330" not in own else "406"
    for path in (f"/metrics/?org={other}", f"/org/{other}/"):
        assert store.open(path).status == 403
        assert store.page.get_by_role("alert").inner_text().find("This is not yours to see") >= 0
        assert f"Store {other}" in store.page.get_by_role("alert").inner_text()
    for path in ("/imports/", "/users/", "/health/"):
        assert store.open(path).status == 403
    status, told = system.get(f"/api/v1/metrics/tree?org={other}", system.token("store"))
    assert (status, told["error"]["code"]) == (403, "not_allowed")
