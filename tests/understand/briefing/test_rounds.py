"""The morning's and the evening's messages: to everyone who may see numbers, each once, whatever
dies in the middle."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from tests.understand.actions.small_chain import (
    PASSWORD,
    TODAY,
    Role,
    bring,
    line,
    node,
    staff_of,
    user_of,
)

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.access import (
    BOUND_BY_BRAND,
    BOUND_BY_CATEGORY,
    CAPABILITIES,
    Capability,
)
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain
from regulars.ground.messages import service as messages
from regulars.ground.messages.models import Message, Round
from regulars.ground.org.models import Position
from regulars.understand.actions.models import Action
from regulars.understand.briefing import rounds, service

pytestmark = pytest.mark.usefixtures("six_stores")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def sold_yesterday(six_stores: date) -> None:
    bring(
        "lines",
        line("yesterday", TODAY - DAY, 1, "M1-0", 12_340_005),
        line("today", TODAY, 1, None, 150),
    )


def body_of(user: User, kind: str = "morning") -> str:
    return Message.objects.get(user=user, kind=kind).body


def test_everyone_who_may_see_numbers_is_told_the_own_places_in_the_own_language() -> None:
    manager, _ = user_of(Role.STORE_MANAGER, "S1")
    head, _ = user_of(Role.REGION_HEAD, "R2")
    everything, _ = user_of(Role.OPERATIONS)
    accounts.choose_language(manager, "en")
    accounts.choose_language(head, "en")
    accounts.create_user(None, "words", PASSWORD, Role.CONTENT_EDITOR)
    assert service.write_morning(TODAY) == 3
    assert body_of(manager) == "Yesterday 123,400.05; 2020-05 so far 123,400.05; nothing is due."
    assert body_of(head) == "Yesterday 0.00; 2020-05 so far 0.00; nothing is due."
    with translation.override("zh-hans"):
        assert "123,400.05" in body_of(everything)
    told = Message.objects.get(user=manager)
    assert told.title == "Briefing of 05-03 · Store 1"
    assert told.address == "/briefing/?day=2020-05-03&part=morning"
    assert told.phone_address == "/m/briefing/?day=2020-05-03&part=morning"
    assert service.write_evening(TODAY) == 3
    assert body_of(manager, "evening").startswith("Today 1.50; 2020-05 so far 123,401.55; 0 done")


def test_whoever_is_told_the_days_numbers_may_see_targets_and_actions_too() -> None:
    """For targets and what is due stand in the text."""
    by_goods = BOUND_BY_CATEGORY | BOUND_BY_BRAND
    able = [of for role, of in CAPABILITIES.items() if role not in by_goods]
    seeing = [of for of in able if Capability.SEE_METRICS in of]
    assert seeing
    assert all({Capability.SEE_TARGETS, Capability.SEE_ACTIONS} <= of for of in seeing)


def test_a_round_is_written_once() -> None:
    user_of(Role.OPERATIONS)
    assert service.write_morning(TODAY) == 1
    user_of(Role.OPERATIONS)
    assert service.write_morning(TODAY) == 0
    assert service.write_morning(TODAY + DAY) == 2


@pytest.mark.django_db(transaction=True)
def test_whoever_dies_in_the_middle_has_told_nobody_and_the_next_run_tells_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection is cut after the messages were written and before the round ended."""
    users = [user_of(Role.OPERATIONS)[0] for _ in range(3)]

    def die_after(letters: object) -> int:
        messages.write(letters)  # type: ignore[arg-type]
        assert Message.objects.count() == 3
        connection.connection.close()
        raise ConnectionError

    with monkeypatch.context() as dying:
        dying.setattr(rounds, "write", die_after)
        with pytest.raises(Exception):  # noqa: B017 - as the cut connection happens to show
            service.write_morning(TODAY)
    connection.close()
    assert (Message.objects.count(), Round.objects.count()) == (0, 0)
    assert service.write_morning(TODAY) == 3
    assert service.write_morning(TODAY) == 0
    assert sorted(Message.objects.values_list("user", flat=True)) == [user.pk for user in users]


def test_who_was_told_by_half_a_round_is_not_told_again() -> None:
    """As after a restored backup: the messages are there, that the round was written is not."""
    told, _ = user_of(Role.OPERATIONS)
    service.write_morning(TODAY)
    Round.objects.all().delete()
    new, _ = user_of(Role.OPERATIONS)
    assert service.write_morning(TODAY) == 1
    assert [Message.objects.filter(user=user).count() for user in (told, new)] == [1, 1]


def statements(of: Callable[[], int]) -> tuple[int, int]:
    """What `of` says, and how many statements it cost in PostgreSQL."""
    counted = 0

    def count(execute: Any, *args: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        return of(), counted


def test_many_people_cost_no_more_statements_than_few() -> None:
    for n in range(6):
        user_of(Role.STORE_MANAGER, f"S{n}")
    _, few = statements(lambda: service.write_evening(TODAY))
    User.objects.bulk_create(
        User(username=f"u{n}", role=Role.CONSULTANT, password="!", node=node(f"S{n % 6}"))
        for n in range(200)
    )
    told, many = statements(lambda: service.write_evening(TODAY + DAY))
    assert (told, many) == (206, few)


def at(hour: int, monkeypatch: pytest.MonkeyPatch, **settings: int) -> None:
    """It is `hour` in Shanghai on the third of May, with the chain's clock running."""
    moment = datetime(2020, 5, 3, hour, tzinfo=UTC) - timedelta(hours=8)
    chain = Chain(**settings)  # type: ignore[arg-type]
    monkeypatch.setattr(clock, "chain", lambda: chain)
    monkeypatch.setattr(rounds, "chain", lambda: chain)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_rounds_are_written_from_the_chains_hours_on(monkeypatch: pytest.MonkeyPatch) -> None:
    user_of(Role.OPERATIONS)
    at(6, monkeypatch)
    assert service.write_due_rounds() == 0
    at(7, monkeypatch)
    assert service.write_due_rounds() == 1
    at(20, monkeypatch)
    assert service.write_due_rounds() == 0
    at(20, monkeypatch, closing_hour=19)
    assert service.write_due_rounds() == 1
    assert list(Round.objects.order_by("pk").values_list("kind", "about")) == [
        ("morning", "2020-05-03"), ("evening", "2020-05-03"),
    ]  # fmt: skip


def test_with_a_day_that_ends_after_midnight_its_closing_waits_for_its_own_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two in the morning still belongs to the second of May; its closing is at one."""
    user_of(Role.OPERATIONS)
    at(2, monkeypatch, day_cutoff_hours=3, closing_hour=1)
    assert clock.today() == TODAY - DAY
    assert service.write_due_rounds() == 2
    at(12, monkeypatch, day_cutoff_hours=3, closing_hour=1)
    assert service.write_due_rounds() == 1
    assert set(Round.objects.values_list("kind", "about")) == {
        ("morning", "2020-05-02"), ("evening", "2020-05-02"), ("morning", "2020-05-03"),
    }  # fmt: skip


@pytest.fixture
def late(six_stores: date) -> Iterator[tuple[User, User]]:
    """A head gave the manager of store 1 two things that were due yesterday, and one for today."""
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    head, _ = user_of(Role.REGION_HEAD, "R1")
    manager, _ = user_of(Role.STORE_MANAGER, "S1", ming)
    for user in (head, manager):
        accounts.choose_language(user, "en")
    for what, due_on in (("Call", TODAY - DAY), ("Ask", TODAY - DAY), ("Look", TODAY)):
        Action.objects.create(
            node=node("S1"), what=what, staff=ming, due_on=due_on, made_by=head, made_on=due_on
        )
    yield head, manager


def test_what_has_become_late_is_told_once_to_its_owner_and_to_who_gave_it(
    late: tuple[User, User],
) -> None:
    head, manager = late
    service.write_morning(TODAY)
    own = Message.objects.get(user=manager, kind="action.late")
    assert (own.title, own.body) == ("2 things of yours are late", "Call, Ask")
    given = Message.objects.get(user=head, kind="action.late.given")
    assert (given.title, given.phone_address) == (
        "2 things that you gave out are late", "/m/actions/",
    )  # fmt: skip
    assert body_of(manager).endswith("; 3 things due, 2 of them late.")
    service.write_morning(TODAY + DAY)
    told = Message.objects.filter(user=manager, kind="action.late").order_by("pk")
    assert [message.body for message in told] == ["Call, Ask", "Look"]
    assert told[1].address == f"/actions/{Action.objects.get(what='Look').pk}/"


def test_after_days_without_a_round_all_that_has_become_late_since_is_told(
    late: tuple[User, User],
) -> None:
    _head, manager = late
    service.write_morning(TODAY - DAY)
    assert not Message.objects.filter(kind="action.late").exists()
    service.write_morning(TODAY + 3 * DAY)
    assert Message.objects.get(user=manager, kind="action.late").body == "Call, Ask, Look"
