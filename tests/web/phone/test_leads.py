"""Leads on the phone: in order of value, worked with one thumb, once each, privately."""

import uuid

from django.test import Client

from regulars.act.tasks.models import Contact, Lead
from regulars.ground.audit.models import Entry
from regulars.ground.org.models import Staff
from tests.web.phone.conftest import MakeLead

JSON = {"accept": "application/json"}


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_own_leads_and_those_of_nobody_stand_by_value(
    consultant: Client, make_lead: MakeLead, lan: Staff, ming: Staff
) -> None:
    make_lead("M1", staff=lan, value_cents=100, reason="worth little")
    make_lead(None, value_cents=900, reason="worth much")
    make_lead(None, staff=ming, value_cents=500, reason="somebody else's")
    page = text(consultant.get("/m/leads/"))
    assert page.index("worth much") < page.index("worth little")
    assert "somebody else" not in page
    assert "somebody else" in text(consultant.get("/m/leads/?who=all"))
