"""Who serves whom: relation, role, skill and load, in that order."""

from collections import Counter

import pyarrow as pa
import pytest
from tests.act.tasks.working import TODAY, member, node
from tests.understand.actions.small_chain import bring

from regulars.act.opportunities import service as opportunities
from regulars.act.tasks import staffing
from regulars.act.tasks.launching import launch
from regulars.act.tasks.models import Lead
from regulars.know.members.models import Relation
from regulars.know.tags.service import Subject, bring_manual, compute_all, save_all, set_value
from regulars.understand.actions.models import Shift

LACTATION = {"tag": "certificate", "value": "lactation"}
CERTIFICATE = {
    "subject": "staff", "kind": "manual", "type": "text", "zh": "资质", "en": "Certificate",
    "choices": ["none", "lactation"],
}  # fmt: skip


@pytest.fixture
def can(monkeypatch):
    """`can("Bob")`: they have the certificate."""

    def put(*people) -> None:
        rows = [{"skill": "certificate=lactation", "staff_id": each.staff_id} for each in people]
        table = pa.Table.from_pylist(
            rows, schema=pa.schema([("skill", pa.string()), ("staff_id", pa.int64())])
        )
        monkeypatch.setattr(opportunities, "who_can", lambda plays: table)

    return put


def served(store: str = "S0") -> Counter:
    leads = Lead.objects.filter(store=node(store)).select_related("staff")
    return Counter(lead.staff.name if lead.staff else "" for lead in leads)


def looks_after(person, *codes: str) -> None:
    for code in codes:
        Relation.objects.create(member=member(code), staff=person.staff, valid_from=TODAY)


def test_a_managers_play_goes_to_the_manager_alone(people, make_play) -> None:
    looks_after(people.bob, "M0-0", "M0-1")
    make_play(role="store_manager")
    launch(TODAY)
    assert served() == {"Mo": 4}


def test_what_is_over_for_the_manager_stays_with_nobody(people, make_play, set_chain) -> None:
    set_chain(leads_a_day=2)
    make_play(role="store_manager")
    launch(TODAY)
    assert served() == {"Mo": 2, "": 2}


def test_a_manager_serves_consultants_plays_once_these_are_full(
    people, make_play, set_chain
) -> None:
    set_chain(leads_a_day=1)
    make_play()
    launch(TODAY)
    assert served() == {"Ann": 1, "Bob": 1, "Mo": 1}


def test_where_nobody_has_the_role_everybody_serves(people, make_play) -> None:
    Shift.objects.create(node=node("S0"), staff=people.ann.staff, on=TODAY)
    Shift.objects.create(node=node("S0"), staff=people.bob.staff, on=TODAY)
    make_play(role="store_manager")
    launch(TODAY)
    assert served() == {"Ann": 2, "Bob": 2}


def test_relation_goes_before_skill_and_skill_before_load(people, make_play, can) -> None:
    can(people.bob)
    looks_after(people.ann, "M0-0")
    make_play(skill=LACTATION)
    launch(TODAY)
    assert served() == {"Ann": 1, "Bob": 3}
    assert Lead.objects.get(member__code="M0-0").staff == people.ann.staff


def test_who_has_the_skill_is_filled_before_the_others(people, make_play, can, set_chain) -> None:
    set_chain(leads_a_day=2)
    can(people.bob)
    make_play(skill=LACTATION)
    launch(TODAY)
    assert served() == {"Bob": 2, "Ann": 2}


def test_two_plays_share_people_without_filling_anybody_twice(
    people, make_play, can, set_chain
) -> None:
    set_chain(leads_a_day=2)
    can(people.bob)
    skilled = make_play("skilled", skill=LACTATION, priority=90)
    usual = make_play("usual")
    usual_members = {member("M0-0").pk, member("M0-1").pk}
    real = opportunities.candidates

    def candidates(play, on, language="zh"):
        relation = real(play, on, language)
        ids = ", ".join(map(str, sorted(usual_members)))
        is_in = "NOT IN" if play == skilled else "IN"
        select = relation.select.where(f"member_id {is_in} ({ids})")
        return type(relation)(select, relation.parameters)

    opportunities.candidates = candidates
    try:
        launch(TODAY)
    finally:
        opportunities.candidates = real
    assert served() == {"Bob": 2, "Ann": 2}
    assert set(usual.leads.filter(store=node("S0")).values_list("staff__name", flat=True)) == {
        "Ann"
    }


def test_a_skill_is_a_tag_of_the_staff_as_somebody_set_it(people, make_play) -> None:
    save_all(None, {"certificate": CERTIFICATE})
    set_value(people.operations, Subject.STAFF, people.bob.staff_id, "certificate", "lactation")
    play = make_play(skill=LACTATION)
    assert staffing.opportunities.who_can([play]).num_rows == 0
    bring(
        "staff", {"staff_id": "S0-Bob", "name": "Bob", "store_id": "S0", "position": "consultant"}
    )
    bring_manual()
    compute_all(Subject.STAFF)
    assert opportunities.who_can([play])["staff_id"].to_pylist() == [people.bob.staff_id]
    assert opportunities.name_of_skill(LACTATION).endswith(("：lactation", ": lactation"))
    assert opportunities.name_of_skill({"tag": "gone", "value": "x"}) == "gone=x"
