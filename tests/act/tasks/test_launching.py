"""The morning: who is chosen, who serves her, and that it happens once."""

from collections import Counter
from datetime import datetime, time, timedelta
from types import SimpleNamespace

import pytest
from tests.act.tasks.working import TODAY, member, node

from regulars.act.tasks import launching, mornings
from regulars.act.tasks.launching import launch
from regulars.act.tasks.models import Contact, Launch, Lead, LeadChange
from regulars.act.tasks.service import claim, close
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.know.members.models import Relation
from regulars.understand.actions.models import Shift
from regulars.understand.experiments.models import Entry


def test_every_candidate_of_a_store_with_room_gets_a_lead_with_somebody(people, make_play) -> None:
    play = make_play()
    made = launch(TODAY)
    leads = Lead.objects.select_related("store", "staff")
    assert Counter(lead.store.code for lead in leads) == {"S0": 4, "S1": 4}
    assert {lead.staff.name for lead in leads} == {"Ann", "Bob", "Ola"}
    first = leads[0]
    assert (first.title, first.reason, first.launch_id) == ("lapsed", "because", made.pk)
    assert first.due_on == TODAY + timedelta(days=play.open_days)
    assert first.facts == {"n": first.member_id}
    assert LeadChange.objects.filter(what="opened").count() == 8
    (event,) = Event.objects.filter(topic="lead.opened")
    assert sorted(event.payload["lead_ids"]) == sorted(lead.pk for lead in leads)
    assert (made.counts["opened"], made.counts["candidates"]) == (8, 24)


def test_a_morning_is_launched_once(people, make_play) -> None:
    make_play()
    assert launch(TODAY).pk == launch(TODAY).pk
    assert Lead.objects.count() == 8


def test_a_play_that_is_approved_later_in_the_day_is_launched_by_hand(people, make_play) -> None:
    make_play("first")
    launch(TODAY)
    Lead.objects.filter(store=node("S0")).update(state="done")
    late = make_play("late", priority=90)
    for _ in range(2):
        launch(TODAY)
    assert Counter(Lead.objects.values_list("play__code", flat=True)) == {"first": 8, "late": 4}
    assert set(late.leads.values_list("store__code", flat=True)) == {"S0"}


@pytest.mark.parametrize(
    "step", ["follow_up", "find_people", "chosen", "drawn", "enter", "reasons", "open_rows"]
)
def test_a_launch_that_breaks_at_any_step_leaves_nothing_and_goes_whole_the_next_time(
    people, make_play, monkeypatch, step: str
) -> None:
    make_play(holdout_rate="0.50")
    real = getattr(launching, step)

    def broken(*given, **told):
        real(*given, **told)
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(launching, step, broken)
        with pytest.raises(RuntimeError):
            launch(TODAY)
    for model in (Launch, Lead, LeadChange, Entry):
        assert not model.objects.exists()
    launch(TODAY)
    assert Entry.objects.filter(is_held_out=False).count() == Lead.objects.count() > 0


def test_room_is_what_people_on_shift_may_still_take(people, make_play, set_chain) -> None:
    set_chain(leads_a_day=2)
    make_play()
    Shift.objects.create(node=node("S0"), staff=people.ann.staff, on=TODAY)
    launch(TODAY)
    assert Counter(Lead.objects.values_list("store__code", flat=True)) == {"S0": 2, "S1": 2}
    assert set(Lead.objects.filter(store__code="S0").values_list("staff", flat=True)) == {
        people.ann.staff_id
    }
    worst = min(Lead.objects.filter(store__code="S0").values_list("value_cents", flat=True))
    left = [m for m in (member(f"M0-{k}") for k in range(4)) if not m.leads.exists()]
    assert all(1000 - each.pk % 7 <= worst for each in left)


def test_her_own_consultant_comes_first_and_the_others_by_load(people, make_play) -> None:
    make_play()
    for k in range(3):
        Relation.objects.create(member=member(f"M0-{k}"), staff=people.bob.staff, valid_from=TODAY)
    launch(TODAY)
    served = {lead.member.code: lead.staff.name for lead in Lead.objects.filter(store=node("S0"))}
    assert [served[f"M0-{k}"] for k in range(3)] == ["Bob"] * 3
    assert served["M0-3"] == "Ann"


def test_of_two_plays_a_member_gets_the_more_urgent_one(people, make_play) -> None:
    make_play("usual")
    urgent = make_play("urgent", priority=80)
    launch(TODAY)
    assert set(Lead.objects.values_list("play", flat=True)) == {urgent.pk}
    assert Lead.objects.count() == 8


def test_left_out_are_those_with_a_lead_too_many_contacts_or_no_consent(people, make_play) -> None:
    make_play()
    Lead.objects.create(
        member=member("M0-0"), store=node("S0"), title="t", source="tag", due_on=TODAY,
        opened_on=TODAY,
    )  # fmt: skip
    for _ in range(3):
        Contact.objects.create(member=member("M0-1"), channel="wecom")
    refusing = member("M0-2")
    refusing.is_call_allowed = refusing.is_sms_allowed = refusing.is_wecom_allowed = False
    refusing.save()
    counts = launch(TODAY).counts
    opened = Lead.objects.filter(store=node("S0"), source="play")
    assert [lead.member.code for lead in opened] == ["M0-3"]
    assert (counts["has_one"], counts["cap"], counts["consent"]) == (1, 1, 1)


def test_a_service_is_owed_whatever_the_caps_say(people, make_play) -> None:
    make_play("recall", is_service=True)
    for _ in range(3):
        Contact.objects.create(member=member("M0-1"), channel="wecom")
    launch(TODAY)
    assert member("M0-1").leads.exists()
    assert not Entry.objects.exists()


def test_half_held_out_all_above_the_cut_have_entered_and_keep_their_arm(people, make_play) -> None:
    play = make_play(holdout_rate="0.50")
    launch(TODAY)
    held_out = set(Entry.objects.filter(is_held_out=True).values_list("member", flat=True))
    reached = set(Entry.objects.filter(is_held_out=False).values_list("member", flat=True))
    assert held_out
    assert reached == set(Lead.objects.values_list("member", flat=True))
    Lead.objects.all().update(state=Lead.State.LAPSED)
    launch(TODAY + timedelta(days=play.window_days))
    assert not Lead.objects.filter(member__in=held_out).exists()


def test_whoever_met_a_play_is_left_alone_by_it_for_its_window(people, make_play) -> None:
    make_play()
    launch(TODAY)
    Lead.objects.all().update(state=Lead.State.DONE)
    launch(TODAY + timedelta(days=1))
    assert Lead.objects.count() == 8
    launch(TODAY + timedelta(days=14))
    assert Lead.objects.count() == 16


def test_what_was_to_be_asked_again_comes_again_on_its_day_to_the_same_person(
    people, make_play
) -> None:
    make_play()
    launch(TODAY)
    lead = Lead.objects.filter(staff=people.ann.staff).first()
    claim(people.ann, lead.pk)
    tomorrow = clock.today() + timedelta(days=1)
    close(people.ann, lead.pk, "later", next_contact_on=tomorrow)
    launch(tomorrow)
    again = Lead.objects.get(parent=lead)
    assert (again.source, again.staff, again.member_id) == (
        "follow_up", people.ann.staff, lead.member_id,
    )  # fmt: skip
    launch(tomorrow + timedelta(days=1))
    assert Lead.objects.filter(parent=lead).count() == 1


def test_the_day_begins_at_the_chains_hour_once_tags_are_those_of_the_day(
    people, make_play, set_chain, monkeypatch
) -> None:
    set_chain(as_of=None)
    hour = Chain().briefing_hour
    before, after = (datetime.combine(TODAY, time(h), clock.zone()) for h in (hour - 1, hour))
    tags_of(monkeypatch, TODAY)
    make_play()
    assert begin_at(monkeypatch, before) is None
    tags_of(monkeypatch, TODAY - timedelta(days=1))
    assert begin_at(monkeypatch, after) is None
    tags_of(monkeypatch, None)
    assert begin_at(monkeypatch, after) is None
    tags_of(monkeypatch, TODAY)
    assert begin_at(monkeypatch, after).on == TODAY
    assert Lead.objects.count() == 8
    assert begin_at(monkeypatch, after) is None


def test_a_deployment_that_stands_still_begins_its_day_at_any_hour(
    people, make_play, monkeypatch
) -> None:
    tags_of(monkeypatch, TODAY)
    midnight = datetime.combine(TODAY, time(0, 1), clock.zone())
    assert begin_at(monkeypatch, midnight) is None
    make_play()
    assert begin_at(monkeypatch, midnight).on == TODAY


def tags_of(monkeypatch, day) -> None:
    state = None if day is None else SimpleNamespace(as_of=day)
    monkeypatch.setattr(mornings, "state_of", lambda _subject: state)


def begin_at(monkeypatch, moment):
    monkeypatch.setattr(clock, "now", lambda: moment)
    return mornings.begin_day()
