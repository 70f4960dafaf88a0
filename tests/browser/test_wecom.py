"""Beside a chat, in a browser that is WeCom's by name, with an SDK that answers as its does; and
the same buttons in any other browser."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page, Route, sync_playwright
from tests.act.wecom.conftest import connected, one_fake, pauses, wecom
from tests.act.wecom.fake import FakeWecom
from tests.web.conftest import PASSWORD

from regulars.act.wecom.connecting import save_connection
from regulars.act.wecom.models import Contact, StaffMatch
from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import User
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Staff
from regulars.ground.warehouse.engine import Engine
from regulars.know.members.models import Member

__all__ = ["connected", "one_fake", "pauses", "wecom"]
OURS, SDK = "http://testserver", "https://sdk.example.com/wecom.js"
IN_WECOM, ELSEWHERE = "Mozilla/5.0 Chrome/120 wxwork/4.1.10", "Mozilla/5.0 Chrome/120"
STUB = """
window.calls = [];
window.entry = "normal";
window.ww = {
  register: options => {
    window.calls.push(["register", options.corpId, options.agentId]);
    window.registered = Promise.all(
      [options.getConfigSignature(location.href), options.getAgentConfigSignature(location.href)]);
  },
  getContext: async () => ({ entry: window.entry }),
  getCurExternalContact: async () => {
    if (location.search) throw new Error("no chat");
    await window.registered;
    return { userId: "wm1" };
  },
  openEnterpriseChat: async asked => window.calls.push(["open", ...asked.externalUserIds]),
  sendChatMessage: async asked => window.calls.push(["send", asked.text.content]),
};
"""
BUTTON = """html => {
  document.querySelector("main").insertAdjacentHTML("beforeend", html);
  document.execCommand = () => { window.copied = document.activeElement.value; return true; };
}"""


Pages = dict[str, HttpResponse]


@pytest.fixture
def pages(connected: FakeWecom, warehouse: Engine) -> dict[str, Pages]:
    """Ours as each browser is given them, by path. Taken before there is a browser: its loop runs
    in this thread, and Django refuses to speak to a database beside one."""
    org.ensure_head_office()
    store = Node.objects.create(code="S1", name="Oak Street", kind=Node.Kind.STORE)
    staff = Staff.objects.create(code="E1", name="Lan")
    StaffMatch.objects.create(staff=staff, userid="Lan", by=StaffMatch.By.HAND)
    member = Member.objects.create(code="M1", name="王芳", home_store=store)
    Contact.objects.create(userid="Lan", external_userid="wm1", member=member)
    save_connection(None, sdk_address=SDK)
    lan = accounts.create_user(
        None, "lan", PASSWORD, User.Role.OPERATIONS, staff=staff, language="en"
    )
    return {agent: dict(taken(lan, agent)) for agent in (IN_WECOM, ELSEWHERE)}


def taken(user: User, agent: str) -> Iterator[tuple[str, HttpResponse]]:
    client = Client(headers={"user-agent": agent})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    signed = client.get("/m/wecom/signature/", {"url": f"{OURS}/m/wecom/sidebar/"})
    yield "/m/wecom/signature/", signed
    yield "/m/wecom/sidebar/", client.get("/m/wecom/sidebar/")
    yield "/m/wecom/customers/wm1/", client.get("/m/wecom/customers/wm1/", follow=True)


class Window:
    """`faults` are what the console complained of."""

    def __init__(self, page: Page, pages: Pages) -> None:
        self.page, self.pages, self.faults = page, pages, list[str]()
        page.route(f"{OURS}/**", self._answer)
        page.route(SDK, lambda route: route.fulfill(body=STUB, content_type="text/javascript"))
        page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if page := self.pages.get(path):
            # A page on plain http may not have this one, and the console says so.
            headers = {k: v for k, v in page.headers.items() if k != "Cross-Origin-Opener-Policy"}
            route.fulfill(status=page.status_code, headers=headers, body=page.content)
        else:
            route.fulfill(path=finders.find(path.removeprefix("/static/")))

    def click(self, **data: str) -> None:
        marks = " ".join(f'data-{name.replace("_", "-")}="{text}"' for name, text in data.items())
        self.page.evaluate(BUTTON, f'<button type="button" {marks}>Chat</button>')
        self.page.get_by_role("button", name="Chat").click()


@pytest.fixture
def windows(chromium_path: str, pages: dict[str, Pages]) -> Iterator[dict[str, Window]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield {
            agent: Window(browser.new_page(user_agent=agent), own) for agent, own in pages.items()
        }
        browser.close()


def test_the_sidebar_finds_whose_chat_it_is_and_buttons_open_or_copy(
    windows: dict[str, Window], connected: FakeWecom
) -> None:
    inside, outside = windows[IN_WECOM], windows[ELSEWHERE]
    inside.page.goto(f"{OURS}/m/wecom/sidebar/")
    inside.page.get_by_role("heading", name="王**").wait_for()
    assert len(connected.calls_of("ticket/get")) == 1

    inside.page.goto(f"{OURS}/m/wecom/sidebar/?q=1")
    inside.page.get_by_text("does not say whom you chat with").wait_for()
    inside.click(wecom_chat="wm1", text="您好")
    inside.page.wait_for_function("window.calls.some(call => call[0] === 'open')")
    inside.page.evaluate("window.entry = 'single_chat_tools'")
    inside.page.get_by_role("button", name="Chat").click()
    inside.page.wait_for_function("window.calls.some(call => call[0] === 'send')")
    calls = inside.page.evaluate("window.calls")
    assert calls[1:] == [["open", "wm1"], ["send", "您好"]]
    assert calls[0][0] == "register"

    outside.page.goto(f"{OURS}/m/wecom/sidebar/")
    outside.page.get_by_text("belongs beside a chat").wait_for()
    outside.click(wecom_chat="wm1", text="您好", copied="Copied")
    outside.page.get_by_role("button", name="Copied").wait_for()
    assert outside.page.evaluate("window.copied") == "您好"
    assert not outside.page.evaluate("window.calls")
    assert not inside.faults + outside.faults
