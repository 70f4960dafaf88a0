"""What has just happened opens leads, once; and nobody who is held out gets one by any path."""

import random
from datetime import timedelta
from uuid import uuid4

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.act.tasks.working import TODAY, member, node
from tests.understand.actions.small_chain import finding_at

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.opportunities.rules import awaited
from regulars.act.tasks import triggering
from regulars.act.tasks.errors import NotOffered
from regulars.act.tasks.finding import ask_stores
from regulars.act.tasks.launching import launch
from regulars.act.tasks.making import open_lead, open_leads
from regulars.act.tasks.models import Launch, Lead
from regulars.act.tasks.service import assign, close
from regulars.act.tasks.triggering import missed, take_in
from regulars.act.tasks.withdrawing import bring_back, withdraw
from regulars.ground.jobs.service import publish
from regulars.ground.messages.models import Round
from regulars.ground.warehouse.service import query
from regulars.know.members.models import Member
from regulars.understand.diagnosis.models import Finding
from regulars.understand.experiments.models import Entry

BECOMES = {"tag": "lifecycle", "becomes": "asleep"}
VIEWED = {"event": "Product Viewed", "where": {"stage": 3}}


@pytest.fixture
def happen(monkeypatch):
    """`happen(("Product Viewed", "M0-0", {"stage": 3}))`: events that were loaded just now."""
    told: list[tuple[str, int, dict]] = []

    def candidates_among(play, member_ids, on=None) -> pa.Table:
        relation = opportunities.candidates(play, on or TODAY)
        found = query(relation.sql)
        return found.filter(pa.compute.is_in(found["member_id"], pa.array(member_ids)))

    monkeypatch.setattr(opportunities, "triggered", candidates_among)
    monkeypatch.setattr(triggering, "_done", lambda batches, plays: told if batches else [])

    def put(*events):
        told[:] = [(name, member(code).pk, properties) for name, code, properties in events]
        return publish("events.loaded", batches=[str(uuid4())]).pk

    return put


def test_an_event_opens_its_plays_lead_at_once_and_once(people, make_play, happen) -> None:
    play = make_play("viewed", trigger=VIEWED)
    told = happen(
        ("Product Viewed", "M0-0", {"stage": 3}),
        ("Product Viewed", "M0-1", {"stage": 1}),
        ("Product Bought", "M0-2", {"stage": 3}),
    )
    assert told in missed()
    assert take_in([told]) == 1
    (lead,) = Lead.objects.all()
    assert (lead.member.code, lead.play, lead.source_id, lead.reason) == (
        "M0-0", play, "Product Viewed", "because",
    )  # fmt: skip
    assert take_in([told]) == 0
    assert told not in missed()


def test_a_second_event_within_the_window_opens_no_second_lead(people, make_play, happen) -> None:
    make_play("viewed", trigger=VIEWED)
    for _ in range(2):
        take_in([happen(("Product Viewed", "M0-0", {"stage": 3}))])
        Lead.objects.update(state="done")
    assert Lead.objects.count() == 1


def test_whoever_enters_a_segment_is_an_event_too(people, make_play, happen, monkeypatch) -> None:
    make_play("asleep", trigger={"event": "segment.entered", "where": {"segment": "asleep"}})
    monkeypatch.setattr(triggering, "_entered", lambda change: [member("M0-3").pk])
    for segment in ("awake", "asleep"):
        told = publish("segment.entered", segment=segment, change=str(uuid4()), members=1)
        take_in([told.pk])
        assert Lead.objects.exists() == (segment == "asleep")


def test_an_event_closes_the_lead_that_waited_for_it(people, make_play, happen) -> None:
    make_play("booking", trigger=VIEWED, outcome={"kind": "event", "name": "booked"})
    take_in([happen(("Product Viewed", "M0-0", {"stage": 3}))])
    take_in([happen(("booked", "M0-0", {}))])
    assert Lead.objects.get().state == "done"


PATHS = st.lists(
    st.sampled_from([
        "launch", "event", "tag", "becomes", "finding", "pause", "hand", "set", "assign", "close",
        "day",
    ]),
    min_size=3, max_size=12,
)  # fmt: skip


@given(paths=PATHS, seed=st.integers(0, 2**16))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whoever_is_held_out_gets_no_lead_of_that_play_by_any_path(  # noqa: PLR0912, PLR0917 - paths
    paths, seed, people, make_play, happen, monkeypatch
) -> None:
    chance, day = random.Random(seed), TODAY
    for model in (Lead, Entry, Launch, Round, Finding):
        model.objects.all().delete()
    opportunities.running().clear()
    plays = [
        make_play(f"{seed}-{n}-{uuid4().hex}", trigger=trigger, holdout_rate="0.50")
        for n, trigger in enumerate((VIEWED, BECOMES))
    ]
    members = list(Member.objects.filter(home_store__code__in=["S0", "S1"]))
    for path in paths:
        one, play = chance.choice(members), chance.choice(plays)
        match path:
            case "launch":
                launch(day)
            case "event":
                take_in([happen(*(("Product Viewed", m.code, {"stage": 3}) for m in members))])
            case "tag":
                open_lead(play, one, one.home_store, source="tag", source_id="t")
            case "becomes":
                everybody = [m.pk for m in members]
                monkeypatch.setattr(triggering, "_entered", lambda change, ids=everybody: ids)
                segment = awaited(BECOMES)[1]["segment"]
                take_in([publish("segment.entered", segment=segment, change=str(uuid4())).pk])
            case "finding":
                finding_at(
                    chance.choice(["S0", "S1"]), factor=chance.choice(["buyers", "tickets"]),
                    made_on=day,
                )  # fmt: skip
                ask_stores(day)
            case "pause":
                Play.objects.filter(pk=play.pk).update(state="draft")
                withdraw(play.pk)
                Play.objects.filter(pk=play.pk).update(state="approved")
                bring_back(play.pk)
            case "hand":
                try:
                    open_lead(play, one, one.home_store, source="manager", actor=people.manager)
                except NotOffered as refused:
                    assert refused.reason
            case "set":
                ids = [each.pk for each in members]
                stores = [each.home_store_id for each in members]
                columns = {"play_id": [play.pk] * len(ids), "member_id": ids, "store_id": stores}
                open_leads(pa.table(columns))
            case "assign":
                ids = list(Lead.objects.filter(store=node("S0"), state="open").values_list("pk"))
                if ids:
                    assign(people.manager, [pk for (pk,) in ids], people.bob.staff)
            case "close":
                for lead in Lead.objects.filter(state__in=["open", "taken"], store=node("S0")):
                    close(people.manager, lead.pk, "no_answer")
            case "day":
                day += timedelta(days=15)
    held_out = set(
        Entry.objects.filter(is_held_out=True).values_list("experiment__play", "member_id")
    )
    led = set(Lead.objects.exclude(member=None).values_list("play_id", "member_id"))
    assert not held_out & led
    assert led <= set(Entry.objects.values_list("experiment__play", "member_id"))
