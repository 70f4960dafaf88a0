"""Taking leads, giving them back, reaching members, closing; and who may not."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from tests.act.tasks.working import TODAY, member, node

from regulars.act.tasks import contacts
from regulars.act.tasks.errors import Conflict, NotOffered, Taken
from regulars.act.tasks.models import Contact, GuestVisit, Lead, LeadChange
from regulars.act.tasks.service import (
    add_task,
    assign,
    claim,
    close,
    give_back,
    list_leads,
    my_results,
    open_lead,
    reopen,
    split,
    team_board,
    touch,
    visible_leads,
)
from regulars.ground.accounts.access import scope_of
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.understand.experiments.models import Touch


@pytest.fixture
def lead(people) -> Lead:
    made = open_lead(None, member("M0-0"), node("S0"), source="tag", title="Call her")
    assert made is not None
    Lead.objects.filter(pk=made.pk).update(staff=None)
    return Lead.objects.get(pk=made.pk)


def whats(lead: Lead) -> list[str]:
    return list(lead.changes.order_by("pk").values_list("what", flat=True))


def test_one_takes_it_and_the_other_is_told_who(people, lead) -> None:
    assert claim(people.ann, lead.pk).state == "taken"
    with pytest.raises(Taken, match="Ann"):
        claim(people.bob, lead.pk)
    with pytest.raises(Taken, match="Ann"):
        close(people.bob, lead.pk, "booked")
    assert claim(people.ann, lead.pk).staff == people.ann.staff
    assert whats(lead) == ["opened", "claimed"]


def test_a_request_said_twice_is_done_once_and_answered_alike(people, lead) -> None:
    said = [uuid4() for _ in range(4)]
    for _ in range(2):
        assert claim(people.ann, lead.pk, said[0]).state == "taken"
    for _ in range(2):
        assert touch(people.ann, lead.pk, "wecom", said[1]).pk == lead.pk
    for _ in range(2):
        assert close(people.ann, lead.pk, "booked", "Saturday", request_id=said[2]).note
    for _ in range(2):
        assert reopen(people.ann, lead.pk, said[3]).state == "taken"
    assert whats(lead) == ["opened", "claimed", "touched", "closed", "reopened"]
    assert Contact.objects.count() == 1
    with pytest.raises(UserError, match="used before"):
        claim(people.bob, lead.pk, said[0])


def test_a_phone_that_was_away_is_told_who_did_what_meanwhile(people, lead) -> None:
    seen = claim(people.ann, lead.pk).version
    assign(people.manager, [lead.pk], people.ann.staff)
    with pytest.raises(Conflict, match=r"store_manager.*assigned"):
        close(people.ann, lead.pk, "booked", version=seen)
    now = Lead.objects.get(pk=lead.pk).version
    assert close(people.ann, lead.pk, "booked", version=now).state == "done"
    with pytest.raises(Conflict, match="closed"):
        close(people.manager, lead.pk, "later")


def test_given_back_anybody_of_the_store_may_take_it(people, lead) -> None:
    claim(people.ann, lead.pk)
    with pytest.raises(Taken):
        give_back(people.bob, lead.pk)
    assert give_back(people.ann, lead.pk).staff is None
    assert claim(people.bob, lead.pk).staff == people.bob.staff


def test_leads_are_handed_to_those_who_work_there_alone(people, lead) -> None:
    (given,) = assign(people.manager, [lead.pk], people.bob.staff)
    assert (given.staff, given.state) == (people.bob.staff, "open")
    with pytest.raises(UserError, match="Ola does not work"):
        assign(people.head, [lead.pk], people.other.staff)
    with pytest.raises(NotAllowed):
        assign(people.ann, [lead.pk], people.ann.staff)
    with pytest.raises(NotFound):
        assign(people.other, [lead.pk], people.other.staff)


def test_another_stores_leads_are_not_there(people, lead) -> None:
    for user in (people.other,):
        scope = scope_of(user)
        assert not list_leads(scope).exists()
        for act in (claim, give_back, reopen):
            with pytest.raises(NotFound):
                act(user, lead.pk)
        with pytest.raises(NotFound):
            close(user, lead.pk, "booked")
        with pytest.raises(NotFound):
            touch(user, lead.pk, "call")
        with pytest.raises(NotFound):
            team_board(scope, node("S0"))
    for user in (people.manager, people.ann, people.head, people.operations):
        assert [each.pk for each in list_leads(scope_of(user), state="to_do")] == [lead.pk]


def test_a_lead_of_a_member_who_moved_is_not_seen_by_her_old_store(people, lead) -> None:
    moved = member("M0-0")
    moved.home_store = node("S1")
    moved.save()
    assert not visible_leads(scope_of(people.manager)).exists()


def test_a_head_hands_out_and_does_not_work_leads(people, lead) -> None:
    with pytest.raises(NotAllowed):
        claim(people.head, lead.pk)
    assert assign(people.head, [lead.pk], people.ann.staff)


def test_touching_counts_for_caps_and_refuses_what_she_did_not_allow(people, lead) -> None:
    touch(people.ann, lead.pk, "call")
    with pytest.raises(NotOffered) as refused:
        touch(people.ann, lead.pk, "call")
    assert refused.value.reason == "cap"
    Contact.objects.all().delete()
    member_ = member("M0-0")
    member_.is_sms_allowed = False
    member_.save()
    with pytest.raises(NotOffered) as refused:
        touch(people.ann, lead.pk, "sms")
    assert refused.value.reason == "consent"
    touch(people.ann, lead.pk, "store")
    with pytest.raises(UserError, match="channel"):
        touch(people.ann, lead.pk, "telegraph")
    assert Lead.objects.get(pk=lead.pk).staff == people.ann.staff


def test_in_quiet_hours_nobody_is_called(people, lead, set_chain, monkeypatch) -> None:
    set_chain(quiet_from_hour=21, quiet_until_hour=9)
    late = datetime(2020, 5, 3, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
    monkeypatch.setattr(clock, "now", lambda: late)
    assert contacts.is_quiet_now()
    with pytest.raises(NotOffered) as refused:
        touch(people.ann, lead.pk, "call")
    assert refused.value.reason == "quiet"
    assert touch(people.ann, lead.pk, "store").state == "taken"


def test_whoever_told_what_came_of_it_was_spoken_to_in_the_store_unless_by_another_way(
    people, make_play
) -> None:
    play = make_play(coupon="C-10")
    leads = [
        open_lead(play, member(code), node("S0"), source="play")
        for code in ("M0-0", "M0-1", "M0-2")
    ]
    spoken, called, missed = leads
    close(people.manager, spoken.pk, "booked")
    touch(people.manager, called.pk, "call")
    close(people.manager, called.pk, "bought")
    close(people.manager, missed.pk, "no_answer")
    touches = Touch.objects.order_by("lead_id").values_list("lead_id", "channel", "offer")
    assert list(touches) == [(spoken.pk, "store", "C-10"), (called.pk, "call", "C-10")]
    reopen(people.manager, spoken.pk)
    reopen(people.manager, called.pk)
    assert Touch.objects.get().lead_id == called.pk
    assert Contact.objects.get().lead_id == called.pk


def test_a_touch_of_a_play_is_told_to_its_experiment(people, make_play) -> None:
    play = make_play(coupon="C-10")
    lead = open_lead(play, member("M0-0"), node("S0"), source="tag")
    touch(people.manager, lead.pk, "call")
    (touched,) = Touch.objects.all()
    assert (touched.lead_id, touched.offer, touched.channel) == (lead.pk, "C-10", "call")


def test_a_closing_is_taken_back_within_a_day_by_whoever_may(people, lead) -> None:
    close(people.ann, lead.pk, "not_interested")
    with pytest.raises(NotAllowed):
        reopen(people.bob, lead.pk)
    assert reopen(people.manager, lead.pk).result == ""
    close(people.ann, lead.pk, "later")
    open_lead(None, member("M0-0"), node("S0"), source="tag", title="Another")
    with pytest.raises(NotOffered):
        reopen(people.ann, lead.pk)
    Lead.objects.filter(pk=lead.pk).update(closed_at=clock.now() - timedelta(days=2))
    with pytest.raises(UserError, match="too long ago"):
        reopen(people.ann, lead.pk)


@pytest.mark.parametrize(
    ("told", "field"),
    [({"result": "magic"}, "result"), ({"next_contact_on": date(2020, 1, 1)}, "next_contact_on")],
)
def test_a_result_that_cannot_be_is_refused(people, lead, told, field) -> None:
    with pytest.raises(UserError) as refused:
        close(people.ann, lead.pk, **{"result": "later", **told})
    assert refused.value.field == field
    assert Lead.objects.get(pk=lead.pk).state == "open"


def test_one_lead_a_member_and_whoever_asks_by_hand_is_told_why(people, lead) -> None:
    assert open_lead(None, member("M0-0"), node("S0"), source="tag", title="Again") is None
    with pytest.raises(NotOffered) as refused:
        add_task(people.manager, node("S0"), "Again", member=member("M0-0"))
    assert refused.value.reason == "has_one"
    with pytest.raises(NotOffered) as refused:
        add_task(people.head, node("S0"), "Her", member=member("M1-0"))
    assert refused.value.reason == "elsewhere"
    with pytest.raises(NotFound):
        add_task(people.manager, node("S1"), "Sweep")


def test_a_task_is_split_and_done_with_its_last_part(people) -> None:
    said = uuid4()
    task = add_task(people.manager, node("S0"), "Ring forty people", request_id=said)
    assert add_task(people.manager, node("S0"), "Ring forty people", request_id=said) == task
    parts = split(people.manager, task.pk, people.staff)
    assert {part.staff for part in parts} == set(people.staff)
    close(
        people.ann, parts[0].pk if parts[0].staff == people.ann.staff else parts[1].pk, "finished"
    )
    assert Lead.objects.get(pk=task.pk).state == "taken"
    close(
        people.bob, parts[1].pk if parts[1].staff == people.bob.staff else parts[0].pk, "finished"
    )
    assert Lead.objects.get(pk=task.pk).state == "done"
    with pytest.raises(UserError):
        split(people.manager, task.pk, people.staff)


def test_the_board_and_the_results_say_who_has_and_did_what(people, lead) -> None:
    close(people.ann, lead.pk, "bought")
    open_lead(None, member("M0-1"), node("S0"), source="tag", title="t", staff=people.bob.staff)
    board = team_board(scope_of(people.manager), node("S0"))
    loads = {load.staff.name: load for load in board.people}
    assert (loads["Bob"].to_do, loads["Bob"].room) == (1, 14)
    results = my_results(scope_of(people.ann), people.ann.staff)
    assert (results.closed, results.bought, results.rank) == (1, 1, 1)
    nothing = my_results(scope_of(people.bob), people.bob.staff)
    assert (nothing.closed, nothing.bought_rate, nothing.rank) == (0, None, None)


def test_every_change_is_told_once_with_the_ids(people, lead) -> None:
    Event.objects.all().delete()
    claim(people.ann, lead.pk)
    close(people.ann, lead.pk, "booked")
    told = [(e.topic, e.payload["lead_ids"]) for e in Event.objects.order_by("published_at")]
    assert told == [("lead.assigned", [lead.pk]), ("lead.closed", [lead.pk])]
    assert LeadChange.objects.filter(lead=lead, made_by=people.ann).count() == 2
    assert not GuestVisit.objects.exists()
    assert clock.today() == TODAY
