"""What was found in the morning becomes a task of the store's manager, once, and ends with it."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.act.tasks.working import TODAY, node, staff_of
from tests.understand.actions.small_chain import finding_at

from regulars.act.tasks import finding
from regulars.act.tasks.finding import ask_stores, concerns_of
from regulars.act.tasks.models import Lead
from regulars.act.tasks.service import claim, close
from regulars.ground.messages.models import Round
from regulars.ground.org.models import Node, Position
from regulars.understand.diagnosis import models

DAY = timedelta(days=1)


def task_at(code: str) -> Lead:
    return Lead.objects.get(source="finding", store=node(code))


def found_again(on) -> None:
    """The same findings on another morning."""
    models.Finding.objects.filter(made_on=TODAY).update(made_on=on)


def places(*codes: str) -> list[dict[str, object]]:
    return [{"code": code, "name": code, "cents": -100} for code in codes]


def test_a_stores_finding_is_its_managers_task_once(people) -> None:
    finding_at("S0")
    assert ask_stores(TODAY) == 1
    task = task_at("S0")
    assert (task.staff, task.member, task.is_outreach) == (people.manager.staff, None, False)
    assert "1,000" in task.reason and task.title
    assert task.facts["org"] == "S0" and task.facts["to"] == TODAY.isoformat()
    assert (task.value_cents, task.due_on) == (100_000, TODAY + timedelta(days=3))
    assert ask_stores(TODAY) == 0
    found_again(TODAY + DAY)
    assert ask_stores(TODAY + DAY) == 0
    assert Lead.objects.count() == 1


def test_a_place_above_asks_the_worst_of_its_stores(people) -> None:
    finding_at("R1", told={"worst_places": places("S1", "S2", "S3", "S0")})
    assert ask_stores(TODAY) == 3
    assert {lead.store.code for lead in Lead.objects.all()} == {"S1", "S2", "S3"}
    assert task_at("S1").staff == people.other.staff
    assert task_at("S2").staff is None
    assert task_at("S1").value_cents is None


def test_a_stores_own_finding_goes_before_one_of_a_place_above(people) -> None:
    finding_at("R1", contribution_cents=-900_000, told={"worst_places": places("S0", "S1")})
    finding_at("S0")
    ask_stores(TODAY)
    assert [lead.facts["org"] for lead in Lead.objects.order_by("store__code")] == ["S0", "R1"]


@pytest.mark.parametrize(
    "facts",
    [
        {"contribution_cents": 100_000},
        {"is_dismissed": True},
        {"told": {"is_raised": False}},
        {"is_of_morning": False},
        {"made_on": TODAY - DAY},
    ],
)
def test_what_is_no_loss_or_is_not_raised_this_morning_asks_nobody(people, facts) -> None:
    finding_at("S0", **facts)
    assert ask_stores(TODAY) == 0


def test_a_day_brings_a_store_so_many_tasks_the_most_money_first(people, set_chain) -> None:
    set_chain(finding_tasks_a_day=1)
    for factor, cents in (("members", -1_000), ("buyers", -3_000), ("tickets", -2_000)):
        finding_at("S0", factor=factor, contribution_cents=cents)
    assert ask_stores(TODAY) == 1
    assert task_at("S0").source_id == "active_old|buyers|"
    found_again(TODAY + DAY)
    assert ask_stores(TODAY + DAY) == 1
    set_chain(finding_tasks_a_day=0)
    found_again(TODAY + 2 * DAY)
    models.Finding.objects.update(made_on=TODAY + 2 * DAY)
    assert ask_stores(TODAY + 2 * DAY) == 0


def test_the_play_that_answers_it_is_named(people, make_play) -> None:
    finding_at("S0")
    finding_at("S1")
    make_play("wrong", answers=["new"])
    elsewhere = make_play("elsewhere", name="别处", answers=["active_old/buyers"])
    elsewhere.pilot_stores.set([node("S1")])
    make_play("wide", name="全员", answers=["active_old"])
    ask_stores(TODAY)
    assert "全员" in task_at("S0").reason and task_at("S0").facts["play"] == "wide"
    assert "别处" in task_at("S1").reason
    assert task_at("S0").play is None


def test_where_nothing_runs_the_ready_plays_are_named(people) -> None:
    finding_at("S0")
    ask_stores(TODAY)
    assert "纸尿裤该补货了" in task_at("S0").reason and "play" not in task_at("S0").facts


def test_a_task_that_nobody_began_ends_when_it_is_found_no_more(people) -> None:
    finding_at("S0")
    finding_at("S1")
    ask_stores(TODAY)
    claim(people.other, task_at("S1").pk)
    models.Finding.objects.all().delete()
    finding_at("S0", made_on=TODAY + DAY, factor="tickets")
    ask_stores(TODAY + DAY)
    gone = Lead.objects.get(store=node("S0"), source_id="active_old|buyers|")
    assert gone.state == "dropped"
    assert gone.changes.get(what="closed").detail == {"why": "finding_gone", "by": "itself"}
    assert task_at("S1").state == "taken"


def test_tasks_end_too_when_nobody_looked_for_days_but_not_on_the_first(people) -> None:
    finding_at("S0")
    ask_stores(TODAY)
    assert ask_stores(TODAY + 3 * DAY) == 0
    assert task_at("S0").state == "open"
    ask_stores(TODAY + 4 * DAY)
    assert task_at("S0").state == "dropped"


def test_what_somebody_dealt_with_rests_though_it_is_still_found(people) -> None:
    finding_at("S0")
    ask_stores(TODAY)
    close(people.manager, task_at("S0").pk, "finished")
    found_again(TODAY + DAY)
    assert ask_stores(TODAY + DAY) == 0
    Lead.objects.update(closed_at=task_at("S0").closed_at - finding.RESTS_FOR - DAY)
    models.Finding.objects.update(made_on=TODAY + 2 * DAY)
    assert ask_stores(TODAY + 2 * DAY) == 1


@pytest.mark.parametrize("step", ["_stage", "_end_what_is_gone", "find_people", "open_rows"])
def test_a_morning_that_breaks_at_any_step_leaves_nothing_and_asks_once_the_next_time(
    people, monkeypatch, step: str
) -> None:
    finding_at("S0")
    real = getattr(finding, step)

    def broken(*given, **told):
        real(*given, **told)
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(finding, step, broken)
        with pytest.raises(RuntimeError), transaction.atomic():
            ask_stores(TODAY)
    assert not Lead.objects.exists() and not Round.objects.filter(kind="findings").exists()
    assert ask_stores(TODAY) == 1
    assert ask_stores(TODAY) == 0


def test_of_two_managers_the_one_on_shift_is_asked(people) -> None:
    from regulars.understand.actions.models import Shift

    second = staff_of("S0", "Second", Position.Kind.STORE_MANAGER)
    Shift.objects.create(node=node("S0"), staff=second, on=TODAY)
    finding_at("S0")
    ask_stores(TODAY)
    assert task_at("S0").staff == second


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["S0", "S1", "R1"]), st.sampled_from(["buyers", "tickets", ""]),
        st.integers(-9, 3),
    ),
    max_size=12,
)  # fmt: skip


@given(rows=ROWS)
def test_each_store_is_concerned_once_by_each_cause_by_losses_alone(rows, monkeypatch_places):
    told = [
        models.Finding(
            pk=n, node=monkeypatch_places[code], part="total", factor=factor,
            contribution_cents=cents, told={"worst_places": places("S0", "S1")},
        )
        for n, (code, factor, cents) in enumerate(rows)
    ]  # fmt: skip
    concerns = concerns_of(told)
    keys = [(each.store_id, each.source_id) for each in concerns]
    assert len(keys) == len(set(keys))
    assert all(each.row.contribution_cents < 0 and each.row.factor for each in concerns)
    wanted = {
        (store, f"total|{row.factor}|")
        for row in told
        if row.factor and row.contribution_cents < 0
        for store in ([row.node_id] if row.node.kind == "store" else [1, 2])
    }
    assert set(keys) == wanted


@pytest.fixture(scope="module")
def monkeypatch_places():
    """Two stores and the region above them, where no database is asked."""

    class Stores:
        def values_list(self, *_names):
            return [("S0", 1), ("S1", 2)]

    patch = pytest.MonkeyPatch()
    patch.setattr(type(Node.objects), "filter", lambda *_given, **_told: Stores())
    yield {
        "S0": Node(pk=1, code="S0", kind="store"),
        "S1": Node(pk=2, code="S1", kind="store"),
        "R1": Node(pk=3, code="R1", kind="region"),
    }
    patch.undo()
