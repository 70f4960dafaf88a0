"""Who sees which members, how they are found, and what a change leaves behind."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from tests.know.members.conftest import TODAY
from tests.rows import table

from regulars.ground.accounts.access import CAPABILITIES, Scope
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org import service as org
from regulars.know.collect.models import Batch
from regulars.know.members import service, warehouse
from regulars.know.members.models import Member, Relation

Role = User.Role


@pytest.fixture(autouse=True)
def families(chain: None) -> None:
    service.upsert_members(
        table(
            {"member_id": "M1", "joined_on": date(2024, 1, 1), "name": "张伟丽", "level": "gold",
             "phone": "13812345678", "home_store_id": "S1", "consultant_id": "E1"},
            {"member_id": "M2", "joined_on": date(2024, 2, 1), "name": "Bea Smith",
             "home_store_id": "S2", "join_channel": "live"},
            {"member_id": "M3", "joined_on": date(2024, 3, 1), "name": "张敏",
             "home_store_id": "S3", "consultant_id": "E3"},
            {"member_id": "M4", "joined_on": date(2024, 4, 1)},
        )
    )  # fmt: skip
    service.upsert_children(
        table(
            {"member_id": "M1", "child_id": "a", "birth_on": date(2017, 1, 31)},
            {"member_id": "M1", "child_id": "b", "due_on": date(2025, 8, 31)},
            {"member_id": "M2", "child_id": "a", "birth_on": date(2025, 5, 1),
             "is_confirmed": False},
        )
    )  # fmt: skip


def scope(role: str, place: str | None = None) -> Scope:
    node_id = org.get_node(place).pk if place else None
    return Scope(user_id=1, role=role, capabilities=CAPABILITIES[role], node_id=node_id)


def codes(found: Any) -> list[str]:
    return [member.code for member in found]


def member(code: str) -> Member:
    return Member.objects.get(code=code)


HEAD_OFFICE = Scope(user_id=1, role=Role.OPERATIONS, capabilities=CAPABILITIES[Role.OPERATIONS])


@pytest.mark.parametrize(
    ("role", "place", "seen"),
    [
        (Role.OPERATIONS, None, ["M1", "M2", "M3", "M4"]),
        (Role.REGION_HEAD, "B1", ["M1", "M2"]),
        (Role.STORE_MANAGER, "S2", ["M2"]),
        (Role.CONSULTANT, "S3", ["M3"]),
        (Role.CATEGORY_MANAGER, None, []),
        (Role.BRAND_PARTNER, None, []),
        (Role.CONTENT_EDITOR, None, []),
    ],
)
def test_each_role_sees_the_members_of_its_place(
    role: str, place: str | None, seen: list[str]
) -> None:
    assert codes(service.visible_members(scope(role, place)).order_by("code")) == seen


def test_members_are_found_by_id_phone_and_name() -> None:
    for text, found in {
        "M2": ["M2"],
        "138-1234-5678": ["M1"],
        "12345678": [],
        "张": ["M3", "M1"],
        "伟": [],
        "张伟丽": ["M1"],
        "bea s": ["M2"],
        "nobody": [],
    }.items():
        assert codes(service.search_members(HEAD_OFFICE, text)) == found, text


def test_filters_narrow_the_list() -> None:
    def found(**filters: Any) -> list[str]:
        return codes(service.search_members(HEAD_OFFICE, **filters))

    assert found() == ["M4", "M3", "M2", "M1"]
    assert found(store=org.get_node("S2")) == ["M2"]
    assert found(consultant=org.get_staff("E3")) == ["M3"]
    assert found(level="gold") == ["M1"]
    assert found(stage="pregnancy") == ["M1"]
    assert found(stage="young_infant") == ["M2"]
    assert found(stage="graduated") == ["M1"]
    assert found(joined_from=date(2024, 2, 1), joined_to=date(2024, 3, 1)) == ["M3", "M2"]
    assert service.count_members(service.search_members(HEAD_OFFICE), limit=3) == 3
    assert codes(service.find_by_phone(HEAD_OFFICE, "13812345678")) == ["M1"]


def test_a_member_outside_the_scope_looks_like_one_that_does_not_exist() -> None:
    manager = scope(Role.STORE_MANAGER, "S2")
    assert service.get_member(manager, "M2").code == "M2"
    for code in ("M1", "M9"):
        with pytest.raises(NotFound, match=code):
            service.get_member(manager, code)


def test_a_profile_tells_family_and_consultants_as_of_a_date() -> None:
    service.assign_consultant(None, member("M1"), org.get_staff("E2"))
    profile = service.get_profile(member("M1"))
    assert profile.masked_phone == "138****5678"
    assert [(c.code, c.age_months, c.stage) for c in profile.children] == [
        ("a", 100, "graduated"),
        ("b", -3, "pregnancy"),
    ]
    assert [r.staff.code for r in profile.consultants] == ["E2", "E1"]
    assert profile.consultant and profile.consultant.code == "E2"
    earlier = service.get_profile(member("M1"), date(2019, 12, 31))
    assert earlier.children[0].age_months == 35
    assert earlier.consultant is None
    assert service.get_profile(member("M4")).masked_phone == ""


def test_a_revealed_phone_is_written_to_the_audit_log() -> None:
    manager = User(username="s1", role=Role.STORE_MANAGER, node=org.get_node("S1"))
    manager.save()
    assert service.reveal_phone(manager, member("M1")) == "13812345678"
    entry = Entry.objects.get(action="member.phone_revealed")
    assert (entry.actor_id, entry.subject_id) == (manager.pk, str(member("M1").pk))
    assert "13812345678" not in str(entry.detail)


def test_a_phone_is_revealed_to_nobody_else() -> None:
    consultant = User(username="c1", role=Role.CONSULTANT, node=org.get_node("S1"))
    manager = User(username="s2", role=Role.STORE_MANAGER, node=org.get_node("S2"))
    for user in (consultant, manager):
        user.save()
    with pytest.raises(NotAllowed):
        service.reveal_phone(consultant, member("M1"))
    with pytest.raises(NotFound):
        service.reveal_phone(manager, member("M1"))
    with pytest.raises(NotFound, match="Bea Smith"):
        service.reveal_phone(manager, member("M2"))
    assert not Entry.objects.filter(action="member.phone_revealed").exists()


def test_a_new_consultant_ends_the_earlier_relation() -> None:
    service.assign_consultant(None, member("M1"), org.get_staff("E2"), date(2025, 1, 1))
    held = Relation.objects.filter(member__code="M1").order_by("valid_from")
    assert list(held.values_list("staff__code", "valid_from", "valid_to")) == [
        ("E1", date(2024, 1, 1), date(2025, 1, 1)),
        ("E2", date(2025, 1, 1), None),
    ]
    entry = Entry.objects.get(action="member.consultant_assigned")
    assert (entry.detail["before"], entry.detail["after"]) == ("E1", "E2")


def test_changes_are_audited_and_sent_to_the_inbox() -> None:
    bea = member("M2")
    service.change_home_store(None, bea, org.get_node("S1"))
    service.edit_profile(None, bea, name="Bea", birthday=date(1990, 1, 1), gender="")
    service.edit_profile(None, bea, name="Bea")
    service.change_phone(None, bea, "139 0000 1111")
    details = dict(Entry.objects.values_list("action", "detail"))
    assert details["member.home_store_changed"] == {"code": "M2", "before": "S2", "after": "S1"}
    assert details["member.edited"] == {
        "code": "M2",
        "before": {"name": "Bea Smith", "birthday": None},
        "after": {"name": "Bea", "birthday": "1990-01-01"},
    }
    assert details["member.phone_changed"] == {"code": "M2", "before": "", "after": "139****1111"}
    sent = Batch.objects.filter(kind="changed.members")
    assert [batch.body for batch in sent] == [{"ids": [bea.pk]}] * 3
    assert codes(service.find_by_phone(HEAD_OFFICE, "13900001111")) == ["M2"]


def test_wrong_changes_name_what_is_wrong() -> None:
    bea = member("M2")
    with pytest.raises(UserError, match="B1"):
        service.change_home_store(None, bea, org.get_node("B1"))
    with pytest.raises(UserError, match="joined_on"):
        service.edit_profile(None, bea, joined_on=TODAY)
    with pytest.raises(UserError) as refused:
        service.edit_profile(None, bea, gender="x")
    assert refused.value.field == "gender"
    with pytest.raises(UserError, match="call me"):
        service.change_phone(None, bea, "call me")


def test_the_warehouse_learns_of_members_and_when_they_graduate() -> None:
    ids = {code: member(code).pk for code in ("M1", "M2", "M4")}
    rows = service.warehouse_rows([ids["M1"], ids["M2"], ids["M4"]])
    graduates = rows["members"].select(["code", "graduates_on", "has_child_on_file"]).to_pylist()
    assert [tuple(row.values()) for row in graduates] == [
        ("M1", date(2031, 8, 31), True),
        ("M2", date(2031, 5, 1), False),
        ("M4", None, False),
    ]
    ann, bea, _ = rows["members"].to_pylist()
    store = org.get_node("S1").pk
    assert (ann["home_store_id"], ann["join_store_id"], ann["level"]) == (store, store, "gold")
    assert (ann["is_phone_verified"], bea["is_phone_verified"]) == (True, False)
    assert bea["join_channel"] == "live"
    children = rows["children"].sort_by([("member_id", "ascending"), ("birth_on", "ascending")])
    assert children.to_pylist() == [
        {"member_id": ids["M1"], "birth_on": date(2017, 1, 31), "due_on": None,
         "is_confirmed": True},
        {"member_id": ids["M1"], "birth_on": None, "due_on": date(2025, 8, 31),
         "is_confirmed": True},
        {"member_id": ids["M2"], "birth_on": date(2025, 5, 1), "due_on": None,
         "is_confirmed": False},
    ]  # fmt: skip


def test_all_members_come_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    everyone = service.warehouse_rows()
    monkeypatch.setattr(warehouse, "BLOCK", 2)
    blocks = [block["members"] for block in service.warehouse_blocks()]
    assert pa.concat_tables(blocks).equals(everyone["members"].combine_chunks())
    assert everyone["members"]["code"].to_pylist() == ["M1", "M2", "M3", "M4"]


def test_ids_of_unknown_codes_are_left_out() -> None:
    assert service.ids_of_codes(["M2", "M9"]) == [member("M2").pk]


def test_a_scope_without_the_capability_sees_nobody() -> None:
    assert not service.visible_members(replace(HEAD_OFFICE, capabilities=frozenset())).exists()
