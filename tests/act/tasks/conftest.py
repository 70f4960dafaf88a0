"""Leads at the six stores of the actions' tests: two people each at the first two, a play for all
members, and who may do what."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlglot
from sqlglot import exp
from tests.act.tasks.working import TODAY, People, staff_of, user_of
from tests.kept_chain import stand_on
from tests.understand.actions.small_chain import bring_chain

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.tasks import contacts, ending, finding, mornings, opening, team
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.org.models import Position
from regulars.ground.warehouse.engine import Engine
from regulars.know.events.matching import Relation
from regulars.understand.experiments.models import Experiment

Role = User.Role
CANDIDATES = """
    SELECT {play}::BIGINT AS play_id, member_id, home_store_id::BIGINT AS store_id,
           (1000 - member_id % 7)::BIGINT AS value_cents, json_object('n', member_id) AS facts,
           'because' AS reason
    FROM members WHERE home_store_id IS NOT NULL
"""
NEVER_QUIET = {"quiet_from_hour": 0, "quiet_until_hour": 0}


@pytest.fixture
def set_chain(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`set_chain(leads_a_day=2)`: other settings than the usual ones."""

    def put(**settings: Any) -> None:
        told = Chain(**{"as_of": TODAY, **NEVER_QUIET, **settings})
        for room in (clock, contacts, opening, ending, finding, mornings, team):
            monkeypatch.setattr(room, "chain", lambda: told)

    return put


@pytest.fixture
def six_stores(warehouse: Engine, set_chain: Callable[..., None]) -> date:
    set_chain()
    stand_on("six stores", bring_chain, warehouse)
    return TODAY


@pytest.fixture
def people(six_stores: date) -> People:
    def worker(role: str, store: str, name: str, kind: str) -> User:
        return user_of(role, store, staff_of(store, name, kind))[0]

    kinds = Position.Kind
    return People(
        manager=worker(Role.STORE_MANAGER, "S0", "Mo", kinds.STORE_MANAGER),
        ann=worker(Role.CONSULTANT, "S0", "Ann", kinds.CONSULTANT),
        bob=worker(Role.CONSULTANT, "S0", "Bob", kinds.CONSULTANT),
        other=worker(Role.STORE_MANAGER, "S1", "Ola", kinds.STORE_MANAGER),
        head=user_of(Role.REGION_HEAD, "R1")[0],
        operations=user_of(Role.OPERATIONS)[0],
    )


@pytest.fixture
def make_play(six_stores: date, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Play]:
    """`make_play("lapsed", holdout_rate="0.5")`: a running play, whose candidates are all members
    with a home; members of lower rest of their id by seven are worth more."""
    plays: list[Play] = []

    def candidates(play: Play, on: date, language: str = "zh") -> Relation:
        select = sqlglot.parse_one(CANDIDATES.format(play=play.pk), dialect="duckdb")
        assert isinstance(select, exp.Select)
        return Relation(select)

    def made(code: str = "lapsed", **told: Any) -> Play:
        rate = told.pop("holdout_rate", "0.00")
        usual = {
            "name": code, "reason": "r", "outcome": {"kind": "purchase"}, "window_days": 14,
            "state": Play.State.APPROVED, "starts_on": TODAY - timedelta(days=30),
            "ends_on": TODAY + timedelta(days=60), "open_days": 7, "holdout_rate": rate,
        }  # fmt: skip
        play = Play(code=code, **{**usual, **told})
        if not play.is_service:
            play.experiment = Experiment.objects.create(
                code=code, name=code, holdout_rate=rate, outcome=play.outcome,
                window_days=play.window_days, salt=code, began_on=TODAY,
            )  # fmt: skip
        play.save()
        plays.append(play)
        return play

    monkeypatch.setattr(opportunities, "candidates", candidates)
    monkeypatch.setattr(opportunities, "running", lambda on=None: plays)
    return made
