"""A real Chromium before a real running system, which is started once for this folder."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright
from tests.browser import system as systems
from tests.browser.system import DemoSystem
from tests.browser.visitor import ENGLISH, LOCALES, SIGN_IN, Visit, Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome")
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
STREAMS = ("**/live/?*", "**/live/leads/")
HOW_TO_GET_ONE = "no Chromium: apt-get install chromium, and these tests run"


@pytest.fixture(scope="package")
def chromium_path() -> str:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    return path


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Closed after each file: while a browser is open its event loop runs in this thread, and
    Django refuses to speak to a database beside one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def system(chromium_path: str) -> Iterator[DemoSystem]:
    with systems.demo_system() as running:
        yield running


@pytest.fixture(scope="package")
def signed_in() -> dict[str, StorageState]:
    """The cookies of everyone who has signed in: once is enough."""
    return {}


@pytest.fixture
def visit(
    chromium: Browser, system: DemoSystem, signed_in: dict[str, StorageState]
) -> Iterator[Visit]:
    """`visit("hq")` is a window in which hq is signed in; `forgives` are the statuses that a test
    asks for on purpose; any other error of the console fails the test. Whoever ends the session
    signs in afresh. Only `is_live` windows hear live numbers."""
    systems.wait_until_ready(system)
    visitors: list[tuple[Visitor, tuple[int, ...]]] = []

    def enter(
        username: str,
        language: str = ENGLISH,
        *,
        viewport: dict[str, int] = DESK,
        forgives: tuple[int, ...] = (),
        is_fresh: bool = False,
        is_live: bool = False,
        **options: Any,
    ) -> Visitor:
        context = chromium.new_context(
            viewport=viewport,
            locale=LOCALES[language],
            storage_state=None if is_fresh else signed_in.get(username),
            **options,
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": system.url}])
        # A page that goes on listening is never still.
        for stream in STREAMS:
            context.route(stream, lambda route: route.fulfill(status=204))
        visitor = Visitor(system, context)
        visitors.append((visitor, forgives))
        if is_fresh or username not in signed_in:
            sign_in(visitor, username, language)
        if not is_fresh:
            signed_in.setdefault(username, context.storage_state())
        if is_live:
            for stream in STREAMS:
                context.unroute(stream)
        return visitor

    yield enter
    for visitor, forgives in visitors:
        visitor.page.context.close()
        left = [f for f in visitor.faults if not any(f"status of {s}" in f for s in forgives)]
        assert left == []


def sign_in(visitor: Visitor, username: str, language: str) -> None:
    user_name, password, button = SIGN_IN[language]
    visitor.open("/accounts/login/")
    visitor.page.get_by_label(user_name, exact=True).fill(username)
    visitor.page.get_by_label(password, exact=True).fill(visitor.system.password)
    visitor.find("button", button).click()
    visitor.page.wait_for_url(f"{visitor.system.url}/**")
    visitor.settle()
