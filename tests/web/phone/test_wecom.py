"""Beside a chat: the page's signature, whom one chats with, and a browser that is not WeCom's."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pytest
from django.test import Client
from django.urls import reverse
from tests.act.wecom.conftest import connected, one_fake, pauses, wecom
from tests.act.wecom.fake import FakeWecom
from tests.web.conftest import PASSWORD

from regulars.act.tasks.models import GuestVisit
from regulars.act.wecom import jobs, service
from regulars.act.wecom.connecting import save_connection
from regulars.act.wecom.crypt import page_signature
from regulars.act.wecom.models import Contact, StaffMatch
from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.messages import service as messages
from regulars.ground.org import service as org
from regulars.ground.org.models import Position, Staff
from regulars.know.collect.models import Batch
from regulars.know.members.models import Member

__all__ = ["connected", "one_fake", "pauses", "wecom"]
IN_WECOM = "Mozilla/5.0 (Linux; Android 14) wxwork/4.1.10 MicroMessenger/7.0.1"
SIDEBAR = "/m/wecom/sidebar/"

pytestmark = pytest.mark.usefixtures("chain_of_two", "connected")


@pytest.fixture
def lan() -> User:
    store = org.get_node("S1")
    staff = Staff.objects.create(code="E1", name="Lan")
    org.assign_position(None, staff, store, Position.Kind.CONSULTANT, date(2020, 1, 1))
    StaffMatch.objects.create(staff=staff, userid="Lan", by=StaffMatch.By.HAND)
    return accounts.create_user(
        None, "lan", PASSWORD, User.Role.CONSULTANT, node=store, staff=staff
    )


@pytest.fixture
def browser(lan: User) -> Client:
    client = Client(headers={"accept-language": "en", "user-agent": IN_WECOM})
    client.force_login(lan, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_page_is_signed_for_the_corp_and_for_the_app(
    browser: Client, connected: FakeWecom
) -> None:
    url = f"http://testserver{SIDEBAR}?a=1#top"
    for _ in range(2):
        told = browser.get(reverse("wecom_signature"), {"url": url}).json()
    for part, ticket in (("config", "ticket-of-corp"), ("agent", "ticket-of-agent_config")):
        signed = told[part]
        page = url.removesuffix("#top")
        assert signed["signature"] == page_signature(
            ticket, signed["nonceStr"], signed["timestamp"], page
        )
    assert len(connected.calls_of("get_jsapi_ticket")) == 1
    assert len(connected.calls_of("ticket/get")) == 1


def test_pages_of_others_are_not_signed(browser: Client) -> None:
    for url in ("https://evil.example/", "", "//testserver/m/"):
        assert browser.get(reverse("wecom_signature"), {"url": url}).status_code == 400
    assert (
        browser.get(
            reverse("wecom_signature"), {"url": "https://members.example.com/m/"}
        ).status_code
        == 200
    )


def test_the_sdk_runs_beside_chats_in_wecom_and_nowhere_else(browser: Client) -> None:
    page = browser.get(SIDEBAR)
    assert "https://wwcdn.weixin.qq.com" in page["Content-Security-Policy"]
    assert "wecom-jssdk" in page.content.decode()
    elsewhere = browser.get("/m/members/")
    assert "weixin" not in elsewhere["Content-Security-Policy"]
    plain = browser.get(SIDEBAR, headers={"user-agent": "Mozilla/5.0 Chrome/130"})
    assert "weixin" not in plain["Content-Security-Policy"] + plain.content.decode()
    assert "belongs beside a chat" in plain.content.decode()
    save_connection(None, is_active=False)
    assert "weixin" not in browser.get(SIDEBAR)["Content-Security-Policy"]


def test_a_known_customer_is_the_members_card(browser: Client, connected: FakeWecom) -> None:
    connected.customers["Lan"]["wm1"] = {"mobiles": ["13812345678"]}
    answer = browser.get(reverse("wecom_contact", args=["wm1"]))
    assert answer["Location"] == "/m/members/M1/"
    assert Contact.objects.get().member == Member.objects.get(code="M1")


def test_a_customer_whom_nobody_knows_is_told_by_the_colleague(
    browser: Client, connected: FakeWecom, lan: User
) -> None:
    connected.customers["Lan"]["wm1"] = {}
    address = reverse("wecom_contact", args=["wm1"])
    assert "Nobody has told yet" in browser.get(address).content.decode()
    assert "王芳" in browser.get(address, {"q": "13812345678"}).content.decode()
    answer = browser.post(reverse("wecom_tell", args=["wm1"]), {"member": "M1"})
    assert answer["Location"] == "/m/members/M1/"
    assert browser.get(address)["Location"] == "/m/members/M1/"
    member = Member.objects.get(code="M1")
    assert service.chats_of(lan, [member.pk, 999]) == {member.pk: "wm1"}
    assert service.chats_of(User(username="of nobody"), [member.pk]) == {}
    assert Batch.objects.filter(source="wecom").count() == 1


def test_a_member_of_another_store_is_told_of_by_nobody_without_a_visit(
    browser: Client, connected: FakeWecom
) -> None:
    connected.customers["Lan"]["wm1"] = {}
    told = browser.post(reverse("wecom_tell", args=["wm1"]), {"member": "M2"})
    assert told.status_code == 404
    assert not Contact.objects.filter(member__isnull=False).exists()


def test_a_customer_at_home_in_another_store_is_shown_for_her_visit_and_it_is_written_down(
    browser: Client, connected: FakeWecom, lan: User
) -> None:
    connected.customers["Lan"]["wm1"] = {}
    address = reverse("wecom_contact", args=["wm1"])
    browser.get(address)
    Contact.objects.update(member=Member.objects.get(code="M2"))
    page = browser.get(address).content.decode()
    assert "at home in another store" in page
    assert not [word for word in ("李", "Mill Lane") if word in page]
    assert not re.search(r"(?<![\w-])M2(?![\w-])", page)  # within a token it is chance
    assert browser.get("/m/members/M2/").status_code == 404
    opened = browser.post(reverse("wecom_visit", args=["wm1"]), {"who": "M1"})
    assert opened["Location"] == browser.get(address)["Location"] == "/m/members/M2/"
    assert "At home in Mill Lane" in browser.get("/m/members/M2/").content.decode()
    (entry,) = Entry.objects.filter(action="member.visit_opened")
    assert (entry.actor_id, entry.detail["code"], entry.detail["store"]) == (lan.pk, "M2", "S1")
    for listed in ("/m/members/", "/m/members/?q=M2", "/m/leads/?who=all"):
        assert "李" not in browser.get(listed).content.decode()
    GuestVisit.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert browser.get("/m/members/M2/").status_code == 404
    assert "at home in another store" in browser.get(address).content.decode()


def test_a_guest_whom_nobody_knew_is_known_from_her_visit_on(
    browser: Client, connected: FakeWecom
) -> None:
    connected.customers["Lan"]["wm1"] = {}
    address, visit = reverse("wecom_contact", args=["wm1"]), reverse("wecom_visit", args=["wm1"])
    assert "It is her: open her card" in browser.get(address, {"q": "M2"}).content.decode()
    assert browser.post(visit, {"who": "M9"}).status_code == 404
    assert browser.post(visit, {"who": ""}).status_code == 400
    assert not GuestVisit.objects.exists()
    assert browser.post(visit, {"who": "M2"})["Location"] == "/m/members/M2/"
    assert browser.get(address)["Location"] == "/m/members/M2/"
    assert set(Entry.objects.values_list("action", flat=True)) >= {
        "member.visit_opened", "wecom.member_told",
    }  # fmt: skip


def test_no_visit_is_opened_for_a_customer_of_somebody_else(
    browser: Client, connected: FakeWecom
) -> None:
    connected.customers["Hua"]["wm1"] = {}
    Contact.objects.create(
        userid="Hua", external_userid="wm1", member=Member.objects.get(code="M2")
    )
    assert (
        "no customer of yours"
        in browser.get(reverse("wecom_contact", args=["wm1"])).content.decode()
    )
    assert browser.post(reverse("wecom_visit", args=["wm1"])).status_code == 404
    assert not GuestVisit.objects.exists()


def test_head_office_opens_no_visit(connected: FakeWecom, lan: User) -> None:
    User.objects.filter(pk=lan.pk).update(role=User.Role.OPERATIONS, node=None)
    head = Client(headers={"accept-language": "en", "user-agent": IN_WECOM})
    head.force_login(
        User.objects.get(pk=lan.pk), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    connected.customers["Lan"]["wm1"] = {"mobiles": ["13812345678"]}
    assert head.post(reverse("wecom_visit", args=["wm1"])).status_code == 403
    assert not GuestVisit.objects.exists()


def test_a_customer_of_somebody_else_cannot_be_told(browser: Client, connected: FakeWecom) -> None:
    connected.customers["Hua"]["wm1"] = {}
    page = browser.get(reverse("wecom_contact", args=["wm1"])).content.decode()
    assert "no customer of yours" in page
    told = browser.post(reverse("wecom_tell", args=["wm1"]), {"member": "M1"})
    assert told.status_code == 404
    assert not Contact.objects.exists()


def test_who_is_not_matched_is_told_so(browser: Client, connected: FakeWecom) -> None:
    StaffMatch.objects.all().delete()
    page = browser.get(reverse("wecom_contact", args=["wm1"])).content.decode()
    assert "not matched" in page


def test_a_forgotten_member_has_no_card_beside_a_chat(
    browser: Client, connected: FakeWecom, lan: User
) -> None:
    connected.customers["Lan"]["wm1"] = {}
    browser.post(reverse("wecom_tell", args=["wm1"]), {"member": "M1"})
    Member.objects.filter(code="M1").update(forgotten_at="2026-01-01T00:00Z")
    assert service.find_member_of(lan, "wm1") is None


@pytest.mark.parametrize("address", [SIDEBAR, "/m/wecom/signature/", "/m/wecom/customers/wm1/"])
def test_the_anonymous_are_sent_to_sign_in(address: str) -> None:
    assert Client().get(address)["Location"].startswith("/accounts/login/")


def test_the_briefing_told_in_wecom_opens_on_its_page_without_a_password(
    lan: User, connected: FakeWecom
) -> None:
    connected.users.add("Lan")
    page = "/m/briefing/?day=2020-05-03"
    letter = {
        "user_id": lan.pk, "kind": "morning", "about": "1", "title": "Briefing", "body": "12.00",
        "address": "/briefing/", "phone_address": page,
    }  # fmt: skip
    messages.write(pa.Table.from_pylist([letter], schema=messages.LETTERS))
    told = Event.objects.filter(topic="messages.written").latest("pk").payload
    jobs.tell_messages(**told)
    jobs.send_queued()
    ((userid, card),) = connected.delivered
    assert userid == "Lan"
    link, phone = urlsplit(card["url"]), Client(headers={"user-agent": IN_WECOM})
    there = urlsplit(phone.get(f"{link.path}?{link.query}")["Location"])
    state = parse_qs(there.query)["state"][0]
    connected.codes["c1"] = "Lan"
    back = phone.get(reverse("wecom_back"), {"state": state, "code": "c1"})
    assert back["Location"] == page
    assert phone.get("/m/messages/").status_code == 200
