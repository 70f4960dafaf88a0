"""The page that says why, its log of places, and the same through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from regulars.ground.accounts.models import User
from regulars.understand.diagnosis.models import EventLog

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
