"""The main road: a head gives out what a finding asks for, the store reports, the chairman sees."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from tests.understand.actions.small_chain import finding_at, staff_of

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.models import Position
from regulars.ground.org.service import get_node
from regulars.understand.actions.models import Action, Promise, Shift

Role = User.Role
SignIn = Callable[..., Client]
TODAY = date(2020, 2, 29)
MOST_BYTES = 60_000


@pytest.fixture(autouse=True)
def end_of_february(chain_of_two: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    yield


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_from_the_finding_to_the_manager_and_back_to_the_chairman(sign_in: SignIn) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    lan = staff_of("S1", "Lan")
    finding = finding_at("S1", made_on=TODAY)
    region = sign_in(Role.REGION_HEAD, node="R1")
    manager = sign_in(Role.STORE_MANAGER, node="S1", staff=ming)
    chairman = sign_in(Role.OPERATIONS)

    start = text(region.get("/m/actions/"))
    address = f"/m/actions/new/?finding={finding.pk}"
    assert f'href="{address}"' in start
    page = text(region.get(address))
    assert "−¥1,000" in page
    assert "Call those who usually buy" in page
    wish = {"what": "Call the forty", "who": f"staff-{ming.pk}", "due_on": "2020-03-03"}
    given = region.post(address, wish | {"expected": "1000.00"})
    action = Action.objects.get()
    assert given["Location"] == f"/m/actions/{action.pk}/"
    assert (action.who, action.expected_cents) == (ming.user, 100_000)
    assert (action.part, action.expected_factor) == ("active_old", "buyers")

    huddle = text(manager.get("/m/huddle/"))
    assert "Call the forty" in huddle
    tap = {"action": action.pk, "who": f"staff-{lan.pk}"}
    assert manager.post("/m/huddle/give/?org=S1", tap).status_code == 302
    assert Action.objects.get(parent=action).staff == lan
    reported = manager.post(f"/m/actions/{action.pk}/report/", {"text": "40 called, 12 will come"})
    assert reported.status_code == 302

    assert "40 called, 12 will come" in text(chairman.get("/m/actions/"))
    assert "40 called, 12 will come" in text(chairman.get(f"/actions/{action.pk}/"))
    assert "40 called, 12 will come" in text(chairman.get("/actions/"))
    assert chairman.post(f"/m/actions/{action.pk}/say/", {"text": "Well done"}).status_code == 302
    assert "Well done" in text(manager.get(f"/m/actions/{action.pk}/"))


def test_what_a_regions_finding_asks_of_a_manager_is_to_be_done_at_the_store(
    sign_in: SignIn,
) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    worst = {"code": "S1", "name": "Store 1", "cents": -9}
    finding = finding_at("R1", made_on=TODAY, told={"worst_places": [worst]})
    region = sign_in(Role.REGION_HEAD, node="R1")
    manager = sign_in(Role.STORE_MANAGER, node="S1", staff=ming)
    address = f"/m/actions/new/?finding={finding.pk}"
    page = text(region.get(address))
    assert f"?finding={finding.pk}&amp;org=S1" in page
    assert page.index("Ming") < page.index("region_head-")  # whoever asks comes last
    wish = {"what": "Call the forty", "who": f"staff-{ming.pk}", "due_on": "2020-03-03"}
    region.post(address, wish)
    action = Action.objects.get()
    assert (action.node.code, action.finding) == ("S1", finding)
    assert "Call the forty" in text(manager.get("/m/huddle/"))


def test_a_form_with_something_missing_says_what_and_keeps_the_rest(sign_in: SignIn) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    region = sign_in(Role.REGION_HEAD, node="R1")
    wish = {"what": "Call the forty", "who": f"staff-{ming.pk}", "due_on": "2020-02-01"}
    page = text(region.post("/m/actions/new/?org=S1", wish))
    assert "The day until when is over already." in page
    assert "Call the forty" in page
    assert not Action.objects.exists()


def test_other_places_findings_and_actions_are_not_there(sign_in: SignIn) -> None:
    finding = finding_at("S1", made_on=TODAY)
    action = Action.objects.create(
        node=get_node("S1"),
        what="Call them all",
        staff=staff_of("S1", "Ming"),
        made_on=TODAY,
        due_on=TODAY,
    )
    west = sign_in(Role.REGION_HEAD, node="R2")
    assert west.get(f"/m/actions/new/?finding={finding.pk}").status_code == 404
    assert west.get("/m/actions/new/?org=S1").status_code == 403
    assert west.get(f"/m/actions/{action.pk}/").status_code == 404
    for verb in ("report", "say", "reopen"):
        answer = west.post(f"/m/actions/{action.pk}/{verb}/", {"text": "x"})
        assert answer.status_code == 404
    assert west.get("/m/huddle/?org=S1").status_code == 403
    assert west.get("/m/visits/S1/").status_code == 403
    assert west.post("/m/visits/S1/note/", {"note": "x"}).status_code == 403
    assert str(action) not in text(west.get("/m/actions/"))


def test_a_consultant_reports_on_the_own_action_and_gives_out_none(sign_in: SignIn) -> None:
    lan, ming = staff_of("S1", "Lan"), staff_of("S1", "Ming")
    consultant = sign_in(Role.CONSULTANT, node="S1", staff=lan)
    own, other = (
        Action.objects.create(
            node=get_node("S1"), what="x", staff=staff, made_on=TODAY, due_on=TODAY
        )
        for staff in (lan, ming)
    )
    for address in ("/m/actions/new/", "/m/visits/"):
        assert consultant.get(address).status_code == 403
    assert consultant.post(f"/m/actions/{other.pk}/report/", {"text": "x"}).status_code == 403
    assert consultant.post(f"/m/actions/{own.pk}/report/", {"text": "x"}).status_code == 302
    taps = {"/m/huddle/shift/?org=S1": {"staff": lan.pk, "is_on": "1"}}
    taps["/m/huddle/give/?org=S1"] = {"action": other.pk, "who": f"staff-{lan.pk}"}
    for address, tap in taps.items():
        assert consultant.post(address, tap).status_code == 403


def test_one_tap_says_who_is_on_shift_and_another_takes_it_back(sign_in: SignIn) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    manager = sign_in(Role.STORE_MANAGER, node="S1", staff=ming)
    assert "No roster kept" in text(manager.get("/m/huddle/"))
    manager.post("/m/huddle/shift/?org=S1", {"staff": ming.pk, "is_on": "1"})
    page = text(manager.get("/m/huddle/"))
    assert 'aria-pressed="true">Ming' in page
    assert "No roster kept" not in page
    manager.post("/m/huddle/shift/?org=S1", {"staff": ming.pk})
    assert not Shift.objects.exists()


def test_head_office_chooses_a_store_for_its_huddle(sign_in: SignIn) -> None:
    page = text(sign_in(Role.OPERATIONS).get("/m/huddle/"))
    assert 'href="/m/huddle/?org=S1"' in page
    assert sign_in(Role.OPERATIONS).get("/m/huddle/?org=R1").status_code == 400


def test_a_visit_shows_why_and_what_was_promised_last_time(sign_in: SignIn) -> None:
    finding_at("S1", made_on=TODAY)
    head = sign_in(Role.REGION_HEAD, node="R1")
    page = text(head.get("/m/visits/"))
    assert "Oak Street" in page
    assert "Which members did you expect" in page
    wish = {"note": "Shelf empty", "promised": "Fill it", "due_on": "2020-03-02"}
    assert head.post("/m/visits/S1/note/", wish).status_code == 302
    promise = Promise.objects.get()
    assert "Fill it" in text(head.get("/m/visits/S1/"))
    assert head.post(f"/m/visits/promises/{promise.pk}/", {"is_kept": "no"}).status_code == 302
    assert "not kept" in text(head.get("/m/visits/S1/"))


@pytest.mark.parametrize("page", ["/m/huddle/", "/m/actions/", "/m/actions/new/"])
def test_a_page_of_actions_is_under_sixty_kilobytes_over_the_wire(
    sign_in: SignIn, page: str
) -> None:
    staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    content = sign_in(Role.STORE_MANAGER, node="S1").get(page).content
    names = re.findall(r'(?:src|href)="/static/([^"?#]+)', content.decode())
    files = {name: finders.find(name) for name in names}
    if missing := [name for name, path in files.items() if not path]:
        pytest.skip(f"not installed: {', '.join(missing)} (make setup)")
    sizes = [len(gzip.compress(Path(path).read_bytes())) for path in files.values()]
    assert len(gzip.compress(content)) + sum(sizes) <= MOST_BYTES
