"""Messages: each once, to whom it is written, in as many statements for many as for one."""

from collections.abc import Sequence
from datetime import date, timedelta

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.understand.actions.small_chain import PASSWORD, node, staff_of, user_of

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.access import Capability, place_of
from regulars.ground.accounts.audience import get_audience
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound
from regulars.ground.messages import service
from regulars.ground.messages.models import Message
from regulars.ground.org import service as org
from regulars.ground.org.models import Position

Role = User.Role


def letters(users: Sequence[User], about: str = "2020-05-03", **facts: str) -> pa.Table:
    same = {
        "kind": "morning", "about": about, "title": "Briefing", "body": "Yesterday 12.00.",
        "address": "/briefing/", "phone_address": "/m/briefing/",
    } | facts  # fmt: skip
    rows = [{"user_id": user.pk, **same} for user in users]
    return pa.Table.from_pylist(rows, schema=service.LETTERS)


@pytest.fixture
def two(db: None) -> list[User]:
    org.ensure_head_office()
    return [user_of(Role.OPERATIONS)[0], user_of(Role.OPERATIONS)[0]]


def test_nobody_is_told_the_same_twice(two: list[User]) -> None:
    assert service.write(letters(two[:1])) == 1
    assert service.write(letters(two, body="Said otherwise.")) == 1
    assert service.write(letters(two)) == 0
    assert [message.body for message in service.list_messages(two[0])] == ["Yesterday 12.00."]
    assert service.write(letters(two, about="2020-05-04")) == 2


def test_who_may_not_sign_in_any_more_is_told_nothing(two: list[User]) -> None:
    User.objects.filter(pk=two[0].pk).update(is_active=False)
    assert service.write(letters(two)) == 1
    assert service.count_unread(two[0]) == 0


def test_many_are_told_in_as_many_statements_as_one(two: list[User]) -> None:
    many = User.objects.bulk_create(
        User(username=f"u{n}", role=Role.OPERATIONS, password="!") for n in range(300)
    )
    with CaptureQueriesContext(
        connection,
    ) as one:
        service.write(letters(two[:1]))
    with CaptureQueriesContext(connection) as all_of_them:
        assert service.write(letters(many)) == 300
    assert len(all_of_them) == len(one)


def test_a_round_is_begun_once(two: list[User]) -> None:
    assert service.find_last_round("morning") is None
    assert service.begin_round("morning", "2020-05-03")
    assert not service.begin_round("morning", "2020-05-03")
    assert service.begin_round("evening", "2020-05-03")
    assert service.find_last_round("morning") == "2020-05-03"


def test_a_message_is_read_by_whom_it_is_for_alone(two: list[User]) -> None:
    service.write(letters(two))
    own, other = (service.list_messages(user).get() for user in two)
    with pytest.raises(NotFound):
        service.read_message(two[0], other.pk)
    assert service.read_message(two[0], own.pk) == own
    assert (service.count_unread(two[0]), service.count_unread(two[1])) == (0, 1)
    read_at = Message.objects.get(pk=own.pk).read_at
    service.read_message(two[0], own.pk)
    assert Message.objects.get(pk=own.pk).read_at == read_at


def test_all_of_ones_own_are_read_at_once(two: list[User]) -> None:
    service.write(letters(two))
    service.write(letters(two, kind="evening"))
    assert service.read_all(two[0]) == 2
    assert (service.count_unread(two[0]), service.count_unread(two[1])) == (0, 2)


def test_messages_go_after_two_months(two: list[User]) -> None:
    service.write(letters(two))
    old = Message.objects.filter(user=two[0])
    old.update(made_at=clock.now() - service.KEPT_FOR - timedelta(hours=1))
    assert service.forget_old() == 1
    assert [message.user for message in Message.objects.all()] == two[1:]


@pytest.mark.usefixtures("six_stores")
def test_the_audience_stands_where_each_of_them_does_and_nobody_else_is_in_it() -> None:
    """Whoever works in a store stands where today's position is, whatever the account says."""
    moved = staff_of("S1", "Lan")
    nowhere = staff_of("S2", "Hua")
    both = staff_of("S3", "Ming")
    org.assign_position(None, both, node("S4"), Position.Kind.CONSULTANT, date(2020, 1, 1))
    expected = [
        user_of(Role.CONSULTANT, "S0", moved)[0],
        user_of(Role.STORE_MANAGER, "S3", both)[0],
        user_of(Role.STORE_MANAGER, "S5")[0],
        user_of(Role.REGION_HEAD, "R2")[0],
        user_of(Role.OPERATIONS)[0],
    ]
    accounts.choose_language(expected[0], "en")
    accounts.create_user(None, "lost", PASSWORD, Role.CONSULTANT, node=node("S2"), staff=nowhere)
    org.end_position(None, Position.objects.get(staff=nowhere), date(2020, 5, 1))
    accounts.create_user(None, "milk", PASSWORD, Role.CATEGORY_MANAGER, category_codes=["Milk"])
    accounts.create_user(None, "words", PASSWORD, Role.CONTENT_EDITOR)
    gone = user_of(Role.OPERATIONS)[0]
    User.objects.filter(pk=gone.pk).update(is_active=False)
    head_office = org.ensure_head_office().pk
    rows = get_audience(Capability.SEE_METRICS).to_pylist()
    assert {row["user_id"]: row["node_id"] for row in rows} == {
        user.pk: place_of(user) or head_office for user in expected
    }
    languages = {row["user_id"]: row["language"] for row in rows}
    assert languages.pop(expected[0].pk) == "en"
    assert set(languages.values()) == {"zh-hans"}
