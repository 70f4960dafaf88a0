"""One person is not approached twice: not when two of her records become one, and not when two
people open a lead for her in the same moment."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.act.tasks.working import member, node

from regulars.act.tasks import changing, jobs
from regulars.act.tasks.errors import NotOffered
from regulars.act.tasks.models import Contact, Lead
from regulars.act.tasks.service import close, open_lead, reopen
from regulars.ground.accounts.models import User
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Position, Staff
from regulars.know.identities.service import merge_members, unmerge_members
from regulars.know.members.models import Member

State = Lead.State
Made = Callable[..., Lead]


@pytest.fixture
def both(people: Any) -> tuple[Member, Member]:
    """Two members of S0."""
    return member("M0-0"), member("M0-1")


@pytest.fixture
def lead_for(people: Any) -> Made:
    def made(who: Member, **told: Any) -> Lead:
        usual = {
            "store": who.home_store, "title": "Call her", "source": "tag", "due_on": clock.today(),
            "opened_on": clock.today(),
        }  # fmt: skip
        return Lead.objects.create(member=who, **{**usual, **told})

    return made


def merge(kept: Member, gone: Member) -> Any:
    made = merge_members(None, kept, gone)
    event = Event.objects.get(topic="person.merged")
    jobs.keep_one_lead(**event.payload)
    return made


def states() -> list[tuple[str, str]]:
    """(whose, state), the oldest first."""
    return list(Lead.objects.order_by("pk").values_list("member__code", "state"))


def test_of_two_leads_that_nobody_worked_on_one_ends_with_its_reason(
    both: tuple[Member, Member], lead_for: Made
) -> None:
    kept, gone = both
    lead_for(gone, priority=90)
    lead_for(kept)
    made = merge(kept, gone)
    assert states() == [("M0-1", State.DROPPED), ("M0-0", State.OPEN)]
    change = Lead.objects.get(member=gone).changes.get()
    assert (change.what, change.detail["why"]) == ("closed", "merged")
    assert Event.objects.filter(topic="lead.closed").count() == 1
    jobs.keep_one_lead(made.pk)
    unmerge_members(None, made)
    assert states() == [("M0-1", State.DROPPED), ("M0-0", State.OPEN)]


def test_the_one_that_was_worked_on_goes_on_and_with_it_the_record_that_does(
    both: tuple[Member, Member], lead_for: Made
) -> None:
    kept, gone = both
    worked, idle = lead_for(gone), lead_for(kept, priority=90)
    Contact.objects.create(member=gone, lead=worked, channel="call")
    merge(kept, gone)
    assert states() == [("M0-0", State.OPEN), ("M0-0", State.DROPPED)]
    assert Lead.objects.get(pk=idle.pk).state == State.DROPPED


def test_two_that_were_worked_on_both_go_on(both: tuple[Member, Member], lead_for: Made) -> None:
    kept, gone = both
    for who in both:
        Contact.objects.create(member=who, lead=lead_for(who), channel="call")
    merge(kept, gone)
    assert states() == [("M0-0", State.OPEN), ("M0-1", State.OPEN)]


def test_the_only_one_goes_with_her_and_nobody_opens_another(
    both: tuple[Member, Member], lead_for: Made
) -> None:
    kept, gone = both
    lead = lead_for(gone)
    merge(kept, gone)
    assert states() == [("M0-0", State.OPEN)]
    assert open_lead(None, kept, node("S0"), source="tag", title="Another") is None
    assert Lead.objects.get() == lead


def test_that_of_a_store_where_she_is_not_at_home_ends(people: Any, lead_for: Made) -> None:
    kept, gone = member("M0-0"), member("M1-0")
    lead_for(gone)
    merge(kept, gone)
    assert states() == [("M1-0", State.DROPPED)]


def test_a_merge_that_was_taken_back_meanwhile_ends_nothing(
    both: tuple[Member, Member], lead_for: Made
) -> None:
    kept, gone = both
    for who in both:
        lead_for(who)
    made = merge_members(None, kept, gone)
    unmerge_members(None, made)
    jobs.keep_one_lead(made.pk)
    assert states() == [("M0-0", State.OPEN), ("M0-1", State.OPEN)]


def test_what_was_closed_under_her_other_record_is_not_opened_beside_this_one(
    people: Any, both: tuple[Member, Member], lead_for: Made
) -> None:
    kept, gone = both
    closed = lead_for(gone)
    close(people.ann, closed.pk, "later")
    lead_for(kept)
    merge(kept, gone)
    with pytest.raises(NotOffered):
        reopen(people.ann, closed.pk)


# Two people at once, each with a connection of their own.


@pytest.fixture
def shop(transactional_db: None) -> Iterator[tuple[User, Member]]:
    store = org.add_node(None, Node.Kind.STORE, "R", "R", parent=org.ensure_head_office())
    staff = Staff.objects.create(code="R", name="R")
    org.assign_position(None, staff, store, Position.Kind.STORE_MANAGER, date(2019, 1, 1))
    user = User.objects.create(username="r", role=User.Role.STORE_MANAGER, node=store, staff=staff)
    yield user, Member.objects.create(code="R1", home_store=store)


def closed_lead(user: User, who: Member) -> Lead:
    return Lead.objects.create(
        member=who, store=user.node, title="t", source="tag", due_on=clock.today(),
        opened_on=clock.today() - timedelta(days=1), state=State.DONE, result="later",
        closed_at=clock.now(), closed_by=user,
    )  # fmt: skip


def at_once(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], Any]) -> list[Any]:
    """Each in a transaction of its own; nobody goes on before all have looked."""
    looked = threading.Barrier(len(acts))
    real = changing.has_open_outreach

    def look(who: Member) -> bool:
        found = real(who)
        looked.wait(timeout=5)
        return found

    monkeypatch.setattr(changing, "has_open_outreach", look)
    told: list[Any] = []

    def one(act: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                told.append(act())
        except BaseException as fault:
            looked.abort()
            told.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_of_two_who_reopen_two_leads_of_a_member_at_once_one_is_told_why_not(
    shop: tuple[User, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, who = shop
    leads = [closed_lead(user, who) for _ in range(2)]
    told = at_once(monkeypatch, *(lambda pk=lead.pk: reopen(user, pk) for lead in leads))  # type: ignore[misc]
    (refused,) = [each for each in told if not isinstance(each, Lead)]
    assert isinstance(refused, NotOffered)
    assert refused.reason == "has_one"
    assert Lead.objects.filter(state__in=["open", "taken"]).count() == 1


def test_a_lead_opened_while_another_is_reopened_is_told_of_in_words(
    shop: tuple[User, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, who = shop
    lead = closed_lead(user, who)

    def opened() -> Lead:
        other = Lead.objects.create(
            member=who, store=user.node, title="o", source="tag", due_on=clock.today(),
            opened_on=clock.today(),
        )  # fmt: skip
        changing.has_open_outreach(Member())
        return other

    told = at_once(monkeypatch, lambda: reopen(user, lead.pk), opened)
    assert [type(each) for each in told if not isinstance(each, Lead)] == [NotOffered]
    assert Lead.objects.filter(state__in=["open", "taken"]).count() == 1


def test_of_two_who_reopen_one_lead_the_second_is_told_that_it_is_open(
    shop: tuple[User, Member],
) -> None:
    user, who = shop
    lead = closed_lead(user, who)
    told: list[Any] = []

    def one() -> None:
        try:
            with transaction.atomic():
                told.append(reopen(user, lead.pk))
        except UserError as refusal:
            told.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (refused,) = [each for each in told if not isinstance(each, Lead)]
    assert type(refused) is UserError  # what is not closed cannot be taken back
