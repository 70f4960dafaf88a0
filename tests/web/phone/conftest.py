"""Leads in the hands of a small store."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.understand.actions.small_chain import staff_of

from regulars.act.tasks.models import Lead
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.models import Position, Staff
from regulars.ground.org.service import get_node
from regulars.know.members.models import Member

TODAY = date(2020, 2, 29)
MakeLead = Callable[..., Lead]


@pytest.fixture
def end_of_february(chain_of_two: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr("regulars.act.tasks.changing.is_quiet_now", lambda: False)
    yield


@pytest.fixture
def ming(end_of_february: None) -> Staff:
    return staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)


@pytest.fixture
def lan(end_of_february: None) -> Staff:
    return staff_of("S1", "Lan")


@pytest.fixture
def manager(ming: Staff, sign_in: Callable[..., Client]) -> Client:
    return sign_in(User.Role.STORE_MANAGER, node="S1", staff=ming)


@pytest.fixture
def consultant(lan: Staff, sign_in: Callable[..., Client]) -> Client:
    return sign_in(User.Role.CONSULTANT, node="S1", staff=lan)


@pytest.fixture
def make_lead(end_of_february: None) -> MakeLead:
    """`make_lead("M1", staff=lan)`: a lead that is to be done."""

    def made(member: str | None = "M1", store: str = "S1", **told: Any) -> Lead:
        about = Member.objects.get(code=member) if member else None
        usual = {
            "title": "Formula is due", "reason": "The formula ends about 3 March", "source": "play",
            "talk": "Hello, your formula is here.", "goods": ["P1"], "value_cents": 30_000,
            "due_on": TODAY, "opened_on": TODAY, "is_outreach": member is not None,
        }  # fmt: skip
        return Lead.objects.create(member=about, store=get_node(store), **{**usual, **told})

    return made
