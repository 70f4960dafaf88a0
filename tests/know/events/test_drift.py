from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.know.events.conftest import Happen

from regulars.ground.kit.errors import NotFound
from regulars.know.events.models import Drift
from regulars.know.events.rules import is_improbable_silence
from regulars.know.events.service import (
    dismiss_drift,
    list_drifts,
    list_properties,
    look_for_drift,
)

ORDER: dict[str, Any] = {"name": "Order Completed"}


def orders(happen: Happen, count: int, properties: str, days_ago: float) -> None:
    happen(*[{**ORDER, "properties": properties}] * count, days_ago=days_ago)


def drifts() -> set[tuple[str, str, str, str]]:
    look_for_drift()
    return {(d.name, d.property, d.kind, d.became) for d in list_drifts()}


def test_a_property_that_is_no_longer_sent_is_told_and_forgotten_when_it_is_back(
    happen: Happen,
) -> None:
    orders(happen, 40, '{"total": 12.5, "coupon": "C1"}', days_ago=3)
    assert drifts() == set()
    orders(happen, 15, '{"total": 12.5}', days_ago=1)
    assert drifts() == {("Order Completed", "coupon", "vanished", "")}
    (drift,) = list_drifts()
    assert (drift.was, drift.since, drift.source) == ("text", 15, "shop")
    orders(happen, 1, '{"total": 12.5, "coupon": "C2"}', days_ago=0)
    assert drifts() == set()
    assert not Drift.objects.exists()


def test_a_property_whose_values_are_of_another_type_is_told(happen: Happen) -> None:
    orders(happen, 40, '{"total": 12.5}', days_ago=3)
    orders(happen, 15, '{"total": "12.50"}', days_ago=0)
    assert drifts() == {("Order Completed", "total", "type", "text")}
    assert list_drifts()[0].was == "number"


def test_whole_numbers_fractions_and_what_is_unknown_are_no_change(happen: Happen) -> None:
    orders(happen, 40, '{"total": 12}', days_ago=3)
    orders(happen, 15, '{"total": 12.5}', days_ago=2)
    orders(happen, 3, '{"total": null}', days_ago=1)
    assert drifts() == set()


def test_what_was_never_regular_may_stay_away(happen: Happen) -> None:
    orders(happen, 30, "{}", days_ago=4)
    orders(happen, 3, '{"coupon": "C1"}', days_ago=3)
    orders(happen, 15, "{}", days_ago=1)
    assert drifts() == set()


def test_many_records_of_one_sender_are_one_witness(happen: Happen) -> None:
    orders(happen, 40, '{"coupon": "C1"}', days_ago=3)
    orders(happen, 5, "{}", days_ago=1)
    assert drifts() == set()


def test_what_is_meant_is_dismissed_and_stays_so_until_it_happens_anew(happen: Happen) -> None:
    orders(happen, 40, '{"coupon": "C1"}', days_ago=5)
    orders(happen, 15, "{}", days_ago=3)
    look_for_drift()
    (drift,) = list_drifts()
    dismiss_drift(None, drift.pk)
    assert drifts() == set()
    with pytest.raises(NotFound):
        dismiss_drift(None, drift.pk)
    orders(happen, 40, '{"coupon": "C1"}', days_ago=2)
    assert drifts() == set()
    orders(happen, 25, "{}", days_ago=1)
    assert drifts() == {("Order Completed", "coupon", "vanished", "")}


def test_odd_keys_are_properties_like_any_other(happen: Happen) -> None:
    orders(happen, 2, r'{"$a.b": 1, "c/d~e": [1], "f\"g": {"h": 1}, "": true}', days_ago=0)
    found = {row["property"]: row["usual_type"] for row in list_properties("shop", ORDER["name"])}
    assert found == {"$a.b": "number", "c/d~e": "list", 'f"g': "object", "": "yes_or_no"}


def test_one_events_properties_are_told_with_how_often_they_come(happen: Happen) -> None:
    orders(happen, 3, '{"total": 1}', days_ago=1)
    orders(happen, 1, '{"total": 1, "coupon": "C"}', days_ago=0)
    happen({"properties": '{"else": 1}'})
    told = {
        r["property"]: (r["present"], r["records"]) for r in list_properties("shop", ORDER["name"])
    }
    assert told == {"total": (4, 4), "coupon": (1, 4)}


@given(st.integers(0, 2_000), st.integers(0, 2_000), st.integers(0, 200))
def test_a_longer_silence_is_never_less_improbable(present: int, more: int, silent: int) -> None:
    now = is_improbable_silence(present, present + more, silent)
    assert not now or is_improbable_silence(present, present + more, silent + 1)
    assert not now or silent >= 10
