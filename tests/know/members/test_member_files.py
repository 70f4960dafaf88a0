"""Members, children and relations from files."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.know.members.conftest import TODAY
from tests.rows import outcomes, reasons, table

from regulars.ground.kit import crypto
from regulars.ground.kit.outcome import Outcome
from regulars.ground.org.models import Staff
from regulars.know.collect.reasons import REASONS
from regulars.know.members import service
from regulars.know.members.models import Child, Member, Relation

ANN = {
    "member_id": "M1", "joined_on": date(2024, 1, 1), "name": "Ann", "phone": "138 1234 5678",
    "gender": "f", "home_store_id": "S1", "recruiter_id": "E1", "consultant_id": "E1",
    "level": "gold", "household_id": "H1", "consent_sms": True, "consent_call": False,
}  # fmt: skip
LONG_HEX = re.compile(r"[0-9a-f]{32,}")
BEA = {"member_id": "M2", "name": "Bea"}


def members(*rows: dict[str, Any]) -> Outcome:
    return service.upsert_members(table(*rows))


def children(*rows: dict[str, Any]) -> Outcome:
    return service.upsert_children(table(*rows))


def relations(*rows: tuple[str, str, date, date | None]) -> Outcome:
    names = ("member_id", "staff_id", "valid_from", "valid_to")
    return service.upsert_relations(table(*[dict(zip(names, row, strict=True)) for row in rows]))


def looked_after(code: str) -> list[tuple[str, date, date | None]]:
    rows = Relation.objects.filter(member__code=code).order_by("valid_from")
    return [(row.staff.code, row.valid_from, row.valid_to) for row in rows]


def test_members_go_in_with_all_that_the_file_says() -> None:
    outcome = members(ANN, BEA)
    assert outcomes(outcome) == ["created", "created"]
    ann = Member.objects.get(code="M1")
    assert outcome.results["id"][0].as_py() == ann.pk
    assert ann.home_store and ann.join_store and ann.recruiter
    assert (ann.home_store.code, ann.join_store.code, ann.recruiter.code) == ("S1", "S1", "E1")
    assert (ann.level, ann.household_code, ann.gender) == ("gold", "H1", "f")
    assert (ann.is_sms_allowed, ann.is_call_allowed, ann.is_wecom_allowed) == (True, False, None)
    assert looked_after("M1") == [("E1", date(2024, 1, 1), None)]


def test_a_new_member_without_a_date_joined_today() -> None:
    members(BEA)
    bea = Member.objects.get(code="M2")
    assert bea.joined_on == TODAY
    assert bea.home_store is None
    assert not bea.is_phone_verified


def test_the_same_members_again_change_nothing() -> None:
    first = members(ANN, BEA)
    sealed = Member.objects.get(code="M1").phone_sealed
    again = members(ANN, BEA)
    assert outcomes(again) == ["unchanged", "unchanged"]
    assert again.results["id"] == first.results["id"]
    assert Member.objects.get(code="M1").phone_sealed == sealed
    assert Relation.objects.count() == 1


def test_only_what_is_given_and_differs_changes() -> None:
    members(ANN, BEA)
    outcome = members(
        {"member_id": "M1", "level": "silver", "name": None},
        {"member_id": "M2", "home_store_id": "S2"},
        {"member_id": "M3"},
    )
    assert outcomes(outcome) == ["updated", "updated", "created"]
    ann, bea = Member.objects.filter(code__in=["M1", "M2"]).order_by("code")
    assert (ann.name, ann.level, ann.joined_on) == ("Ann", "silver", date(2024, 1, 1))
    assert bea.home_store and bea.home_store.code == "S2"
    assert bea.join_store is None


def test_phones_stand_nowhere_in_clear_and_are_found_by_hash() -> None:
    members(ANN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM members_member AS m")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT given::text FROM given")
        staged = cursor.fetchone()[0]
    for text in (row, staged):
        assert "Ann" in text
        assert "1234" not in LONG_HEX.sub("", text)  # a hash may hold any four digits
        assert b"13812345678".hex() not in text
    ann = Member.objects.get(phone_hash=crypto.lookup_hash("+86 13812345678"))
    assert crypto.decrypt(bytes(ann.phone_sealed or b"")) == "13812345678"
    assert ann.is_phone_verified


def test_another_phone_is_sealed_anew() -> None:
    members(ANN)
    assert outcomes(members({"member_id": "M1", "phone": "13900000000"})) == ["updated"]
    ann = Member.objects.get(code="M1")
    assert crypto.decrypt(bytes(ann.phone_sealed or b"")) == "13900000000"


def test_unknown_references_are_rejected_and_the_rest_goes_in() -> None:
    outcome = members(
        {"member_id": "M1", "home_store_id": "S9"},
        {"member_id": "M2", "join_store_id": "B1"},
        {"member_id": "M3", "recruiter_id": "E9", "consultant_id": "E8"},
        {"member_id": "M4", "gender": "x"},
        {"member_id": "M5", "level": "a"},
        {"member_id": "M5", "level": "b"},
        {"member_id": None, "level": "a"},
        {"member_id": "M6", "level": "a"},
        {"member_id": "M6", "level": "a"},
        {"member_id": None, "level": "b"},
        {"member_id": "M7", "home_store_id": "S9"},
        {"member_id": "M7", "home_store_id": "S9"},
    )
    assert reasons(outcome) == [
        (1, "home_store_id", "unknown_store"),
        (2, "join_store_id", "unknown_store"),
        (3, "consultant_id", "unknown_staff"),
        (3, "recruiter_id", "unknown_staff"),
        (4, "gender", "unknown_gender"),
        (5, "", "rows_differ"),
        (6, "", "rows_differ"),
        (7, "member_id", "required"),
        (10, "member_id", "required"),
        (11, "home_store_id", "unknown_store"),
        (12, "home_store_id", "unknown_store"),
    ]
    assert set(outcome.rejects["reason"].to_pylist()) <= set(REASONS)
    assert outcomes(outcome) == ["created", "unchanged"]
    assert list(Member.objects.values_list("code", flat=True)) == ["M6"]


def test_an_empty_file_changes_nothing() -> None:
    outcome = service.upsert_members(table(BEA).slice(0, 0))
    assert (outcome.results.num_rows, outcome.rejects.num_rows) == (0, 0)


def test_another_consultant_in_a_file_begins_today_and_ends_the_earlier_relation() -> None:
    members(ANN, BEA)
    outcome = members(
        {"member_id": "M1", "consultant_id": "E2"}, {"member_id": "M2", "consultant_id": "E3"}
    )
    assert outcomes(outcome) == ["updated", "updated"]
    assert looked_after("M1") == [("E1", date(2024, 1, 1), TODAY), ("E2", TODAY, None)]
    assert looked_after("M2") == [("E3", TODAY, None)]


def test_children_go_in_once_and_only_with_a_date() -> None:
    members(ANN)
    rows = [
        {"member_id": "M1", "child_id": "1", "birth_on": date(2023, 3, 3), "gender": "f"},
        {"member_id": "M1", "child_id": "2", "due_on": date(2025, 9, 1), "is_confirmed": False},
    ]
    assert outcomes(children(*rows)) == ["created", "created"]
    assert outcomes(children(*rows)) == ["unchanged", "unchanged"]
    born = children({"member_id": "M1", "child_id": "2", "birth_on": date(2025, 6, 1)})
    assert outcomes(born) == ["updated"]
    second = Child.objects.get(code="2")
    assert (second.birth_on, second.due_on) == (date(2025, 6, 1), date(2025, 9, 1))
    bad = children(
        {"member_id": "M9", "child_id": "1", "birth_on": TODAY},
        {"member_id": "M1", "child_id": "3"},
        {"member_id": "M1", "child_id": "1", "gender": "f"},
    )
    assert reasons(bad) == [(1, "member_id", "unknown_member"), (2, "birth_on", "needs_a_date")]
    assert outcomes(bad) == ["unchanged"]


def test_an_open_relation_ends_when_the_next_one_begins() -> None:
    members(BEA)
    rows = [
        ("M2", "E1", date(2024, 1, 1), None),
        ("M2", "E2", date(2024, 7, 1), None),
    ]
    assert outcomes(relations(*rows)) == ["created", "created"]
    told = [("E1", date(2024, 1, 1), date(2024, 7, 1)), ("E2", date(2024, 7, 1), None)]
    assert looked_after("M2") == told
    assert outcomes(relations(*rows)) == ["unchanged", "unchanged"]
    assert looked_after("M2") == told


def test_a_relation_told_later_ends_the_one_on_record() -> None:
    members(ANN)
    assert outcomes(relations(("M1", "E3", date(2025, 1, 1), None))) == ["created"]
    assert looked_after("M1") == [
        ("E1", date(2024, 1, 1), date(2025, 1, 1)),
        ("E3", date(2025, 1, 1), None),
    ]


def test_a_relation_may_be_put_right() -> None:
    members(ANN)
    put_right = relations(("M1", "E2", date(2024, 1, 1), date(2024, 6, 1)))
    assert outcomes(put_right) == ["updated"]
    assert looked_after("M1") == [("E2", date(2024, 1, 1), date(2024, 6, 1))]


def test_two_consultants_at_once_are_rejected_and_the_rest_goes_in() -> None:
    members(ANN, BEA)
    outcome = relations(
        ("M2", "E1", date(2024, 1, 1), date(2024, 8, 1)),
        ("M2", "E2", date(2024, 7, 1), None),
        ("M1", "E9", TODAY, None),
        ("M9", "E1", TODAY, None),
        ("M1", "E1", TODAY - timedelta(days=1), TODAY - timedelta(days=2)),
        ("M1", "E2", date(2025, 2, 1), None),
    )
    assert reasons(outcome) == [
        (1, "valid_from", "overlapping_dates"),
        (2, "valid_from", "overlapping_dates"),
        (3, "staff_id", "unknown_staff"),
        (4, "member_id", "unknown_member"),
        (5, "valid_to", "ends_before_start"),
    ]
    assert outcomes(outcome) == ["created"]
    assert looked_after("M2") == []
    assert len(looked_after("M1")) == 2


def test_postgres_itself_refuses_a_second_open_relation() -> None:
    members(ANN)
    ann, staff = Member.objects.get(code="M1"), Staff.objects.get(code="E2")
    with pytest.raises(IntegrityError, match="one_is_open"), transaction.atomic():
        Relation.objects.create(member=ann, staff=staff, valid_from=TODAY)
