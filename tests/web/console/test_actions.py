"""Actions, ledger, usage, alerts and stores side by side at the desk."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.understand.actions.small_chain import finding_at, staff_of

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.models import Position
from regulars.ground.org.service import get_node
from regulars.understand.actions.models import Action, Alert, StoreCost
from regulars.understand.actions.service import check_alert, count_usage

Role = User.Role
SignIn = Callable[..., Client]
TODAY = date(2020, 2, 29)


@pytest.fixture(autouse=True)
def end_of_february(chain_of_two: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    yield


def text(answer: Any) -> str:
    return str(answer.content.decode())


def action_at(code: str, **facts: Any) -> Action:
    told = {"what": "Call the forty", "made_on": TODAY, "due_on": TODAY, "part": "active_old"}
    told |= {"expected_factor": "buyers"}
    return Action.objects.create(node=get_node(code), **{**told, **facts})


def test_late_and_ineffective_actions_come_to_the_top_and_leave_as_excel(sign_in: SignIn) -> None:
    action_at("S1", what="in time", due_on=date(2020, 3, 9))
    action_at("S1", what="no use", state="done", is_ineffective=True)
    action_at("S2", what="overdue", due_on=date(2020, 2, 1))
    hq = sign_in(Role.OPERATIONS)
    page = text(hq.get("/actions/"))
    assert page.index("overdue") < page.index("in time") < page.index("no use")
    assert "did not help" in page
    book = CalamineWorkbook.from_filelike(io.BytesIO(hq.get("/actions/?export=xlsx").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["overdue", "in time", "no use"]
    assert "overdue" not in text(sign_in(Role.REGION_HEAD, node="R1").get("/actions/"))


def test_an_action_is_given_dropped_and_opened_again_at_the_desk(sign_in: SignIn) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    finding = finding_at("S1", made_on=TODAY)
    hq = sign_in(Role.OPERATIONS)
    wish = {"what": "Call the forty", "who": f"staff-{ming.pk}", "due_on": "2020-03-03"}
    hq.post(f"/actions/new/?finding={finding.pk}", wish)
    action = Action.objects.get()
    assert "too early to say" in text(hq.get(f"/actions/{action.pk}/"))
    hq.post(f"/actions/{action.pk}/drop/", {"text": "The store is being rebuilt"})
    action.refresh_from_db()
    assert (action.state, action.result) == ("dropped", "The store is being rebuilt")
    hq.post(f"/actions/{action.pk}/reopen/")
    action.refresh_from_db()
    assert action.is_open
    hq.post(f"/actions/{action.pk}/say/", {"text": "After all"})
    hq.post(f"/actions/{action.pk}/report/", {"text": "Called"})
    action.refresh_from_db()
    assert (action.state, action.comments.get().text) == ("done", "After all")
    ledger = text(hq.get("/actions/ledger/"))
    assert "1 answered" in ledger
    assert "no play that answers it has been approved" in ledger


def test_another_regions_head_is_refused(sign_in: SignIn) -> None:
    action = action_at("S1")
    watching = Alert.objects.create(
        name="x", node=get_node("S1"), formula="net_sales", threshold=Decimal(1)
    )
    west = sign_in(Role.REGION_HEAD, node="R2")
    gone = [f"/actions/{action.pk}/", f"/actions/alerts/{watching.pk}/"]
    closed = ["/actions/usage/?org=S1", "/stores/benchmark/?org=S1", "/stores/profit/?org=S1"]
    assert [west.get(address).status_code for address in gone] == [404, 404]
    assert [west.get(address).status_code for address in closed] == [403, 403, 403]
    for verb in ("report", "drop", "reopen", "say"):
        answer = west.post(f"/actions/{action.pk}/{verb}/", {"text": "x"})
        assert answer.status_code == 404, verb
    assert west.post(f"/actions/alerts/{watching.pk}/switch/").status_code == 404
    assert west.post("/stores/S1/costs/?month=2020-02", {"rent": "1"}).status_code == 403
    assert not StoreCost.objects.exists()


def test_usage_is_shown_to_heads_with_what_it_stands_on(sign_in: SignIn) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    staff_of("S1", "Lan")
    manager = sign_in(Role.STORE_MANAGER, node="S1", staff=ming)
    manager.post("/m/huddle/shift/?org=S1", {"staff": ming.pk, "is_on": "1"})
    count_usage(TODAY)
    page = text(sign_in(Role.REGION_HEAD, node="R1").get("/actions/usage/"))
    assert "Oak Street" in page
    assert "100.0%" in page
    assert sign_in(Role.CONSULTANT, node="S1").get("/actions/usage/").status_code == 403


def test_an_alert_is_set_in_the_words_of_people_and_kept_in_units_of_the_metric(
    sign_in: SignIn,
) -> None:
    hq = sign_in(Role.OPERATIONS)
    wish = {
        "name": "Few come back", "org": "HQ", "formula": "retention", "level": "store",
        "days": "month", "is_above": "no", "threshold": "60", "is_change": "no",
        "least_tickets": "1", "from_hour": "0", "to_hour": "24", "quiet_hours": "24",
    }  # fmt: skip
    assert hq.post("/actions/alerts/new/", wish).status_code == 302
    alert = Alert.objects.get()
    assert alert.threshold == Decimal("0.6")
    assert 'value="60"' in text(hq.get(f"/actions/alerts/{alert.pk}/"))
    check_alert(alert, clock.now())
    hq.post(f"/actions/alerts/{alert.pk}/", wish | {"formula": "net_sales", "threshold": "100"})
    alert.refresh_from_db()
    assert alert.threshold == 10_000
    check_alert(alert, clock.now())
    page = text(hq.get("/actions/alerts/"))
    assert "Mill Lane" in page  # sold 70.00
    assert "¥70.00" in page
    hq.post(f"/actions/alerts/{alert.pk}/switch/")
    assert "switched off" in text(hq.get("/actions/alerts/"))
    refused = text(hq.post("/actions/alerts/new/", wish | {"formula": "gold + 1"}))
    assert "There is no metric “gold”" in refused
    assert sign_in(Role.STORE_MANAGER, node="S1").get("/actions/alerts/new/").status_code == 403


def test_a_store_stands_beside_the_best_and_shows_what_it_earns(sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    page = text(manager.get("/stores/benchmark/"))
    assert "Oak Street" in page
    assert "Where the difference lies" in page
    costs = {"staff": "100", "rent": "50", "marketing": "0", "margin": "50"}
    assert manager.post("/stores/S1/costs/?month=2020-02", costs).status_code == 302
    page = text(manager.get("/stores/profit/?org=S1&month=2020-02"))
    # 305.05 sold in February at a margin of one half, less 150.00.
    assert "+¥2.53" in page
    assert "assumed" in page
    assert "¥300.00" in page
    assert manager.get("/stores/profit/?org=S1&month=never").status_code == 400


def test_head_office_chooses_a_store_first(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    assert 'href="/stores/profit/?org=S2"' in text(hq.get("/stores/profit/"))
    assert "Mill Lane" not in text(hq.get("/stores/benchmark/?q=oak"))
