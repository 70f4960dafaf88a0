"""Leads on the phone: in order of value, worked with one thumb, once each, privately."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from django.core.cache import caches
from django.test import Client
from tests.act.wecom import fake as fakes
from tests.web.phone.conftest import MakeLead
from tests.web.phone.test_wecom import IN_WECOM

from regulars.act.tasks.models import Contact, Lead
from regulars.act.tasks.service import assign
from regulars.act.wecom.connecting import save_connection
from regulars.act.wecom.models import Contact as Chat
from regulars.act.wecom.models import StaffMatch
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.org.models import Staff
from regulars.ground.org.service import get_node
from regulars.know.members.models import Member

MOST_QUERIES = 23
SDK_HOST = "wwcdn.weixin.qq.com"
JSON = {"accept": "application/json"}


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_own_leads_and_those_of_nobody_stand_by_value(
    consultant: Client, make_lead: MakeLead, lan: Staff, ming: Staff
) -> None:
    make_lead("M1", staff=lan, value_cents=100, reason="worth little")
    make_lead(None, value_cents=900, reason="worth much")
    make_lead(None, staff=ming, value_cents=500, reason="of another colleague")
    page = text(consultant.get("/m/leads/"))
    assert page.index("worth much") < page.index("worth little")
    assert "of another colleague" not in page
    assert "of another colleague" in text(consultant.get("/m/leads/?who=all"))


def test_a_card_names_nobody_whole_and_holds_no_phone(
    consultant: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead("M1", staff=lan)
    for address in ("/m/leads/", f"/m/leads/{lead.pk}/", "/m/"):
        page = text(consultant.get(address))
        assert "王**" in page
        assert "王芳" not in page
        assert "13812345678" not in page
        assert "6 months" in page
        assert "The formula ends about 3 March" in page


def test_a_card_is_drawn_anew_as_soon_as_it_says_something_else_or_to_somebody_else(
    consultant: Client, manager: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead(None, reason="Cold & wet", title="<b>Umbrellas</b>")
    first = text(consultant.get("/m/leads/"))
    assert "Cold &amp; wet" in first and "&lt;b&gt;" in first and "nobody's yet" in first
    assert "Cold &amp; wet" in text(manager.get("/m/leads/?again=1"))
    Lead.objects.filter(pk=lead.pk).update(reason="Warm", staff=lan, version=2)
    for who in (consultant, manager):
        page = text(who.get("/m/leads/?who=all"))
        assert "Warm" in page and "Cold" not in page
        assert "Lan" in page and 'data-version="2"' in page


def test_a_chat_in_wecom_is_offered_to_whoever_has_her_there_and_nobody_else(
    consultant: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead("M1", staff=lan)
    save_connection(
        None, corp_id=fakes.CORP, agent_id=fakes.AGENT, secret=fakes.SECRET, is_active=True,
        public_address="https://members.example.com",
    )  # fmt: skip
    Chat.objects.create(userid="Ming", external_userid="of-ming", member_id=lead.member_id)
    StaffMatch.objects.create(staff=lan, userid="Lan", by=StaffMatch.By.HAND)
    assert 'data-chat=""' in text(consultant.get("/m/leads/"))
    Chat.objects.create(userid="lan", external_userid="of-lan", member_id=lead.member_id)
    caches["pages"].clear()
    for address in ("/m/leads/", f"/m/leads/{lead.pk}/"):
        here = consultant.get(address)
        assert 'data-chat="of-lan"' in text(here)
        assert "of-ming" not in text(here)
        in_wecom = consultant.get(address, headers={"user-agent": IN_WECOM})
        assert 'data-corp="' in text(in_wecom) and 'data-corp="' not in text(here)
        assert SDK_HOST in in_wecom["Content-Security-Policy"]
        assert SDK_HOST not in here["Content-Security-Policy"]


def test_a_leads_page_says_why_and_what_stands_here(
    consultant: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead("M1", staff=lan, facts={"orders_365d": 2, "something": "else"})
    page = text(consultant.get(f"/m/leads/{lead.pk}/"))
    assert "Milk powder" in page
    assert "No stock of this store is on record." in page
    assert "something" in page
    assert "/r/" in page


def test_a_result_sent_twice_is_kept_once_and_taken_back_once(
    consultant: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead("M1", staff=lan)
    wish = {"result": "bought", "note": "took two", "version": 1, "request_id": uuid.uuid4()}
    answers = [consultant.post(f"/m/leads/{lead.pk}/report/", wish, headers=JSON) for _ in "ab"]
    assert [answer.json()["state"] for answer in answers] == ["done", "done"]
    lead.refresh_from_db()
    assert (lead.state, lead.result, lead.note, lead.version) == ("done", "bought", "took two", 2)
    assert lead.changes.count() == 1
    undo = {"request_id": uuid.uuid4()}
    answer = consultant.post(f"/m/leads/{lead.pk}/reopen/", undo, headers=JSON)
    assert (answer.json()["state"], answer.json()["version"]) == ("done", 3)


def test_a_result_from_a_phone_that_was_away_says_who_was_faster(
    consultant: Client, make_lead: MakeLead, lan: Staff, ming: Staff, manager: Client
) -> None:
    lead = make_lead("M1", staff=lan)
    assign(User.objects.get(staff=ming), [lead.pk], lan)
    wish = {"result": "bought", "version": 1, "request_id": uuid.uuid4()}
    answer = consultant.post(f"/m/leads/{lead.pk}/report/", wish, headers=JSON)
    assert answer.status_code == 409
    assert answer.json()["state"] == "conflict"
    assert str(User.objects.get(staff=ming)) in answer.json()["text"]
    assert Lead.objects.get(pk=lead.pk).state == "open"
    page = consultant.post(f"/m/leads/{lead.pk}/report/", wish, follow=True)
    assert "Meanwhile, by" in text(page)


def test_what_is_wrong_is_refused_and_not_called_a_conflict(
    consultant: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead("M1", staff=lan)
    for wish in ({"result": "nonsense"}, {}, {"result": "later", "next_contact_on": "2020-02-01"}):
        answer = consultant.post(f"/m/leads/{lead.pk}/report/", wish, headers=JSON)
        assert (answer.status_code, answer.json()["state"]) == (400, "refused")


def test_the_number_goes_to_the_dialler_is_written_down_and_counts_once_a_shift(
    consultant: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead("M1", staff=lan)
    for _ in "ab":
        answer = consultant.post(f"/m/leads/{lead.pk}/call/", {"channel": "call"}, headers=JSON)
        assert answer.json() == {"state": "done", "number": "13812345678"}
        assert answer["Cache-Control"] == "no-store"
    assert Contact.objects.count() == 1
    assert Entry.objects.filter(action="member.dialled").count() == 2
    without = consultant.post(f"/m/leads/{lead.pk}/call/", {"channel": "call"})
    assert 'href="tel:13812345678"' in text(without)


def test_a_task_is_about_nobody_who_could_be_called(
    consultant: Client, make_lead: MakeLead, lan: Staff
) -> None:
    task = make_lead(None, staff=lan)
    answer = consultant.post(f"/m/leads/{task.pk}/call/", {"channel": "call"}, headers=JSON)
    assert (answer.status_code, answer.json()["state"]) == (409, "conflict")


def test_a_lead_is_taken_and_given_back(
    consultant: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead("M1")
    assert "I take it" in text(consultant.get(f"/m/leads/{lead.pk}/"))
    consultant.post(f"/m/leads/{lead.pk}/claim/", {"from": "lead"})
    assert Lead.objects.get(pk=lead.pk).staff == lan
    page = consultant.post(f"/m/leads/{lead.pk}/give-back/", {"from": "lead"}, follow=True)
    assert Lead.objects.get(pk=lead.pk).staff is None
    assert "I take it" in text(page)


def test_the_list_is_drawn_from_few_queries_however_many_leads(
    consultant: Client,
    make_lead: MakeLead,
    lan: Staff,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    make_lead("M1", staff=lan)
    for number in range(20):
        make_lead(None, staff=lan, reason=f"task {number}")
    consultant.get("/m/leads/")
    caches["pages"].clear()
    with django_assert_max_num_queries(MOST_QUERIES):
        consultant.get("/m/leads/")


def test_a_list_seen_again_is_drawn_again_as_soon_as_a_lead_or_a_member_moved(
    consultant: Client,
    make_lead: MakeLead,
    lan: Staff,
    django_assert_max_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    lead = make_lead("M1", staff=lan)
    consultant.get("/m/leads/")
    consultant.get("/m/leads/")
    with django_assert_max_num_queries(8):
        assert "王**" in text(consultant.get("/m/leads/"))
    consultant.post(f"/m/leads/{lead.pk}/report/", {"result": "bought"}, headers=JSON)
    assert "王**" not in text(consultant.get("/m/leads/"))
    consultant.post(f"/m/leads/{lead.pk}/reopen/", {}, headers=JSON)
    assert "王**" in text(consultant.get("/m/leads/"))
    Member.objects.filter(code="M1").update(home_store=get_node("S2"))
    assert "王**" not in text(consultant.get("/m/leads/"))
