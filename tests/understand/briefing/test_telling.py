"""Who is told of actions and alerts: whom they concern, once, and nobody of what he did himself."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.understand.actions.small_chain import Role, node, staff_of, user_of

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.access import Scope
from regulars.ground.accounts.models import User
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.messages.models import Message
from regulars.ground.org.models import Position
from regulars.understand.actions import service as actions
from regulars.understand.actions.models import Action, Alert
from regulars.understand.briefing import jobs

pytestmark = pytest.mark.usefixtures("six_stores")
NOON = datetime(2020, 5, 3, 4, tzinfo=UTC)  # twelve o'clock in Shanghai
HEAR = {
    "action.given": jobs.tell_given,
    "action.reported": jobs.tell_reported,
    "action.dropped": jobs.tell_dropped,
    "action.commented": jobs.tell_comment,
    "alert.raised": jobs.tell_alert,
}


def hear_all() -> None:
    """As the worker does, and once more after a kill."""
    for event in Event.objects.filter(topic__in=HEAR).order_by("published_at"):
        for _ in range(2):
            HEAR[event.topic](**event.payload)


def told(user: User) -> list[tuple[str, str]]:
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", "title"))


@pytest.fixture
def people() -> dict[str, tuple[User, Scope]]:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    found = {
        "head": user_of(Role.REGION_HEAD, "R1"),
        "manager": user_of(Role.STORE_MANAGER, "S1", ming),
        "other": user_of(Role.REGION_HEAD, "R2"),
        "office": user_of(Role.OPERATIONS),
    }
    for user, _scope in found.values():
        accounts.choose_language(user, "en")
    return found


def give(people: dict[str, tuple[User, Scope]], by: str, to: str, what: str = "Call") -> Action:
    actor, scope = people[by]
    person = next(p for p in actions.list_people(node("S1")) if p.user == people[to][0])
    return actions.give_action(actor, scope, node=node("S1"), what=what, person=person)


def test_from_given_to_done_each_is_told_what_the_other_did(
    people: dict[str, tuple[User, Scope]],
) -> None:
    action = give(people, "head", "manager")
    actions.comment(people["office"][0], action, "Begin with the oldest")
    actions.report_done(*people["manager"], action, "All called")
    hear_all()
    assert told(people["manager"][0]) == [
        ("action.given", "Given to you: Call"),
        ("action.commented", "A word on: Call"),
    ]
    assert told(people["head"][0]) == [
        ("action.commented", "A word on: Call"),
        ("action.reported", "Done: Call"),
    ]
    report = Message.objects.get(kind="action.reported")
    assert report.body == "Store 1: All called"
    assert report.address == f"/actions/{action.pk}/"
    assert report.phone_address == f"/m/actions/{action.pk}/"
    assert not told(people["office"][0]) + told(people["other"][0])


def test_what_is_dropped_is_told_to_its_owner(people: dict[str, tuple[User, Scope]]) -> None:
    action = give(people, "head", "manager")
    actions.drop(*people["head"], action, "No need any more")
    hear_all()
    assert told(people["manager"][0])[-1] == ("action.dropped", "Dropped: Call")
    assert told(people["head"][0]) == []


def test_reported_again_after_it_was_taken_back_is_told_again(
    people: dict[str, tuple[User, Scope]], monkeypatch: pytest.MonkeyPatch
) -> None:
    action = give(people, "head", "manager")
    manager = people["manager"]
    actions.report_done(*manager, action, "All called")
    hear_all()
    actions.reopen(*manager, Action.objects.get())
    monkeypatch.setattr(clock, "now", lambda: datetime(2040, 1, 1, tzinfo=UTC))
    actions.report_done(*manager, Action.objects.get(), "Now really")
    hear_all()
    reports = Message.objects.filter(user=people["head"][0], kind="action.reported")
    assert [report.body for report in reports.order_by("pk")] == [
        "Store 1: All called", "Store 1: Now really",
    ]  # fmt: skip


def test_what_one_gives_to_oneself_is_no_news(people: dict[str, tuple[User, Scope]]) -> None:
    give(people, "manager", "manager")
    hear_all()
    assert not Message.objects.exists()


def test_an_alert_is_one_message_with_the_places_that_each_may_see(
    people: dict[str, tuple[User, Scope]],
) -> None:
    """In the last seven days store 0 sold 40.00, the others 20.00 each: five of them are below."""
    office, scope = people["office"]
    alert = actions.set_alert(
        office, scope, node("HQ"), name="Few sales", formula="net_sales", level="store",
        days="week", threshold=Decimal(2_500), least_tickets=1, from_hour=8, to_hour=22,
        quiet_hours=24,
    )  # fmt: skip
    actions.check_alert(alert, NOON)
    hear_all()
    assert told(office) == [("alert", "Alert: Few sales · 5 places")]
    assert told(people["head"][0]) == [("alert", "Alert: Few sales · 4 places")]
    assert told(people["other"][0]) == [("alert", "Alert: Few sales · 1 place")]
    assert Message.objects.get(user=office).body == (
        "Below 25.00: Store 1 20.00, Store 2 20.00, Store 3 20.00 and others"
    )
    assert Message.objects.get(user=people["other"][0]).body == "Below 25.00: Store 5 20.00"
    assert actions.check_alert(Alert.objects.get(), NOON) == []


def test_who_sees_none_of_an_alerts_places_is_not_told(
    people: dict[str, tuple[User, Scope]],
) -> None:
    office, scope = people["office"]
    alert = actions.set_alert(
        office, scope, node("S5"), name="One store", formula="net_sales", level="itself",
        days="week", threshold=Decimal(2_500), least_tickets=1, from_hour=8, to_hour=22,
        quiet_hours=24,
    )  # fmt: skip
    actions.check_alert(alert, NOON)
    hear_all()
    assert told(people["head"][0]) == []
    assert told(people["other"][0]) == [("alert", "Alert: One store · 1 place")]
