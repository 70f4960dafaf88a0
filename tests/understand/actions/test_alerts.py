"""Alerts: told once, within their hours, where enough was sold, never in floods."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.understand.actions.small_chain import Role, bring, line, node, user_of

from regulars.ground.jobs.models import Event
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.understand.actions import service
from regulars.understand.actions.models import Alert, AlertHit

pytestmark = pytest.mark.usefixtures("six_stores")
NOON = datetime(2020, 5, 3, 4, tzinfo=UTC)  # twelve o'clock in Shanghai
FACTS: dict[str, Any] = {
    "name": "Few sales", "formula": "net_sales", "level": "store", "days": "week",
    "threshold": Decimal(2_500), "least_tickets": 1, "from_hour": 8, "to_hour": 22,
    "quiet_hours": 24,
}  # fmt: skip


def alert(place: str = "HQ", **facts: Any) -> Alert:
    user, scope = user_of(Role.OPERATIONS)
    return service.set_alert(user, scope, node(place), **{**FACTS, **facts})


def told(hits: list[AlertHit]) -> list[str]:
    return sorted(hit.node.code for hit in hits)


def test_all_places_past_the_threshold_are_one_notice() -> None:
    """In the last seven days store 0 sold 40.00, the others 20.00 each."""
    hits = service.check_alert(alert(), NOON)
    assert told(hits) == ["S1", "S2", "S3", "S4", "S5"]
    (event,) = Event.objects.filter(topic="alert.raised")
    assert len(event.payload["hit_ids"]) == 5
    assert {hit.value for hit in hits} == {2_000.0}


def test_a_place_is_told_of_once_however_long_it_lasts() -> None:
    watching = alert()
    service.check_alert(watching, NOON)
    for hours in (1, 30, 300):
        assert service.check_alert(watching, NOON + timedelta(hours=hours)) == []


def test_what_came_back_is_cleared_and_not_told_again_within_the_quiet_hours() -> None:
    watching = alert()
    service.check_alert(watching, NOON)
    bring("lines", line("big", date(2020, 4, 28), 1, None, 90_000))
    service.check_alert(watching, NOON + timedelta(hours=1))
    hit = AlertHit.objects.get(node=node("S1"))
    assert hit.cleared_at == NOON + timedelta(hours=1)
    bring("lines", line("back", date(2020, 4, 29), 1, None, -90_000))
    assert service.check_alert(watching, NOON + timedelta(hours=2)) == []
    assert told(service.check_alert(watching, NOON + timedelta(hours=26))) == ["S1"]


def test_too_few_tickets_are_not_judged() -> None:
    """The stores past the threshold sold two tickets each."""
    assert service.check_alert(alert(least_tickets=3), NOON) == []
    assert len(service.check_alert(alert(least_tickets=2), NOON)) == 5


def test_outside_its_hours_an_alert_keeps_silent() -> None:
    alert()
    assert service.check_all(NOON.replace(hour=15)) == 0  # eleven at night
    assert service.check_all(NOON) == 5


def test_a_switched_off_alert_keeps_silent() -> None:
    watching = alert()
    user, _scope = user_of(Role.OPERATIONS)
    service.switch_alert(user, watching, is_active=False)
    assert service.check_all(NOON) == 0


def test_a_change_is_measured_against_the_same_weekdays_before() -> None:
    bring("lines", line("before", date(2020, 4, 20), 1, None, 8_000))
    fell = alert(is_change=True, threshold=Decimal("-0.3"), days="week")
    assert told(service.check_alert(fell, NOON)) == ["S1"]


def test_a_formula_of_several_metrics_is_watched_as_one_number() -> None:
    """Half of 40.00 less 6.00 is 14.00 at store 0, half of 20.00 less 6.00 is 4.00 elsewhere."""
    watching = alert(formula="net_sales / 2 - 600", threshold=Decimal(500), is_above=True)
    assert told(service.check_alert(watching, NOON)) == ["S0"]


def test_a_metric_that_no_tree_tells_is_asked_of_the_place_itself() -> None:
    watching = alert(formula="new_members", level="itself", threshold=Decimal(1))
    assert told(service.check_alert(watching, NOON)) == ["HQ"]


def test_what_is_not_known_is_not_past_anything() -> None:
    assert service.check_alert(alert(formula="win_back", threshold=Decimal(1)), NOON) == []


def test_what_cannot_be_told_is_refused() -> None:
    for facts, field in (
        ({"formula": "profits"}, "formula"),
        ({"from_hour": 9, "to_hour": 9}, "to_hour"),
        ({"is_change": True, "days": "today"}, "days"),
        ({"name": " "}, "name"),
    ):
        with pytest.raises(UserError) as refused:
            alert(**facts)
        assert refused.value.field == field


def test_nobody_watches_places_outside_the_own_scope() -> None:
    head, scope = user_of(Role.REGION_HEAD, "R2")
    with pytest.raises(NotAllowed):
        service.set_alert(head, scope, node("R1"), **FACTS)
    watching = alert("R1")
    with pytest.raises(NotFound):
        service.get_alert(scope, watching.pk)
    service.check_alert(watching, NOON)
    assert list(service.list_hits(scope)) == []
