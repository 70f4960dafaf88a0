"""Someone in front of a browser: finds things by their names, and hears what the console says."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Response
from tests.browser.system import DemoSystem

ENGLISH, CHINESE = "en", "zh-hans"
LOCALES = {ENGLISH: "en-US", CHINESE: "zh-CN"}
SIGN_IN = {
    ENGLISH: ("User name", "Password", "Sign in"),
    CHINESE: ("用户名", "密码", "登录"),
}
Role = Any
ASKING = """
let asking = 0, stillness;
const change = (by, quietAfter = 150) => {
  asking += by;
  clearTimeout(stillness);
  document.documentElement.setAttribute("data-asking", "");
  const quiet = () => document.documentElement.removeAttribute("data-asking");
  if (!asking) stillness = setTimeout(quiet, quietAfter);
};
const fetched = window.fetch;
window.fetch = (...asked) => {
  change(1);
  return fetched(...asked).finally(() => change(-1));
};
document.addEventListener("htmx:before:request", () => change(1));
document.addEventListener("htmx:finally:request", () => change(-1));
document.addEventListener("DOMContentLoaded", () => change(0));
addEventListener("load", () => change(0));
addEventListener("beforeunload", () => change(0, 3000));
"""
"""Marks the page while it asks for something or is about to be left, until it has been still for a
moment."""


class Visitor:
    """A signed-in browser window. `faults` collects errors of the console: scripts that failed,
    files that are missing, what the content security policy refused."""

    def __init__(self, system: DemoSystem, context: BrowserContext) -> None:
        self.system = system
        self.page: Page = context.new_page()
        self.page.add_init_script(ASKING)
        self.faults: list[str] = []
        self.page.on("console", lambda m: self._hear(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self._hear(str(error)))

    def open(self, path: str) -> Response:
        answer = self.page.goto(self.system.url + path)
        assert answer is not None
        return answer

    def find(self, role: Role, name: str, *, within: Locator | None = None) -> Locator:
        """The one thing of this role whose accessible name is `name`."""
        return (within or self.page).get_by_role(role, name=name, exact=True)

    def settle(self) -> None:
        """The page is loaded, and what it asked for since is in its place."""
        self.page.wait_for_load_state("load")
        self.page.locator("html:not([data-asking])").wait_for(state="attached")

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def region(self, name: str) -> Locator:
        return self.find("region", name)

    @property
    def rows(self) -> Locator:
        """The rows of the page's table (a chart brings a table of its own)."""
        return self.page.locator("[data-rows] tbody tr")

    def table_column(self, name: str) -> list[str]:
        """The cells of a column of the page's table, exact where a number is shortened."""
        headers = self.page.locator("[data-rows]").get_by_role("columnheader").all_inner_texts()
        place = [_plain(header) for header in headers].index(name.casefold())
        rows = self.rows.all()
        return [exact(row.get_by_role("cell").nth(place)) for row in rows]

    def _hear(self, text: str) -> None:
        self.faults.append(f"{self.page.url}: {text}")


Visit = Callable[..., Visitor]


def exact(element: Locator) -> str:
    """A number's exact text, which is its title where it is shown shortened."""
    number = element.locator(".num[title]")
    if number.count():
        return number.first.get_attribute("title") or ""
    return element.inner_text().strip()


def cents(text: str) -> int:
    """`−$1,234.56` in cents."""
    digits = re.sub(r"[^0-9]", "", text)
    assert re.search(r"\.\d\d$", text), f"{text} is not exact"
    return -int(digits) if text.lstrip().startswith(("−", "-")) else int(digits)


def _plain(header: str) -> str:
    return header.strip().strip("↑↓ ").casefold()
