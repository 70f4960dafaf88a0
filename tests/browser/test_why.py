"""On a chain in which one branch's old members stayed away for a month: found, given out, seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import StorageState
from tests.acceptance.running import begin_in
from tests.browser.conftest import PHONE
from tests.browser.system import DemoSystem, demo_system
from tests.browser.visitor import Visit

from regulars.demo.run import PLANTED

CAUSE = "active old members not coming back"
WHAT = "Call every member of this branch who has not come in October"
REASON = "We know: the street is dug up"
MOST_CLICKS = 4


@pytest.fixture(scope="module")
def system(chromium_path: str) -> Iterator[DemoSystem]:
    """A chain of its own: what is planted in it is known."""
    assert 'kind = "retention"' in PLANTED
    with demo_system("simulated", begin_in) as running:
        yield running


@pytest.fixture(scope="module")
def signed_in() -> dict[str, StorageState]:
    return {}


def test_a_region_head_finds_the_cause_within_four_clicks_and_the_chairman_sees_what_is_done(
    visit: Visit,
) -> None:
    head = visit("region", viewport=PHONE)
    head.open("/m/")
    clicks = 0
    for click in (
        head.find("link", "To do"),
        head.page.get_by_role("link", name="Why my number moved"),
        head.page.get_by_text("The evidence").first,
    ):
        click.click()
        head.settle()
        clicks += 1
    assert clicks <= MOST_CLICKS
    card = head.page.locator(".card[id^=finding-]").first
    assert CAUSE in card.inner_text()
    assert "Where most" in card.inner_text()
    assert "Not because of" in card.inner_text()
    branch = card.locator(".lead").inner_text().split(" at ")[1].split(",")[0]

    card.get_by_role("link", name="Give it to someone").click()
    head.settle()
    assert head.heading == branch
    assert CAUSE in head.page.locator("main").inner_text()
    head.page.get_by_label("What is to be done").fill(WHAT)
    head.find("button", "Give it out").click()
    head.settle()
    assert CAUSE in head.page.locator("main").inner_text()

    chairman = visit("hq")
    chairman.open("/actions/")
    assert WHAT in chairman.table_column("What is to be done")
    chairman.page.get_by_role("link", name=WHAT).click()
    chairman.settle()
    assert CAUSE in chairman.page.locator("main").inner_text()


def test_what_is_not_worth_it_is_set_aside_and_taken_back(visit: Visit) -> None:
    head = visit("region", viewport=PHONE)
    head.open("/m/why/")
    cards = head.page.locator(".card[id^=finding-]")
    told = cards.count()
    cards.first.get_by_text("Not worth it", exact=True).click()
    cards.first.get_by_label("Why is it not worth it?").fill(REASON)
    cards.first.get_by_role("button", name="Set it aside for a month").click()
    head.settle()
    assert cards.count() == told - 1
    assert REASON in head.page.locator("#aside").inner_text()
    head.find("button", "Tell it again").click()
    head.settle()
    assert cards.count() == told


def test_a_tap_says_why_something_is_not_known(visit: Visit) -> None:
    head = visit("hq", viewport=PHONE)
    head.open("/actions/ledger/")
    head.settle()
    figure = head.page.locator("td > .unknown[title]").first  # not one that is a link
    why = figure.get_attribute("title")
    assert why
    figure.click()
    assert figure.inner_text().startswith(why)
    figure.click()
    assert figure.inner_text().startswith("—")
