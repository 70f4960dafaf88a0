"""Two members who are one, by hand and back; both stores follow."""

from typing import Any

import pytest
from tests.know.identities.sight import person, see, sightings
from tests.know.identities.small_chain import load, member
from tests.web.conftest import line

from regulars.ground.accounts.access import CAPABILITIES, Scope
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.identities import service
from regulars.know.identities.models import Merge, Person
from regulars.know.loader.service import load_waiting
from regulars.know.members.service import get_member

HEAD_OFFICE = Scope(1, User.Role.OPERATIONS, CAPABILITIES[User.Role.OPERATIONS])


def everything() -> dict[str, list[Any]]:
    """What the warehouse says of members and their purchases."""
    return {
        table: query(f"FROM {table} ORDER BY ALL").to_pylist()
        for table in ("tickets", "order_lines", "members", "children", "persons", "merged_members")
    }


def spent() -> dict[str, int]:
    rows = query(
        "SELECT code, sum(net_cents)::BIGINT AS net FROM tickets JOIN members USING (member_id)"
        " GROUP BY code"
    )
    return {row["code"]: row["net"] for row in rows.to_pylist()}


@pytest.mark.usefixtures("chain")
def test_a_merge_brings_the_facts_together_and_taking_it_back_restores_them() -> None:
    before = everything()
    merge = service.merge_members(None, member("M1"), member("M2"), "same phone")
    load_waiting()
    assert spent() == {"M1": 47_000, "M3": 1_000}
    (row,) = query("SELECT joined_on FROM members WHERE code = 'M1'").to_pylist()
    assert row["joined_on"] == member("M1").joined_on
    lines = query("SELECT count(DISTINCT member_id) AS n FROM order_lines").to_pylist()
    assert lines == [{"n": 2}]
    assert get_member(HEAD_OFFICE, "M2") == member("M1")

    service.unmerge_members(None, merge)
    load_waiting()
    after = everything()
    persons = {row["member_id"] for row in after.pop("persons")}
    before.pop("persons")
    assert after == before
    assert persons == {member("M1").pk, member("M2").pk}
    actions = list(Entry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["member.merged", "member.unmerged"]
    with pytest.raises(NotFound):
        service.unmerge_members(None, merge)


@pytest.mark.usefixtures("chain")
def test_what_comes_for_a_merged_code_is_the_members_and_goes_back_with_it() -> None:
    merge = service.merge_members(None, member("M1"), member("M2"))
    load_waiting()
    load("lines", line("O9", "2020-02-20", "S1", "M2", 200))
    assert spent()["M1"] == 47_200
    service.unmerge_members(None, merge)
    load_waiting()
    assert spent() == {"M1": 10_000, "M2": 37_200, "M3": 1_000}


@pytest.mark.usefixtures("chain")
def test_merges_of_merges_come_apart_in_any_order() -> None:
    before = spent()
    first = service.merge_members(None, member("M1"), member("M2"))
    second = service.merge_members(None, member("M3"), member("M1"))
    load_waiting()
    assert spent() == {"M3": 48_000}
    assert get_member(HEAD_OFFICE, "M2").code == "M3"
    (row,) = query("SELECT joined_on::VARCHAR AS day FROM members").to_pylist()
    assert row["day"] == "2018-03-03"
    service.unmerge_members(None, first)
    load_waiting()
    assert spent() == {"M2": 37_000, "M3": 11_000}
    service.unmerge_members(None, second)
    load_waiting()
    assert spent() == before


@pytest.mark.usefixtures("chain")
def test_only_two_standing_members_are_merged() -> None:
    service.merge_members(None, member("M1"), member("M2"))
    with pytest.raises(UserError, match="one member already"):
        service.plan_merge(member("M1"), member("M1"))
    with pytest.raises(UserError, match="M2"):
        service.merge_members(None, member("M3"), member("M2"))
    assert Merge.objects.count() == 1


@pytest.mark.usefixtures("chain")
def test_a_plan_says_what_will_be() -> None:
    plan = service.plan_merge(member("M2"), member("M1"))
    assert (plan.kept.net_cents, plan.gone.net_cents) == (37_000, 10_000)
    assert (plan.tickets, plan.net_cents, plan.gone.children) == (3, 47_000, 1)
    assert str(plan.joined_on) == "2019-01-02"


@pytest.mark.usefixtures("chain")
def test_identities_follow_a_merge_and_come_back() -> None:
    see({"member": "M1", "cookie": "c1"}, {"member": "M2", "cookie": "c2"})
    apart = person(cookie="c…1"), person(cookie="c…2")
    merge = service.merge_members(None, member("M1"), member("M2"))
    assert person(cookie="c…1") == person(cookie="c…2") == apart[0]
    assert list(Person.objects.values_list("member_id", flat=True)) == [member("M1").pk]
    service.unmerge_members(None, merge)
    assert (person(cookie="c…1"), person(cookie="c…2")) == apart
    assert Person.objects.count() == 2


def stamped() -> dict[str, int]:
    rows = query("SELECT anonymous_id, person_id FROM events").to_pylist()
    return {row["anonymous_id"]: row["person_id"] for row in rows}


def take_events(*events: dict[str, str], minute: int = 0) -> None:
    """Events as the loader brings them: resolved, then stamped and restamped in one transaction."""
    resolved = service.resolve(sightings(*events, minute=minute)).to_pylist()
    put = [
        Statement(
            "INSERT INTO events (anonymous_id, person_id, identity_id) VALUES ($name, $p, $i)",
            {
                "name": "/".join(events[row["event_no"]].values()),
                "p": row["person_id"],
                "i": row["identity_id"],
            },
        )
        for row in resolved
    ]
    run(*put, *service.statements_for_changes())


@pytest.mark.usefixtures("chain")
def test_events_of_merged_persons_are_restamped_and_come_back() -> None:
    take_events({"cookie": "c1"}, {"cookie": "c2", "member": "M2"}, {"cookie": "c2"})
    take_events({"cookie": "c1", "member": "M1"}, minute=9)
    first, second = person(member="M1"), person(member="M2")
    before = {"c1": first, "c2/M2": second, "c2": second, "c1/M1": first}
    assert stamped() == before
    merge = service.merge_members(None, member("M1"), member("M2"))
    load_waiting()
    assert set(stamped().values()) == {first}
    assert query("FROM persons").to_pylist() == [{"person_id": first, "member_id": member("M1").pk}]
    service.unmerge_members(None, merge)
    load_waiting()
    assert stamped() == before
    assert service.statements_for_changes()[1:] == []


@pytest.mark.usefixtures("chain")
def test_changes_that_were_taken_in_are_told_once() -> None:
    take_events({"cookie": "c1", "member": "M1"})
    assert query("SELECT count(*) AS n FROM persons_told").to_pylist() != [{"n": 0}]
    run(*service.statements_for_changes())
    assert query("SELECT count(*) AS n FROM persons_told").to_pylist() == [{"n": 0}]
    assert service.statements_for_changes() == []


@pytest.mark.usefixtures("chain")
def test_a_member_who_joins_later_has_what_her_phone_did_before() -> None:
    take_events({"phone": "13700000000", "cookie": "c1"}, {"cookie": "c1"})
    load("members", {"member_id": "M9", "phone": "13700000000", "home_store_id": "S1"})
    assert {row["member_id"] for row in query("FROM persons").to_pylist()} == {member("M9").pk}
    assert set(stamped().values()) == {person(member="M9")}


@pytest.mark.usefixtures("chain")
def test_a_phone_that_leaves_a_record_leaves_the_person() -> None:
    take_events({"phone": "13812345678"}, {"member": "M1"})
    assert person(phone="138****5678") == person(member="M1")
    load("members", {"member_id": "M1", "phone": "13900001111"})
    assert person(phone="138****5678") != person(member="M1")
    load("members", {"member_id": "M2", "phone": "13812345678"})
    assert person(phone="138****5678") == person(member="M2")
