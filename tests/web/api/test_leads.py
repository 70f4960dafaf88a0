"""Leads by the API: what is told, what is done, and what is refused."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client

from regulars.act.tasks.crier import AGAIN, MOST_WAITING, Crier, Ear
from regulars.act.tasks.models import Lead
from regulars.act.tasks.tickets import LeadTicket, read_lead_ticket
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org import service as org
from regulars.ground.org.models import Position, Staff
from regulars.know.members.models import Member
from regulars.web.api import lead_streams

Role = User.Role


@pytest.fixture
def manager(caller):
    made = caller(Role.STORE_MANAGER, node="S1")
    made.user.staff = _manager_of("S1", "mo")
    made.user.save()
    return made


def _manager_of(store: str, code: str) -> Staff:
    staff = Staff.objects.create(code=code, name=code.title())
    kind = Position.Kind.STORE_MANAGER
    org.assign_position(None, staff, org.get_node(store), kind, date(2019, 1, 1))
    return staff


@pytest.fixture
def lead(manager) -> Lead:
    store = org.get_node("S1")
    member = Member.objects.create(code="M1", name="王芳", home_store=store)
    return Lead.objects.create(
        store=store, member=member, title="Call", source="tag", due_on=clock.today(),
        opened_on=clock.today(), value_cents=100,
    )  # fmt: skip


def send(caller, path: str, **told: Any):
    return Client().post(
        f"/api/v1/{path}", told, content_type="application/json", headers=caller.headers
    )


def test_a_lead_goes_its_way(manager, lead) -> None:
    said = str(uuid4())
    (item,) = manager.get("leads", state="to_do").json()["items"]
    assert (item["lead_id"], item["member_name"], item["store_id"]) == (lead.pk, "王芳", "S1")
    assert item["channels"] == ["call", "sms", "wecom"]
    for _ in range(2):
        assert send(manager, f"leads/{lead.pk}/claim", request_id=said).json()["staff_id"] == "mo"
    assert send(manager, f"leads/{lead.pk}/give-back").json()["staff_id"] is None
    assert send(manager, f"leads/{lead.pk}/assign", staff="mo").json()["state"] == "open"
    assert send(manager, f"leads/{lead.pk}/touch", channel="store").json()["state"] == "taken"
    closed = send(manager, f"leads/{lead.pk}/close", result="booked", note="Saturday").json()
    assert (closed["state"], closed["note"]) == ("done", "Saturday")
    assert send(manager, f"leads/{lead.pk}/reopen").json()["state"] == "taken"
    told = manager.get(f"leads/{lead.pk}").json()
    assert [change["what"] for change in told["changes"]] == [
        "reopened", "closed", "touched", "assigned", "given_back", "claimed",
    ]  # fmt: skip
    (mine,) = manager.get("team").json()["people"]
    assert (mine["name"], mine["to_do"]) == ("Mo", 1)


def test_a_task_is_made_once(manager) -> None:
    said = str(uuid4())
    told = [
        send(manager, "leads", store="S1", title="Sweep", request_id=said).json() for _ in range(2)
    ]
    assert told[0]["lead_id"] == told[1]["lead_id"]
    assert told[0]["member_id"] is None


@pytest.mark.parametrize(
    ("path", "told", "status"),
    [
        ("claim", {}, 404),
        ("assign", {"staff": "mo"}, 404),
        ("give-back", {}, 404),
        ("touch", {"channel": "call"}, 404),
        ("close", {"result": "booked"}, 404),
        ("reopen", {}, 404),
    ],
)
def test_another_stores_lead_is_not_there(caller, lead, path, told, status) -> None:
    other = caller(Role.STORE_MANAGER, node="S2")
    other.user.staff = _manager_of("S2", "ola")
    other.user.save()
    assert send(other, f"leads/{lead.pk}/{path}", **told).status_code == status
    assert other.get(f"leads/{lead.pk}").status_code == 404
    assert other.get("leads").json()["items"] == []
    assert other.get("team", store="S1").status_code == 404
    assert Lead.objects.get(pk=lead.pk).version == 1


def test_what_cannot_be_is_refused(manager, lead) -> None:
    refused = [
        (send(manager, f"leads/{lead.pk}/close", result="magic"), 422),
        (send(manager, f"leads/{lead.pk}/close", result="booked", version=9), 400),
        (send(manager, f"leads/{lead.pk}/touch", channel="telegraph"), 422),
        (send(manager, f"leads/{lead.pk}/reopen"), 400),
        (send(manager, f"leads/{lead.pk}/assign", staff="nobody"), 404),
        (send(manager, "leads", store="S2", title="Sweep"), 404),
        (send(manager, "leads", store="S1", title=" "), 400),
        (send(manager, "leads", store="S1", title="Her", member="M1"), 400),
        (manager.get("leads", state="lost"), 422),
        (manager.get("leads/999999999999"), 404),
    ]
    assert [(answer.status_code) for answer, _ in refused] == [status for _, status in refused]
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("role", [Role.CHAIRMAN, Role.CATEGORY_MANAGER])
def test_roles_without_leads_are_refused(caller, lead, role) -> None:
    stranger = caller(role, category_codes=["Baby"])
    for path in ("leads", f"leads/{lead.pk}", "leads/stream", "team"):
        assert stranger.get(path).status_code == 403
    assert send(stranger, f"leads/{lead.pk}/claim").status_code == 403


def ticket_of(answer: Any) -> LeadTicket | None:
    assert answer.status_code == 307
    return read_lead_ticket(parse_qs(urlsplit(answer.headers["Location"]).query)["ticket"][0])


def test_a_ticket_is_for_the_own_stores(manager, hq) -> None:
    own = ticket_of(manager.get("leads/stream"))
    assert own == LeadTicket(frozenset({org.get_node("S1").pk}))
    assert ticket_of(hq.get("leads/stream")) == LeadTicket(None)
    forged = signing.dumps({"stores": None}, salt="another")
    assert read_lead_ticket(forged) is None


def test_a_store_is_told_of_its_own_leads_and_of_no_others() -> None:
    async def told() -> tuple[list[bytes], list[bytes], list[bytes]]:
        crier = Crier("")

        class Rows:
            async def fetchall(self) -> list[tuple[Any, ...]]:
                return [(7, 1, 3, "open", 1), (8, 1, None, "open", 1), (9, 2, 4, "open", 1)]

        class Connection:
            async def execute(self, *_given: Any) -> Rows:
                return Rows()

        with (
            crier.hearing(LeadTicket(frozenset({1}))) as one,
            crier.hearing(LeadTicket(frozenset({3}))) as none,
            crier.hearing(LeadTicket(None)) as everything,
        ):
            assert crier.phones == 3
            await crier._cry(Connection(), "lead.opened", uuid4())  # type: ignore[arg-type]
            return list(one.news), list(none.news), list(everything.news)

    own, others, all_ = asyncio.run(told())
    (event,) = own
    body = json.loads(event.split(b"data: ")[1])
    assert (body["what"], body["store_id"]) == ("opened", 1)
    assert [each["id"] for each in body["leads"]] == [7, 8]
    assert others == []
    assert len(all_) == 2


def test_a_phone_that_is_too_slow_is_told_to_look_again() -> None:
    ear = Ear()
    for n in range(MOST_WAITING + 1):
        ear.put(b"%d" % n)
    assert ear.taken() == AGAIN
    assert ear.taken() == b""


@pytest.mark.parametrize(("method", "query", "status"), [("POST", b"x", 405), ("GET", b"x", 403)])
def test_without_a_ticket_that_holds_no_stream_is_opened(method, query, status) -> None:
    sent: list[dict[str, Any]] = []

    async def send_(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"method": method, "path": lead_streams.STREAM, "query_string": b"ticket=" + query}
    assert lead_streams.is_lead_stream(scope)
    asyncio.run(lead_streams.lead_stream(scope, None, send_))  # type: ignore[arg-type]
    assert sent[0]["status"] == status


def test_late_leads_are_found(manager, lead) -> None:
    assert manager.get("leads", is_late="true").json()["items"] == []
    Lead.objects.update(due_on=clock.today() - timedelta(days=1))
    (item,) = manager.get("leads", is_late="true").json()["items"]
    assert item["is_late"]
