"""A manager never sees another store's members or leads but through a visit that is written down:
a test for each road, by page, API, live stream, what is kept offline, and export."""

import asyncio
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.web.phone.conftest import MakeLead, consultant, end_of_february, lan, make_lead, ming
from tests.web.phone.conftest import manager as manager_of_s1

from regulars.act.tasks.crier import Crier
from regulars.act.tasks.models import Lead
from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.postgres_address import postgres_address
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Position, Staff
from regulars.know.members.models import Member
from regulars.web.api import lead_streams
from regulars.web.phone.offline import KEEP

__all__ = ["consultant", "end_of_february", "lan", "make_lead", "manager_of_s1", "ming"]
Role = User.Role
THEIRS = "Mill-Lane-2"
TOLD = (THEIRS, "李静", "Of the lane alone")
"""What is said of the member and the lead of the other store. Her number is one that no signed
address or nonce holds by chance."""
SOON = 5.0


@pytest.fixture
def theirs(make_lead: MakeLead) -> Lead:
    """A lead of the other store's; one of the own store stands beside it."""
    make_lead("M1", reason="Of the oak alone")
    return _of_the_lane(make_lead, "S2")


@pytest.fixture
def moved(make_lead: MakeLead) -> Lead:
    """A lead of the own store's, about a member who is at home in the other one by now."""
    return _of_the_lane(make_lead, "S1")


def _of_the_lane(make_lead: MakeLead, store: str) -> Lead:
    lead = make_lead("M2", store, title="Of the lane alone", reason="Of the lane alone")
    Member.objects.filter(code="M2").update(code=THEIRS)
    return lead


def said_of_theirs(answer: Any) -> list[str]:
    text = answer.content.decode()
    return [word for word in TOLD if word in text]


def with_token(client: Client) -> Callable[[str], Any]:
    """The same person by the API, with a token."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    token = accounts.issue_token(None, user)
    return lambda path: Client().get(
        f"/api/v1/{path}", headers={"authorization": f"Bearer {token}", "accept-language": "en"}
    )


@pytest.mark.parametrize("which", ["theirs", "moved"])
def test_by_page(manager_of_s1: Client, request: pytest.FixtureRequest, which: str) -> None:
    lead = request.getfixturevalue(which)
    lists = (
        "/m/", "/m/leads/", "/m/leads/?who=all", "/m/team/", "/m/results/", "/m/members/",
        "/m/members/?q=李静", "/leads/", "/leads/?state=", "/members/", "/m/messages/",
    )  # fmt: skip
    for address in lists:
        answer = manager_of_s1.get(address, follow=True)
        assert answer.status_code == 200, address
        assert not set(said_of_theirs(answer)) - ({"李静"} if "q=" in address else set()), address
    for address in (f"/m/leads/{lead.pk}/", f"/m/members/{THEIRS}/", f"/members/{THEIRS}/"):
        answer = manager_of_s1.get(address)
        told = [word for word in said_of_theirs(answer) if word not in address]
        assert (answer.status_code, told) == (404, []), address


@pytest.mark.parametrize("which", ["theirs", "moved"])
def test_by_api(manager_of_s1: Client, request: pytest.FixtureRequest, which: str) -> None:
    lead, ask = request.getfixturevalue(which), with_token(manager_of_s1)
    for path in ("leads", "leads?state=to_do", f"leads?member={THEIRS}", "members", "team"):
        answer = ask(path)
        assert (answer.status_code, said_of_theirs(answer)) == (200, []), path
    for path in (f"leads/{lead.pk}", f"members/{THEIRS}", "leads?store=S2", "team?store=S2"):
        answer = ask(path)
        assert answer.status_code == 404 or not answer.json()["items"], path
        assert not [word for word in said_of_theirs(answer) if word not in path], path


def test_by_what_is_kept_offline(manager_of_s1: Client, theirs: Lead) -> None:
    kept = manager_of_s1.get("/m/leads/")
    assert kept[KEEP] == "1"
    assert said_of_theirs(kept) == []
    assert f"/m/leads/{theirs.pk}/" not in kept.content.decode()
    for address in ("/m/leads/?who=all", "/m/members/", f"/m/leads/{theirs.pk}/"):
        assert KEEP not in manager_of_s1.get(address)


def test_by_export(manager_of_s1: Client, sign_in: Callable[..., Client], theirs: Lead) -> None:
    for address in ("/leads/?export=xlsx", "/members/?export=xlsx"):
        assert manager_of_s1.get(address).status_code == 403
    head = sign_in(Role.REGION_HEAD, node="R1")
    for address, own in (
        ("/leads/?export=xlsx", "Of the oak alone"),
        ("/members/?export=xlsx", "M1"),
    ):
        answer = head.get(address)
        assert answer.status_code == 200
        text = sheet_of(answer)
        assert own in text
        assert not [word for word in TOLD if word in text]
    assert not Lead.objects.filter(pk=theirs.pk, version__gt=1).exists()


def sheet_of(answer: Any) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if "xl/" in name)


def test_by_a_visit_alone_and_it_is_written_down(manager_of_s1: Client, theirs: Lead) -> None:
    opened = manager_of_s1.post("/m/guest/", {"who": THEIRS})
    assert opened["Location"] == f"/m/members/{THEIRS}/"
    assert "At home in Mill Lane" in manager_of_s1.get(f"/m/members/{THEIRS}/").content.decode()
    assert Entry.objects.filter(action="member.visit_opened", detail__code=THEIRS).count() == 1
    for address in ("/m/leads/", "/m/leads/?who=all", "/m/members/", "/leads/"):
        assert not said_of_theirs(manager_of_s1.get(address)), address
    ask = with_token(manager_of_s1)
    assert ask(f"members/{THEIRS}").status_code == 404
    assert manager_of_s1.get(f"/m/leads/{theirs.pk}/").status_code == 404


# The live stream: through its own door, over the run's real PostgreSQL.


@pytest.fixture
def two_stores(transactional_db: None) -> Iterator[dict[str, Any]]:
    """Two stores, a manager of the first, and by store the id of a lead; "moved": of a member who
    is at home in the second, in the first."""
    top, found = org.ensure_head_office(), dict[str, Any]()
    for code in ("S1", "S2"):
        store = org.add_node(None, Node.Kind.STORE, code, code, parent=top)
        member = Member.objects.create(code=f"M-{code}", name=f"Of {code}", home_store=store)
        found[code] = _lead(store, member)
    found["moved"] = _lead(org.get_node("S1"), Member.objects.get(code="M-S2"))
    staff = Staff.objects.create(code="mo", name="Mo")
    kind = Position.Kind.STORE_MANAGER
    org.assign_position(None, staff, org.get_node("S1"), kind, date(2019, 1, 1))
    found["user"] = User.objects.create(
        username="mo", role=Role.STORE_MANAGER, node=org.get_node("S1"), staff=staff
    )
    yield found


def _lead(store: Node, member: Member) -> int:
    made = Lead.objects.create(
        store=store, member=member, title=f"For {member.code}", source="tag",
        due_on=clock.today(), opened_on=clock.today(), is_outreach=False,
    )  # fmt: skip
    return made.pk


def test_by_live_stream(two_stores: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(
        two_stores["user"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    door = urlsplit(client.get("/live/leads/")["Location"])
    ids = [two_stores[name] for name in ("S1", "S2", "moved")]
    told = asyncio.run(_heard(door.path, door.query, ids, monkeypatch))
    assert told.count('"what":"opened"') == 1
    assert f'"leads":[{{"id":{two_stores["S1"]},' in told
    for name in ("S2", "moved"):
        assert f'"id":{two_stores[name]},' not in told
    assert not [word for word in ("M-S1", "M-S2", "Of S1", "Of S2", "For ") if word in told]


async def _heard(path: str, query: str, ids: list[int], patch: pytest.MonkeyPatch) -> str:
    crier, gone, parts = (
        Crier(postgres_address("regulars test leads")),
        asyncio.Event(),
        list[str](),
    )
    patch.setattr(lead_streams, "_crier", lambda: crier)

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        parts.append(message.get("body", b"").decode())

    asked = {"type": "http", "method": "GET", "path": path, "query_string": query.encode()}
    assert lead_streams.is_lead_stream(asked)
    running = asyncio.create_task(lead_streams.lead_stream(asked, receive, send))
    async with asyncio.timeout(SOON):
        while not parts[1:]:
            await asyncio.sleep(0.01)
        # The other stores' first: once the own one is heard, nothing else is on its way.
        for lead_id in (*ids[1:], ids[0]):
            await asyncio.to_thread(publish, "lead.opened", lead_ids=[lead_id], store_ids=[])
        while '"what":"opened"' not in "".join(parts):
            await asyncio.sleep(0.01)
        gone.set()
        await running
        await crier.close()
    return "".join(parts)
