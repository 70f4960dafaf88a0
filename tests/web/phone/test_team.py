"""The team's board: who has what; handed out, split, added, handed over and taken back."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from django.test import Client
from tests.web.phone.conftest import MakeLead

from regulars.act.tasks.models import Handover, Lead
from regulars.act.tasks.service import Load
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.org.models import Staff
from regulars.web.phone.team import is_stuck

PLACE = "?org=S1"


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_the_board_shows_who_has_what_and_who_is_stuck(
    manager: Client, make_lead: MakeLead, lan: Staff
) -> None:
    make_lead("M1", staff=lan, due_on="2020-02-20", reason="Overdue since the twentieth")
    make_lead(None, reason="Nobody has this")
    page = text(manager.get("/m/team/"))
    assert page.index("Lan <strong") < page.index("Ming")
    assert "stuck" in page
    assert "1 late" in page
    assert "Nobody has this" in page
    assert "Overdue since the twentieth" in text(manager.get(f"/m/team/?who={lan.pk}"))


@pytest.mark.parametrize(("hour", "is_told"), [(10, False), (12, True)])
def test_whoever_has_not_begun_is_stuck_some_hours_into_the_day_alone(
    monkeypatch: pytest.MonkeyPatch, hour: int, is_told: bool
) -> None:
    day = date(2020, 3, 2)
    monkeypatch.setattr(clock, "chain", Chain)
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(day, time(hour), clock.zone()))
    idle = Load(None, "", is_on=True, room=5, to_do=3)
    assert is_stuck(idle) is is_told
    assert not is_stuck(replace(idle, touched=1))
    assert not is_stuck(replace(idle, is_on=False))
    assert is_stuck(replace(idle, is_on=False, late=1))


def test_leads_are_handed_out_with_one_tap(
    manager: Client, make_lead: MakeLead, lan: Staff
) -> None:
    leads = [make_lead("M1"), make_lead(None)]
    wish = {"lead": [lead.pk for lead in leads], "staff": lan.pk}
    page = manager.post(f"/m/team/hand-out/{PLACE}", wish, follow=True)
    assert "2 handed to Lan." in text(page)
    assert set(Lead.objects.values_list("staff", flat=True)) == {lan.pk}
    assert manager.post(f"/m/team/hand-out/{PLACE}", {"staff": lan.pk}).status_code == 400
    assert manager.post(f"/m/team/hand-out/{PLACE}", wish | {"staff": 0}).status_code == 404


def test_a_task_is_added_and_split_among_the_team(manager: Client, ming: Staff, lan: Staff) -> None:
    manager.post(f"/m/team/task/{PLACE}", {"title": "Tidy the shelf", "due_on": "2020-03-02"})
    task = Lead.objects.get(title="Tidy the shelf")
    whose = task.staff_id or "nobody"
    assert "Split “Tidy the shelf”" in text(manager.get(f"/m/team/?who={whose}"))
    manager.post(f"/m/team/split/{task.pk}/{PLACE}", {"staff": [ming.pk, lan.pk]})
    assert set(task.split_into.values_list("staff", flat=True)) == {ming.pk, lan.pk}
    past = {"title": "Too late", "due_on": "2020-02-01"}
    assert manager.post(f"/m/team/task/{PLACE}", past).status_code == 400


def test_members_and_leads_go_over_and_come_back(
    manager: Client, make_lead: MakeLead, ming: Staff, lan: Staff
) -> None:
    lead = make_lead("M1", staff=lan)
    assert "Lan leaves or is away" in text(manager.get(f"/m/team/?who={lan.pk}"))
    page = manager.post(
        f"/m/team/hand-over/{lan.pk}/{PLACE}", {f"share-{ming.pk}": "1"}, follow=True
    )
    assert "1 leads of Lan went to others." in text(page)
    assert Lead.objects.get(pk=lead.pk).staff == ming
    handover = Handover.objects.get()
    manager.post(f"/m/team/taken-back/{handover.pk}/{PLACE}")
    assert Lead.objects.get(pk=lead.pk).staff == lan
    assert manager.post(f"/m/team/hand-over/{lan.pk}/{PLACE}", {}).status_code == 400


def test_a_consultant_sees_the_own_results_and_no_board(
    consultant: Client, manager: Client, make_lead: MakeLead, lan: Staff
) -> None:
    lead = make_lead("M1", staff=lan)
    consultant.post(f"/m/leads/{lead.pk}/report/", {"result": "bought"})
    page = text(consultant.get("/m/results/"))
    assert "Results · Lan" in page
    assert "bought after a lead" in page
    assert consultant.get("/m/team/").status_code == 403
    assert "Results · Lan" in text(manager.get(f"/m/results/?who={lan.pk}"))


def test_an_account_of_nobody_on_the_staff_has_no_results(sign_in: object) -> None:
    assert "No results here" in text(sign_in("operations").get("/m/results/"))  # type: ignore[operator]
