"""What staff set by hand is kept, follows the member, and is in the warehouse whatever happens."""

from collections.abc import Callable
from datetime import date

import pytest
from tests.kept_chain import stand_on
from tests.know.identities.small_chain import bring, member
from tests.know.tags.small_library import TODAY, tag

from regulars.ground.accounts.models import User
from regulars.ground.accounts.service import create_user
from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.service import get_node
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.identities.service import forget_member, merge_members, unmerge_members
from regulars.know.loader.service import load_waiting
from regulars.know.tags.manual import bring_manual, list_by_hand, set_value, take_back
from regulars.know.tags.models import ManualValue
from regulars.know.tags.service import (
    Subject,
    compute_all,
    forget_by_hand,
    save_all,
    tags_given,
    update_changed,
)

MEMBER = Subject.MEMBER
TAGS = {
    "feeding": tag("manual", type="text", choices=["breast", "formula"]),
    "note": tag("manual", type="text"),
    "is_vip": tag("manual", type="yes_no"),
    "seen_on": tag("manual", type="date"),
    "cats": tag("manual", type="count"),
    "is_formula_vip": tag("rule", text='is_vip and feeding = "formula"'),
}
People = Callable[..., User]


@pytest.fixture
def clerk(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> User:
    """A store manager of S1, where M1 is at home, on 1 March 2020."""
    monkeypatch.setattr("regulars.ground.kit.clock.today", lambda: TODAY)
    stand_on("two shops, tagged by hand", _bring_tagged, warehouse)
    role = User.Role.STORE_MANAGER
    return create_user(None, "oak", "熟客-of-the-house-7", role, node=get_node("S1"))


def _bring_tagged() -> None:
    bring()
    save_all(None, TAGS)
    for subject in (MEMBER, Subject.STORE):
        compute_all(subject, TODAY)


def say(clerk: User, who: str, **values: str) -> None:
    for code, value in values.items():
        set_value(clerk, MEMBER, member(who).pk, code, value)


def known(*codes: str) -> dict[str, tuple[object, ...]]:
    bring_manual()
    update_changed(TODAY)
    rows = query(
        "SELECT members.code AS who, t.* FROM member_tags AS t JOIN members USING (member_id)"
    )
    return {row["who"]: tuple(row[code] for code in codes) for row in rows.to_pylist()}


def standing(who: str) -> dict[str, object]:
    return {each.tag.code: each.value for each in list_by_hand(MEMBER, member(who).pk)}


def test_a_value_is_kept_at_once_and_rules_follow_it(clerk: User) -> None:
    say(clerk, "M1", is_vip="true", feeding="formula", seen_on="2020-02-29", cats="3")
    assert standing("M1") == {
        "is_vip": True, "feeding": "formula", "seen_on": date(2020, 2, 29), "cats": 3, "note": None,
    }  # fmt: skip
    codes = ("is_vip", "feeding", "seen_on", "cats", "is_formula_vip")
    assert known(*codes)["M1"] == (True, "formula", date(2020, 2, 29), 3, True)
    assert known(*codes)["M2"] == (None, None, None, None, False)
    entry = Entry.objects.filter(action="member.tagged").latest("pk")
    assert (entry.actor, entry.detail) == (clerk, {"tag": "cats", "value": "3"})

    say(clerk, "M1", feeding="formula")  # the same again says nothing
    assert ManualValue.objects.filter(definition__code="feeding").count() == 1
    say(clerk, "M1", feeding="breast")
    slip = next(e for e in list_by_hand(MEMBER, member("M1").pk) if e.tag.code == "feeding")
    assert (slip.value, slip.set_by) == ("breast", clerk)
    assert slip.value_id
    take_back(clerk, MEMBER, member("M1").pk, "feeding", slip.value_id)
    assert standing("M1")["feeding"] == "formula"
    with pytest.raises(UserError, match="set again since"):
        take_back(clerk, MEMBER, member("M1").pk, "feeding", slip.value_id)
    say(clerk, "M1", is_vip="")
    assert known(*codes)["M1"] == (None, "formula", date(2020, 2, 29), 3, False)
    assert ManualValue.objects.count() == 7


def test_she_is_given_what_tags_say_of_her_and_all_that_was_ever_said_by_hand(clerk: User) -> None:
    say(clerk, "M1", feeding="formula")
    say(clerk, "M1", feeding="breast", is_vip="true")
    assert known("feeding")["M1"] == ("breast",)
    assert not tags_given(member("M2"))["tags_by_hand"]
    given = tags_given(member("M1"))
    tags = {each["code"]: each["value"] for each in given["tags"]}
    assert tags == {"feeding": "breast", "is_vip": True, "is_formula_vip": False}
    said = [(each["definition__code"], each["value"]) for each in given["tags_by_hand"]]
    assert said == [("feeding", "formula"), ("feeding", "breast"), ("is_vip", "true")]
    assert {each["set_by__username"] for each in given["tags_by_hand"]} == {"oak"}


def test_what_cannot_be_said_is_refused(clerk: User) -> None:
    for code, value in {
        "feeding": "beer", "is_vip": "perhaps", "seen_on": "2020-02-30", "cats": "2.5",
        "note": "x" * 501,
    }.items():  # fmt: skip
        with pytest.raises(UserError) as refused:
            say(clerk, "M1", **{code: value})
        assert refused.value.field == "value", code
    with pytest.raises(NotFound, match="not set by hand"):
        say(clerk, "M1", is_formula_vip="true")
    with pytest.raises(NotFound, match="no such member"):
        say(clerk, "M2", is_vip="true")  # of the other store
    clerk.role = User.Role.REGION_HEAD
    with pytest.raises(NotAllowed):
        say(clerk, "M1", is_vip="true")
    assert not ManualValue.objects.exists()


def test_nothing_is_lost_between_the_stores(clerk: User) -> None:
    say(clerk, "M1", note="peanuts")
    # Postgres has it and the keeper died: the next look takes it, and once.
    assert query("SELECT count(*) AS n FROM manual_values")["n"][0].as_py() == 0
    assert bring_manual()
    assert not bring_manual()
    assert known("note")["M1"] == ("peanuts",)
    # Another warehouse, made from what came in, knows nothing of it.
    run(Statement("DELETE FROM manual_values"))
    compute_all(MEMBER, TODAY)
    assert known("note")["M1"] == ("peanuts",)
    # Postgres was restored to a time before the warehouse's.
    ManualValue.objects.all().delete()
    run(Statement("UPDATE manual_values SET value_id = 1000000"))
    say(clerk, "M1", note="nuts")
    assert known("note")["M1"] == ("nuts",)


def test_a_merged_member_has_the_latest_of_both_and_gives_it_back(clerk: User) -> None:
    chain = create_user(None, "hq", "熟客-of-the-house-7", User.Role.OPERATIONS)
    say(chain, "M1", feeding="breast", note="old")
    say(chain, "M2", feeding="formula", is_vip="true")
    merge = merge_members(None, member("M1"), member("M2"))
    load_waiting()
    codes = ("feeding", "note", "is_formula_vip")
    assert known(*codes)["M1"] == ("formula", "old", True)
    assert standing("M1")["feeding"] == "formula"
    unmerge_members(None, merge)
    load_waiting()
    assert known(*codes) == {
        "M1": ("breast", "old", False), "M2": ("formula", None, True), "M3": (None, None, False),
    }  # fmt: skip


def test_of_a_forgotten_member_nothing_stays(clerk: User) -> None:
    say(clerk, "M1", note="peanuts")
    assert known("note")["M1"] == ("peanuts",)
    who = member("M1").pk
    forget_member(None, member("M1"))
    forget_by_hand([who])
    bring_manual()
    assert [row.value for row in ManualValue.objects.all()] == [None]
    assert query("SELECT value FROM manual_values")["value"].to_pylist() == [None]
    assert "peanuts" not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_a_tag_of_a_store_is_made_anew(clerk: User) -> None:
    save_all(None, {"style": tag("manual", type="text", subject="store")})
    compute_all(Subject.STORE, TODAY)
    set_value(clerk, Subject.STORE, get_node("S1").pk, "style", "modern")
    bring_manual()
    state = query("SELECT definitions FROM tag_states WHERE subject = 'store'")
    assert state["definitions"].to_pylist() == [""]
