"""A store's people see the members of their store: by page, API, export, and in what is kept
offline; one of another store for the time of her visit alone."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver
from tests.acceptance.test_access_everywhere import walk
from tests.web.phone.conftest import MakeLead

from regulars.act.tasks.models import GuestVisit, Lead
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.kit import clock
from regulars.know.members.models import Member
from regulars.web.phone.offline import KEEP, PERSON

JSON = {"accept": "application/json"}
ACTS = ("claim", "give-back", "call", "touch", "report", "reopen")
Role = User.Role


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.fixture
def of_another_store(make_lead: MakeLead) -> Lead:
    return make_lead("M2", "S2", reason="Of the lane alone")


def test_the_team_of_another_store_is_refused(manager: Client) -> None:
    assert manager.get("/m/team/?org=S2").status_code == 403


def test_nothing_is_done_to_another_stores_lead(manager: Client, of_another_store: Lead) -> None:
    for act in ACTS:
        wish = {"result": "bought", "channel": "call", "request_id": uuid.uuid4()}
        answer = manager.post(f"/m/leads/{of_another_store.pk}/{act}/", wish, headers=JSON)
        assert (answer.status_code, answer.json()["state"]) == (409, "conflict"), act
    handed = {"lead": of_another_store.pk, "staff": User.objects.get(username__startswith="s").pk}
    assert manager.post("/m/team/hand-out/?org=S1", handed).status_code == 404
    assert manager.post(f"/m/team/split/{of_another_store.pk}/?org=S1").status_code == 404
    assert Lead.objects.get(pk=of_another_store.pk).version == 1


def test_a_visit_opens_the_card_of_a_member_of_another_store_and_is_written_down(
    manager: Client, sign_in: Callable[..., Client]
) -> None:
    assert "Open her card for this visit" in text(manager.get("/m/members/?q=M2"))
    page = manager.post("/m/guest/", {"who": "M2"}, follow=True)
    assert page.redirect_chain[-1][0] == "/m/members/M2/"
    assert "At home in Mill Lane" in text(page)
    (entry,) = Entry.objects.filter(action="member.visit_opened")
    assert entry.detail["code"] == "M2"
    assert "李" not in text(manager.get("/m/members/"))
    other = sign_in(Role.CONSULTANT, node="S1")
    assert other.get("/m/members/M2/").status_code == 404
    GuestVisit.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert manager.get("/m/members/M2/").status_code == 404


def test_a_phone_that_nobody_verified_opens_no_card(manager: Client) -> None:
    assert manager.post("/m/guest/", {"who": "13900000000"}).status_code == 404
    assert manager.post("/m/guest/", {"who": ""}).status_code == 400
    assert not GuestVisit.objects.exists()


def test_the_list_of_leads_alone_may_be_kept_and_says_whose_it_is(
    manager: Client, consultant: Client, make_lead: MakeLead
) -> None:
    lead = make_lead("M1")
    addresses = {address for address, _pattern in walk(get_resolver().url_patterns)}
    asked = {each for each in addresses if each.startswith("/m/") and "nothing" not in each}
    asked |= {"/m/leads/?who=all", f"/m/leads/{lead.pk}/", "/m/members/M1/", "/m/leads/"}
    answers = {address: manager.get(address) for address in asked}
    assert [address for address, answer in answers.items() if KEEP in answer] == ["/m/leads/"]
    named = {answer[PERSON] for answer in answers.values() if PERSON in answer}
    assert len(named) == 1
    assert consultant.get("/m/leads/")[PERSON] not in named
    assert PERSON not in Client().get("/m/leads/")


def test_what_may_be_kept_holds_no_name_and_no_phone(manager: Client, make_lead: MakeLead) -> None:
    make_lead("M1")
    page = text(manager.get("/m/leads/"))
    member = Member.objects.get(code="M1")
    assert not [word for word in (member.name, "13812345678") if word in page]
    assert not re.search(r"5678(?![\w-])", page)  # in the middle of a token it is chance


def test_signing_out_clears_what_the_browser_kept(manager: Client) -> None:
    assert manager.post("/accounts/logout/")["Clear-Site-Data"] == '"storage"'
    assert "forget.js" in text(manager.get("/accounts/login/"))


def test_an_export_of_leads_is_in_the_audit_log(
    sign_in: Callable[..., Client], of_another_store: Lead
) -> None:
    head = sign_in(Role.OPERATIONS)
    assert "Of the lane alone" in text(head.get("/leads/"))
    assert "Of the lane alone" not in text(head.get("/leads/?store=S1"))
    assert head.get("/leads/?export=xlsx&store=S2").status_code == 200
    (entry,) = Entry.objects.filter(action="leads.exported")
    assert (entry.detail["rows"], entry.detail["store"]) == (1, "S2")
