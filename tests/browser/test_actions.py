"""The main road on phones: given out by a head, seen at the huddle, reported, seen by all above."""

from tests.browser.conftest import PHONE
from tests.browser.visitor import Visit, Visitor

WHAT = "Call those who usually buy and have not this month"
DONE = "40 called, 12 come on Saturday"


def test_a_region_head_gives_it_the_store_reports_it_and_the_chairman_sees_it(
    visit: Visit,
) -> None:
    store = visit("store", viewport=PHONE)
    store.open("/m/huddle/")
    place = store.heading
    manager = store.page.locator("#roster .chip").first.inner_text()

    region = visit("region", viewport=PHONE)
    region.open("/m/")
    region.find("link", "To do").click()
    region.settle()
    region.find("link", "Give something out").click()
    region.settle()
    region.page.get_by_label("What is to be done").fill(WHAT)
    choose(region, manager)
    region.find("button", "Give it out").click()
    region.settle()
    assert region.heading == place

    store.open("/m/huddle/")
    store.page.get_by_text(WHAT).first.click()
    store.settle()
    store.page.get_by_label("What was done, and what came of it?").fill(DONE)
    store.find("button", "Done: report it").click()
    store.settle()

    chairman = visit("chairman")
    chairman.open("/")
    chairman.find("link", "To do").click()
    chairman.settle()
    assert WHAT in chairman.table_column("What is to be done")
    assert DONE in chairman.table_column("What came of it")


def test_the_roster_is_kept_with_one_tap(visit: Visit) -> None:
    store = visit("store", viewport=PHONE)
    store.open("/m/huddle/")
    chip = store.page.locator("#roster .chip").first
    assert chip.bounding_box()["height"] >= 44  # type: ignore[index]
    chip.click()
    store.settle()
    assert store.page.locator("#roster .chip").first.get_attribute("aria-pressed") == "true"


def choose(visitor: Visitor, name: str) -> None:
    """The person of that name in the list of whom something can be given to."""
    people = visitor.page.get_by_label("By whom")
    told = people.locator("option").all_inner_texts()
    people.select_option(label=next(text for text in told if text.startswith(name)))
