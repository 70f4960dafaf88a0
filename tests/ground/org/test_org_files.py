"""Stores and staff from files: made once, changed where they differ, dated where they move."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.rows import outcomes, reasons, table

from regulars.ground.kit import clock, crypto
from regulars.ground.kit.deployment import Chain
from regulars.ground.kit.outcome import Outcome
from regulars.ground.org.models import Node, Placement, Position, Staff, Store
from regulars.ground.org.service import path_of, store_ids_under, upsert_staff, upsert_stores

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 15)
YESTERDAY = TODAY - timedelta(days=1)

STORES = [
    {"store_id": "S1", "name": "One", "region_id": "R1", "region": "North", "branch_id": "B1"},
    {"store_id": "S2", "name": "Two", "region_id": "R1", "region": "North", "branch_id": "B2"},
    {"store_id": "S3", "name": "Three", "region_id": "R2", "region": "South", "branch_id": "B3"},
]


@pytest.fixture(autouse=True)
def standing_on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "chain", lambda: Chain(as_of=TODAY))


def stores(*rows: dict[str, Any]) -> Outcome:
    return upsert_stores(table(*rows))


def staff(*rows: dict[str, Any]) -> Outcome:
    return upsert_staff(table(*rows))


def names_above(code: str, on: date = TODAY) -> list[str]:
    return [node.code for node in path_of(Node.objects.get(code=code), on)]


def test_a_stores_file_makes_the_whole_tree_since_always() -> None:
    outcome = stores(*STORES)
    assert outcomes(outcome) == ["created"] * 3
    assert outcome.results["code"].to_pylist() == ["S1", "S2", "S3"]
    assert names_above("S1", date(1999, 1, 1)) == ["HQ", "R1", "B1", "S1"]
    assert Node.objects.get(code="R2").name == "South"
    assert Node.objects.get(code="B3").name == "B3"


def test_the_same_stores_again_change_nothing() -> None:
    first = stores(*STORES)
    again = stores(*STORES)
    assert outcomes(again) == ["unchanged"] * 3
    assert again.results["id"].to_pylist() == first.results["id"].to_pylist()
    assert Placement.objects.count() == 8


def test_absent_columns_and_nulls_leave_a_store_as_it_is() -> None:
    stores(STORES[0] | {"format": "mall", "area_m2": 120, "opened_on": date(2020, 1, 1)})
    outcome = stores({"store_id": "S1", "name": "Uno", "format": None})
    assert outcomes(outcome) == ["updated"]
    store = Store.objects.get(node__code="S1")
    assert (store.node.name, store.format, store.area_m2) == ("Uno", "mall", 120)
    assert names_above("S1") == ["HQ", "R1", "B1", "S1"]


def test_a_store_that_moves_hangs_under_the_new_branch_from_today() -> None:
    stores(*STORES)
    outcome = stores(STORES[0] | {"branch_id": "B2"}, *STORES[1:])
    assert outcomes(outcome) == ["updated", "unchanged", "unchanged"]
    assert names_above("S1", YESTERDAY) == ["HQ", "R1", "B1", "S1"]
    assert names_above("S1") == ["HQ", "R1", "B2", "S1"]


def test_a_store_that_moves_twice_in_a_day_keeps_the_last_place_alone() -> None:
    stores(*STORES)
    stores(STORES[0] | {"branch_id": "B2"})
    stores(STORES[0] | {"branch_id": "B4"})
    assert names_above("S1") == ["HQ", "R1", "B4", "S1"]
    assert Placement.objects.filter(node__code="S1").count() == 2


def test_a_branch_that_moves_takes_its_stores_along() -> None:
    stores(*STORES)
    stores(STORES[0] | {"region_id": "R2", "region": None})
    region = Node.objects.get(code="R2")
    assert len(store_ids_under(region.pk, YESTERDAY)) == 1
    assert len(store_ids_under(region.pk, TODAY)) == 2


def test_a_region_named_for_a_store_in_one_of_its_branches_does_not_move_the_store() -> None:
    stores(*STORES)
    assert outcomes(stores({"store_id": "S1", "name": "One", "region_id": "R1"})) == ["unchanged"]
    assert names_above("S1") == ["HQ", "R1", "B1", "S1"]


def test_regions_without_ids_are_known_by_name() -> None:
    rows = [{"store_id": s, "name": s, "region": "华东", "branch": "杭州"} for s in ("1", "2")]
    stores(*rows)
    assert outcomes(stores(*rows)) == ["unchanged"] * 2
    assert names_above("2") == ["HQ", "华东", "杭州", "2"]


def test_contradictions_are_rejected_and_the_rest_goes_in() -> None:
    outcome = stores(
        {"store_id": "S1", "name": "One"},
        {"store_id": "S2", "name": "Two", "branch_id": "S1"},
        {"store_id": "S3", "name": "Three", "region_id": "R1", "branch_id": "B1"},
        {"store_id": "S4", "name": "Four", "region_id": "R2", "branch_id": "B1"},
        {"store_id": "S5", "name": "Five", "area_m2": -1},
        {"store_id": "S6", "opened_on": date(2020, 2, 1), "closed_on": date(2020, 1, 1)},
        {"store_id": "S7", "name": "Seven"},
        {"store_id": "S7", "name": "Sept"},
        {"store_id": "S8", "name": "Eight"},
        {"store_id": "S8", "name": "Eight"},
        {"store_id": None, "name": "Nobody's"},
    )
    assert reasons(outcome) == [
        (1, "store_id", "code_of_another_kind"),
        (2, "branch_id", "code_of_another_kind"),
        (3, "region_id", "branch_in_two_regions"),
        (4, "region_id", "branch_in_two_regions"),
        (5, "area_m2", "out_of_range"),
        (6, "closed_on", "ends_before_start"),
        (7, "", "rows_differ"),
        (8, "", "rows_differ"),
        (11, "store_id", "required"),
    ]
    assert outcome.results.to_pydict() == {
        "line_no": [9, 10],
        "code": ["S8", "S8"],
        "id": [Node.objects.get(code="S8").pk] * 2,
        "outcome": ["created", "unchanged"],
    }
    assert list(Store.objects.values_list("node__code", flat=True)) == ["S8"]


def test_staff_hold_dated_positions_and_the_same_file_changes_nothing() -> None:
    stores(*STORES)
    rows = [
        {"staff_id": "A", "name": "Ann", "position": "consultant", "store_id": "S1"},
        {"staff_id": "B", "name": "Bob", "position": "branch_head", "node_id": "B1"},
        {"staff_id": "B", "name": "Bob", "position": "branch_head", "node_id": "B2"},
        {"staff_id": "C", "name": "Cid", "position": "head_office"},
        {
            "staff_id": "D", "name": "Dee", "position": "cashier", "store_id": "S2",
            "valid_from": date(2024, 1, 1), "valid_to": date(2024, 7, 1),
        },
    ]  # fmt: skip
    assert outcomes(staff(*rows)) == ["created"] * 5
    assert outcomes(staff(*rows)) == ["unchanged"] * 5
    assert Staff.objects.count() == 4
    assert Position.objects.valid_on(date(2000, 1, 1)).count() == 4


def test_someone_who_stands_elsewhere_now_left_the_old_place_today() -> None:
    stores(*STORES)
    staff({"staff_id": "A", "name": "Ann", "position": "consultant", "store_id": "S1"})
    staff({"staff_id": "A", "name": "Ann", "position": "consultant", "store_id": "S2"})
    held = {
        day: list(Position.objects.valid_on(day).values_list("node__code", flat=True))
        for day in (YESTERDAY, TODAY)
    }
    assert held == {YESTERDAY: ["S1"], TODAY: ["S2"]}


def test_bad_staff_lines_are_rejected_and_the_rest_goes_in() -> None:
    stores(*STORES)
    consultant = {"position": "consultant", "store_id": "S1"}
    outcome = staff(
        {"staff_id": "A", "name": "Ann", **consultant, "store_id": "S9"},
        {"staff_id": "B", "name": "Bob", "position": "region_head", "node_id": "R9"},
        {"staff_id": "C", "name": "Cid", "position": "cashier"},
        {"staff_id": "D", "name": "Dee", "position": "king", "store_id": "S1"},
        {
            "staff_id": "E", "name": "Eve", **consultant,
            "valid_from": TODAY, "valid_to": YESTERDAY,
        },
        {"staff_id": "F", "name": "Fay", **consultant, "valid_from": date(2024, 1, 1)},
        {"staff_id": "F", "name": "Fay", **consultant, "valid_from": date(2025, 1, 1)},
        {"staff_id": "G", "name": "Gus", **consultant},
        {"staff_id": "G", "name": "Guy", **consultant, "store_id": "S2"},
        {"staff_id": "H", "name": "Hal", **consultant},
    )  # fmt: skip
    assert reasons(outcome) == [
        (1, "store_id", "unknown_store"),
        (2, "node_id", "unknown_node"),
        (3, "store_id", "needs_a_place"),
        (4, "position", "unknown_position"),
        (5, "valid_to", "ends_before_start"),
        (6, "valid_from", "overlapping_dates"),
        (7, "valid_from", "overlapping_dates"),
        (8, "staff_id", "rows_differ"),
        (9, "staff_id", "rows_differ"),
    ]
    assert list(Staff.objects.values_list("code", flat=True)) == ["H"]


def test_a_staff_phone_is_sealed_and_found_by_hash() -> None:
    stores(*STORES)
    row = {"staff_id": "A", "name": "Ann", "position": "cashier", "store_id": "S1"}
    staff(row | {"phone": "+86 138-1234-5678"})
    someone = Staff.objects.get(phone_hash=crypto.lookup_hash("13812345678"))
    assert crypto.decrypt(bytes(someone.phone_sealed or b"")) == "13812345678"
    assert outcomes(staff(row | {"phone": "13812345678"})) == ["unchanged"]
    assert outcomes(staff(row | {"phone": "13900000000"})) == ["updated"]
