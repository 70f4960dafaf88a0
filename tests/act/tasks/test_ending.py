"""Leads that end by themselves, what is told when they are late, and handovers."""

from collections import Counter
from datetime import date, timedelta

import pyarrow as pa
import pytest
from tests.act.tasks.working import TODAY, member, node
from tests.understand.actions.small_chain import bring, line

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.tasks import ending, mornings
from regulars.act.tasks.ending import end_by_events, end_by_sales
from regulars.act.tasks.escalating import escalate
from regulars.act.tasks.forgetting import forget
from regulars.act.tasks.handover import hand_over, take_back_handover
from regulars.act.tasks.launching import launch
from regulars.act.tasks.leaving import hand_over_of_those_gone
from regulars.act.tasks.models import Handover, Launch, Lead
from regulars.act.tasks.service import claim, visible_leads
from regulars.act.tasks.triggering import take_in
from regulars.act.tasks.withdrawing import bring_back, withdraw
from regulars.ground.accounts.access import scope_of
from regulars.ground.jobs.service import publish
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.messages.models import Message
from regulars.ground.org.models import Position
from regulars.know.members.models import Relation

MILK = {"kind": "category", "code": "Milk"}


def lead_of(code: str) -> Lead:
    return Lead.objects.get(member__code=code)


def sale_at(code: str) -> list[dict[str, object]]:
    return [{"store": node(code).pk, "on": TODAY.isoformat()}]


def sales_of(code: str) -> list[tuple[int, date]]:
    return [(node(code).pk, TODAY)]


def test_a_sale_closes_the_lead_that_waited_for_it(people, make_play) -> None:
    make_play(outcome=MILK)
    launch(TODAY)
    before = Lead.objects.get(member__code="M0-0")
    Lead.objects.filter(pk=before.pk).update(opened_on=TODAY - timedelta(days=1))
    bring("lines", line("new", TODAY, 0, "M0-0"))
    told = publish("batch.loaded", kind="lines", places=sale_at("S0"), batches=[], import_id=None)
    take_in([told.pk])
    ended = lead_of("M0-0")
    assert (ended.state, ended.result, ended.ticket_no) == ("done", "bought", "new")
    assert ended.closed_by is None
    assert Lead.objects.filter(state="open").count() == 7
    assert end_by_sales(None) == 0


@pytest.mark.parametrize("code", ["Milk", "Milk > Powder"])
def test_a_sale_from_a_category_below_the_one_waited_for_closes_it_too(
    people, make_play, code
) -> None:
    make_play(outcome=MILK)
    launch(TODAY)
    Lead.objects.update(opened_on=TODAY - timedelta(days=1))
    bring("products", {"product_id": "new", "name": "new", "category": code})
    bring("lines", line("new", TODAY, 0, "M0-0") | {"product_id": "new"})
    assert end_by_sales(sales_of("S0")) == 1
    assert lead_of("M0-0").ticket_no == "new"


@pytest.mark.parametrize(
    "outcome", [{"kind": "category", "code": "Mil"}, {"kind": "event", "name": "booked"}]
)
def test_a_sale_of_something_else_leaves_it_open(people, make_play, outcome) -> None:
    make_play(outcome=outcome)
    launch(TODAY)
    Lead.objects.update(opened_on=TODAY - timedelta(days=1))
    bring("lines", line("new", TODAY, 0, "M0-0"))
    assert end_by_sales(None) == 0


def test_what_she_bought_before_or_long_after_does_not_count(people, make_play) -> None:
    make_play(outcome=MILK, window_days=3)
    launch(TODAY)
    bring("lines", line("new", TODAY, 0, "M0-0"))
    Lead.objects.update(opened_on=TODAY + timedelta(days=1))
    assert end_by_sales(None) == 0
    Lead.objects.update(opened_on=TODAY - timedelta(days=4))
    assert end_by_sales(sales_of("S0")) == 0
    Lead.objects.update(opened_on=TODAY - timedelta(days=3))
    assert end_by_sales(sales_of("S1")) == 0
    assert end_by_sales(sales_of("S0")) >= 1


def test_an_event_that_a_play_waits_for_closes_its_lead(people, make_play) -> None:
    make_play(outcome={"kind": "event", "name": "booked"})
    launch(TODAY)
    assert end_by_events({member("M0-0").pk: {"viewed"}, member("M0-1").pk: {"booked"}}) == 1
    assert (lead_of("M0-1").state, lead_of("M0-0").state) == ("done", "open")


def test_of_a_stopped_play_what_nobody_has_begun_is_withdrawn(people, make_play) -> None:
    play, launched = make_play(), launch(TODAY)
    begun, touched = Lead.objects.filter(staff=people.ann.staff)[:2]
    claim(people.ann, begun.pk)
    touched.changes.create(what="touched")
    assert withdraw(play.pk) == 0
    Play.objects.update(state="stopped")
    assert withdraw(play.pk) == launched.counts["opened"] - 2 == 6
    assert Counter(Lead.objects.values_list("state", flat=True)) == {
        "dropped": 6, "taken": 1, "open": 1,
    }  # fmt: skip
    gone = Lead.objects.filter(state="dropped")[0]
    assert gone.changes.get(what="closed").detail == {"why": "play_stopped", "by": "itself"}
    Play.objects.update(state="approved")
    assert bring_back(play.pk) == 0


def test_of_a_service_everything_stays(people, make_play) -> None:
    play = make_play(is_service=True)
    launch(TODAY)
    Play.objects.update(state="stopped")
    assert withdraw(play.pk) == 0


def test_what_was_withdrawn_comes_back_with_its_play_and_once(
    people, make_play, monkeypatch
) -> None:
    monkeypatch.setattr(opportunities, "triggered", still_met("M0-3"))
    play = make_play()
    launch(TODAY)
    ids = set(Lead.objects.values_list("pk", flat=True))
    Play.objects.update(state="draft", talk="new words")
    assert withdraw(play.pk) == 8
    Lead.objects.create(
        member=member("M0-0"), store=node("S0"), title="t", source="tag", due_on=TODAY,
        opened_on=TODAY,
    )  # fmt: skip
    Play.objects.update(state="approved")
    assert bring_back(play.pk) == 6
    assert bring_back(play.pk) == 0
    again = Lead.objects.filter(play=play, state="open")
    assert set(again.values_list("pk", flat=True)) <= ids
    assert set(again.values_list("talk", "reason")) == {("new words", "again")}
    assert not again.filter(member__code__in=["M0-0", "M0-3"]).exists()
    launch(TODAY + timedelta(days=1))
    assert Lead.objects.filter(play=play).count() == 8
    Play.objects.update(state="draft")
    assert withdraw(play.pk) == 6


def still_met(*nobody_more: str):
    def triggered(play, member_ids, on=None) -> pa.Table:
        gone = {member(code).pk for code in nobody_more}
        rows = [
            {"member_id": each, "reason": "again", "facts": "{}"}
            for each in member_ids
            if each not in gone
        ]
        return pa.Table.from_pylist(rows)

    return triggered


def test_what_is_late_is_told_the_manager_and_a_day_later_the_head_and_lapses(
    people, make_play
) -> None:
    make_play(open_days=0)
    launch(TODAY)
    day = timedelta(days=1)
    assert escalate(TODAY) == 0
    escalate(TODAY + day)
    assert set(Message.objects.values_list("user", flat=True)) == {
        people.manager.pk, people.other.pk,
    }  # fmt: skip
    assert "4" in Message.objects.get(user=people.manager).title
    escalate(TODAY + day)
    assert Message.objects.count() == 2
    escalate(TODAY + 2 * day)
    assert "8" in Message.objects.get(user=people.head).title
    assert ending.lapse(TODAY + 3 * day) == 0
    assert ending.lapse(TODAY + 4 * day) == 8
    assert set(Lead.objects.values_list("state", flat=True)) == {"lapsed"}


def test_a_day_begins_once(people, make_play) -> None:
    make_play()
    assert mornings.begin(TODAY).pk == mornings.begin(TODAY).pk
    assert Launch.objects.count() == 1


def test_a_forgotten_member_is_in_no_lead_any_more(people, make_play) -> None:
    make_play()
    launch(TODAY)
    forget([member("M0-0").pk])
    left = lead_of("M0-0")
    assert (left.state, left.reason, left.facts) == ("dropped", "", {})


@pytest.fixture
def ann_looks_after_all(people, make_play) -> None:
    make_play()
    for k in range(4):
        Relation.objects.create(
            member=member(f"M0-{k}"), staff=people.ann.staff, valid_from=TODAY - timedelta(days=9)
        )
    launch(TODAY)


def with_whom() -> dict[str, str]:
    held = Relation.objects.valid_on(TODAY).select_related("member", "staff")
    return {relation.member.code: relation.staff.name for relation in held}


def test_members_and_leads_go_to_others_by_shares_and_come_back(
    people, ann_looks_after_all
) -> None:
    shares = {people.bob.staff_id: 3, people.manager.staff_id: 1}
    made = hand_over(people.manager, people.ann.staff, shares)
    assert (made.members, made.leads) == (4, 4)
    assert sorted(with_whom().values()) == ["Bob", "Bob", "Bob", "Mo"]
    assert not Lead.objects.filter(staff=people.ann.staff).exists()
    take_back_handover(people.manager, made)
    assert set(with_whom().values()) == {"Ann"}
    assert Lead.objects.filter(staff=people.ann.staff).count() == 4
    assert not Handover.objects.exists()
    with pytest.raises(NotFound):
        take_back_handover(people.manager, made)


def test_nobody_hands_over_to_another_store_or_from_one(people, ann_looks_after_all) -> None:
    with pytest.raises(UserError):
        hand_over(people.manager, people.ann.staff, {people.other.staff_id: 1})
    with pytest.raises(UserError):
        hand_over(people.manager, people.ann.staff, {people.ann.staff_id: 1})
    with pytest.raises(NotFound):
        hand_over(people.other, people.ann.staff, {people.other.staff_id: 1}, node("S0"))
    assert set(with_whom().values()) == {"Ann"}
    assert visible_leads(scope_of(people.other)).filter(store=node("S0")).count() == 0


def test_whoever_has_left_hands_over_the_same_day_once_and_her_manager_is_told(
    people, ann_looks_after_all
) -> None:
    ann, bob = people.ann.staff, people.bob.staff
    hers = Lead.objects.filter(staff=ann).count()
    assert hand_over_of_those_gone(TODAY) == 0
    Position.objects.filter(staff=ann).update(valid_to=TODAY)
    assert hand_over_of_those_gone(TODAY - timedelta(days=1)) == 0
    assert hand_over_of_those_gone(TODAY) == 1
    assert hers and not Lead.objects.filter(staff=ann).exists()
    assert set(with_whom().values()) == {bob.name}
    made = Handover.objects.get()
    assert (made.from_staff, made.made_by, made.members, made.leads) == (ann, None, 4, hers)
    letter = Message.objects.get(kind="staff.left")
    assert (letter.user, letter.phone_address) == (people.manager, "/m/team/?org=S0")
    take_back_handover(people.manager, made)
    assert Lead.objects.filter(staff=ann).count() == hers
    assert hand_over_of_those_gone(TODAY) == 0


def test_where_nobody_is_there_to_take_them_they_stay(people, make_play) -> None:
    make_play()
    launch(TODAY)
    Position.objects.filter(node=node("S1")).update(valid_to=TODAY)
    assert hand_over_of_those_gone(TODAY) == 0
    assert Lead.objects.filter(staff=people.other.staff).exists()
