"""Who is who, from what a pass saw."""

from datetime import date

import pytest
from tests.know.identities.sight import everything, person, see, sightings
from tests.rows import table

from regulars.know.identities.models import Identity, Link, Move, Person
from regulars.know.identities.service import resolve
from regulars.know.members.models import Member
from regulars.know.members.service import upsert_members

pytestmark = pytest.mark.django_db


@pytest.fixture
def members(db: None) -> None:
    upsert_members(
        table(
            {"member_id": "M1", "joined_on": date(2024, 1, 1), "phone": "13800000001"},
            {"member_id": "M2", "joined_on": date(2024, 1, 2), "phone": "13800000002"},
            {"member_id": "M3", "joined_on": date(2024, 1, 3), "phone": "13800000003"},
            *[
                {"member_id": f"T{n}", "joined_on": date(2024, 1, 3), "phone": "13900000000"}
                for n in range(4)
            ],
        )
    )


def member_of(person_id: int) -> str | None:
    found = Person.objects.filter(pk=person_id).first()
    return Member.objects.get(pk=found.member_id).code if found else None


def test_what_stands_on_one_event_is_one_person() -> None:
    first, second, other = see({"cookie": "c1", "device": "d1"}, {"device": "d1"}, {"cookie": "c2"})
    assert first == second != other


def test_the_same_sightings_again_change_nothing() -> None:
    events = (
        {"cookie": "c1"},
        {"cookie": "c1", "phone": "13800000009"},
        {"phone": "+86 138-0000-0009", "unionid": "u1"},
    )
    persons = see(*events)
    before, moves = everything(), Move.objects.count()
    assert see(*events) == persons
    assert (everything(), Move.objects.count()) == (before, moves)
    assert len(set(persons)) == 1


def test_behaviour_before_signing_in_joins_the_member(members: None) -> None:
    (anonymous,) = see({"cookie": "c1"})
    assert member_of(anonymous) is None
    (known,) = see({"cookie": "c1", "member": "M1"}, minute=5)
    assert member_of(known) == "M1"
    assert person(cookie="c…1") == known
    move = Move.objects.get(identity_id=Identity.objects.get(kind="cookie").pk)
    assert (move.from_person_id, move.to_person_id, move.is_told) == (anonymous, known, False)


def test_a_phone_or_a_card_finds_the_member_on_record(members: None) -> None:
    by_phone, by_card, by_login = see({"phone": "138 0000 0002"}, {"card": "M2"}, {"member": "M2"})
    assert by_phone == by_card == by_login
    assert member_of(by_phone) == "M2"


def test_a_cookie_of_two_members_glues_nobody(members: None) -> None:
    first, second, nobody_signed_in = see(
        {"cookie": "c1", "member": "M1"}, {"cookie": "c1", "member": "M2"}, {"cookie": "c1"}
    )
    assert [member_of(each) for each in (first, second)] == ["M1", "M2"]
    assert nobody_signed_in == first  # who used it first


def test_a_cookie_of_too_many_stands_alone_and_waits_for_review() -> None:
    see(*[{"cookie": "counter", "unionid": f"union-id-of-{n}"} for n in range(3)])
    assert person(cookie="c…r") == person(unionid="unio…of-0")
    see({"cookie": "counter", "unionid": "union-id-of-3"}, minute=9)
    counter = Identity.objects.get(kind="cookie")
    assert (counter.is_shared, counter.person_id) == (True, counter.pk)
    assert len({person(unionid=f"unio…of-{n}") for n in range(4)}) == 4


def test_the_shops_own_phone_glues_no_strangers() -> None:
    strangers = [f"union-id-of-{n}" for n in range(6)]
    see(*[{"phone": "13900000000", "unionid": each} for each in strangers])
    assert Identity.objects.get(kind="phone").is_shared
    assert len({person(unionid=f"unio…of-{n}") for n in range(6)}) == 6


def test_a_phone_that_is_on_many_records_says_nothing(members: None) -> None:
    (nobody,) = see({"phone": "13900000000"})
    assert member_of(nobody) is None
    assert Identity.objects.get(kind="phone").is_shared


def test_two_members_are_never_one_by_themselves(members: None) -> None:
    first, second, _both = see(
        {"member": "M1"}, {"member": "M2"}, {"member": "M1", "unionid": "u1"}
    )
    see({"member": "M2", "unionid": "u1"}, minute=9)
    assert (member_of(first), member_of(second)) == ("M1", "M2")
    assert person(member="M1") != person(member="M2")
    assert person(unionid="u…1") == first
    assert Link.objects.get(is_held=True).followed_id == Identity.objects.get(hint="M2").pk


def test_what_identifies_nobody_is_no_identity() -> None:
    rows = sightings(
        {"cookie": "undefined"}, {"phone": "00000000000"}, {"email": "nobody"}, {"shoe": "7"}
    )
    assert resolve(rows).num_rows == 0
    assert not Identity.objects.exists()


def test_clear_values_are_not_kept() -> None:
    see({"phone": "13812345678", "email": "Ann@Example.com", "cookie": "a-very-long-cookie"})
    assert sorted(Identity.objects.values_list("hint", flat=True)) == [
        "138****5678", "a***@example.com", "a-ve…okie",
    ]  # fmt: skip
    assert not Identity.objects.get(kind="cookie").value_sealed
    kept = b"".join(bytes(i.value_sealed or b"") for i in Identity.objects.all())
    assert b"1234" not in kept and b"example" not in kept


def test_an_event_that_comes_late_has_the_say_it_would_have_had() -> None:
    see({"cookie": "c1", "unionid": "u2"}, minute=60)
    assert person(cookie="c…1") == person(unionid="u…2")
    see({"cookie": "c1", "unionid": "u1"}, minute=0)
    assert person(cookie="c…1") == person(unionid="u…1")


def test_who_follows_a_device_goes_where_it_goes() -> None:
    see({"cookie": "c1", "device": "d1"}, {"device": "d1"})
    (known,) = see({"device": "d1", "phone": "13800000009"}, minute=9)
    assert person(cookie="c…1") == known
