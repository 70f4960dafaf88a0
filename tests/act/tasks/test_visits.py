"""A member of another store is here: her card opens for two hours, and it is written down."""

from datetime import timedelta

import pytest
from tests.act.tasks.working import member

from regulars.act.tasks.models import GuestVisit
from regulars.act.tasks.service import end_visit, may_see_member, visit_member
from regulars.ground.accounts.access import scope_of
from regulars.ground.audit.models import Entry
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound
from regulars.know.members.service import change_phone


def test_she_is_seen_on_her_visit_alone_and_by_whoever_opened_it(people) -> None:
    guest, scope = member("M1-0"), scope_of(people.manager)
    assert not may_see_member(scope, guest)
    visit = visit_member(people.manager, "M1-0")
    assert may_see_member(scope, guest)
    assert not may_see_member(scope_of(people.ann), guest)
    assert visit_member(people.manager, "M1-0") == visit
    (entry,) = Entry.objects.filter(action="member.visit_opened")
    assert (entry.actor_id, entry.detail["code"], entry.detail["by"]) == (
        people.manager.pk, "M1-0", "code",
    )  # fmt: skip


def test_a_visit_ends_by_itself_or_by_hand(people) -> None:
    guest, scope = member("M1-0"), scope_of(people.manager)
    visit = visit_member(people.manager, "M1-0")
    assert visit.ends_at - visit.opened_at == timedelta(hours=2)
    GuestVisit.objects.update(ends_at=clock.now())
    assert not may_see_member(scope, guest)
    again = visit_member(people.manager, "M1-0")
    with pytest.raises(NotFound):
        end_visit(people.ann, again)
    end_visit(people.manager, again)
    assert not may_see_member(scope, guest)


def test_a_phone_opens_it_when_it_is_verified_and_hers_alone(people) -> None:
    guest = member("M1-0")
    change_phone(None, guest, "13812345678")
    assert visit_member(people.ann, "138 1234 5678").by == "phone"
    guest.refresh_from_db()
    guest.is_phone_verified = False
    guest.save()
    with pytest.raises(NotFound):
        visit_member(people.manager, "13812345678")
    guest.is_phone_verified = True
    guest.save()
    change_phone(None, member("M1-1"), "13812345678")
    with pytest.raises(NotFound):
        visit_member(people.manager, "13812345678")


def test_visits_are_opened_in_stores(people) -> None:
    with pytest.raises(NotAllowed):
        visit_member(people.operations, "M1-0")
    with pytest.raises(NotAllowed):
        visit_member(people.head, "M1-0")
    with pytest.raises(NotFound):
        visit_member(people.manager, "nobody")
