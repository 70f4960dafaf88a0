"""The page that says why, its log of places, and the same through the API."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.understand.actions.small_chain import finding_at

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.understand.diagnosis.models import Dismissal, EventLog, Finding

Role = User.Role
SignIn = Callable[..., Client]
ASKED = "from=2020-02-01&to=2020-02-29"
pytestmark = pytest.mark.usefixtures("chain_of_two")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_where_too_little_is_known_the_page_says_so(sign_in: SignIn) -> None:
    page = sign_in(Role.OPERATIONS).get(f"/why/?{ASKED}&look=1")
    assert page.status_code == 200
    assert "Too little is known to say why" in text(page)
    assert "five whole months" in text(page)


def test_the_api_tells_the_gap_to_the_cent_and_why_nothing_is_found(sign_in: SignIn) -> None:
    told = sign_in(Role.OPERATIONS).get(f"/api/v1/diagnosis?{ASKED}").json()
    assert told["net_cents"] == 37_505
    assert told["gap_cents"] == 27_505
    assert told["findings"] == []
    assert "history" in told["reason"]


def test_who_sees_no_numbers_is_not_told_why(sign_in: SignIn) -> None:
    editor = sign_in(Role.CONTENT_EDITOR)
    assert editor.get("/why/").status_code == 403
    assert editor.get("/api/v1/diagnosis").status_code == 403


def test_what_happened_is_written_down_and_struck_out(sign_in: SignIn) -> None:
    head = sign_in(Role.OPERATIONS)
    sent = {"kind": "vacancy", "first_on": "2020-02-03", "last_on": "2020-02-09", "note": "no one"}
    assert head.post("/why/log/?org=S1", sent).status_code == 302
    assert "no one" in text(head.get("/why/log/?org=S1"))
    entry = EventLog.objects.get()
    assert (entry.node.code, entry.kind) == ("S1", "vacancy")
    assert head.post(f"/why/log/{entry.pk}/strike/").status_code == 302
    assert not EventLog.objects.exists()


def test_a_day_that_ends_before_it_begins_is_refused(sign_in: SignIn) -> None:
    sent = {"kind": "other", "first_on": "2020-02-09", "last_on": "2020-02-03", "note": ""}
    page = sign_in(Role.OPERATIONS).post("/why/log/?org=S1", sent)
    assert "stands before the first one" in text(page)
    assert not EventLog.objects.exists()


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, chain_of_two: None) -> Finding:
    """What this morning found at a store."""
    today = date(2020, 2, 29)
    monkeypatch.setattr(clock, "today", lambda: today)
    told = {
        "is_raised": True, "calendar_share": 0.0, "openings": [], "silent": [],
        "asked_code": "S1", "asked_name": "Oak Street",
        "worst_places": [{"code": "S1", "name": "Oak Street", "cents": -100_000}],
    }  # fmt: skip
    days = {"first_on": date(2020, 2, 1), "last_on": today}
    return finding_at("S1", made_on=today, told=told, **days)


CAUSE = "active old members not coming back"


@pytest.mark.parametrize("where", ["/", "/m/"])
def test_a_cause_is_told_given_out_from_and_set_aside_at_the_desk_and_on_the_phone(
    sign_in: SignIn, found: Finding, where: str
) -> None:
    head = sign_in(Role.REGION_HEAD, node="R1")
    page = text(head.get(f"{where}why/?{ASKED}"))
    assert CAUSE in page
    assert f"{where}actions/new/?finding={found.pk}" in page
    address = f"{where}why/{found.pk}/dismiss/?{ASKED}"
    assert head.post(address, {"reason": ""}).status_code == 400
    assert head.post(address, {"reason": "the street is dug up"})["Location"].endswith(ASKED)
    page = text(head.get(f"{where}why/?{ASKED}"))
    assert "the street is dug up" in page
    assert f"finding={found.pk}" not in page
    assert CAUSE not in text(head.get(f"{where}actions/"))
    said = Dismissal.objects.get()
    assert head.post(f"{where}why/again/{said.pk}/?{ASKED}").status_code == 302
    assert f"finding={found.pk}" in text(head.get(f"{where}why/?{ASKED}"))
    assert CAUSE in text(head.get(f"{where}actions/"))


def test_nobody_sets_aside_what_is_found_elsewhere_or_without_the_right_to_give(
    sign_in: SignIn, found: Finding
) -> None:
    sent = {"reason": "no"}
    for stranger in (sign_in(Role.REGION_HEAD, node="R2"), sign_in(Role.CONSULTANT, node="S1")):
        assert stranger.post(f"/why/{found.pk}/dismiss/", sent).status_code == 403
        assert stranger.post(f"/m/why/{found.pk}/dismiss/", sent).status_code == 403
    assert not Dismissal.objects.exists()


def test_who_gives_nothing_out_is_told_who_does(sign_in: SignIn, found: Finding) -> None:
    consultant = sign_in(Role.CONSULTANT, node="S1")
    for where in ("/", "/m/"):
        page = text(consultant.get(f"{where}why/?{ASKED}"))
        assert CAUSE in page
        assert "Your role gives nothing out" in page
        assert "actions/new" not in page


def test_any_two_periods_a_target_and_a_method_can_be_asked_for(sign_in: SignIn) -> None:
    head = sign_in(Role.OPERATIONS)
    beside = "against=dates&compare_from=2020-01-01&compare_to=2020-01-31"
    page = text(head.get(f"/why/?{ASKED}&{beside}&by=chain"))
    assert 'name="compare_from" value="2020-01-01"' in page
    assert "chain substitution" in page
    told = head.get(f"/api/v1/diagnosis?{ASKED}&against=2020-01-01..2020-01-31").json()
    assert told["compared"] == {"from": "2020-01-01", "to": "2020-01-31"}
    assert "No target is set" in text(head.get(f"/why/?{ASKED}&against=target"))
    assert "No target" in head.get(f"/api/v1/diagnosis?{ASKED}&against=target").json()["reason"]
    assert head.get(f"/api/v1/diagnosis?{ASKED}&against=the+moon").status_code == 400
