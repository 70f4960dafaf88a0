"""What a split says where members move between stages, return goods, or are not known."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.understand.metrics.small_chain import bring, line

from regulars.ground.kit.deployment import Chain
from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.engine import Engine
from regulars.understand.metrics import comparison, forest, splits
from regulars.understand.metrics.identity import Counts
from regulars.understand.metrics.service import Slice, ask, get_split, get_tree

FEBRUARY = {"first": "2020-02-01", "last": "2020-02-29"}


@pytest.fixture(autouse=True)
def _chain(small_chain: Engine) -> None:
    """Every test asks the small chain."""


def slices(part: str, **asked: Any) -> dict[str, Slice]:
    question = ask(HEAD_OFFICE, **FEBRUARY | asked)
    return {each.code: each for each in get_split(question, part).slices}


def test_the_stage_is_that_of_the_youngest_child_at_the_period_s_start() -> None:
    bring("lines", line("A1", "2019-12-01", "M1"), line("A2", "2020-02-10", "M1", 900))
    bring(
        "children",
        {"member_id": "M1", "child_id": "C1", "birth_on": "2017-05-01"},
        {"member_id": "M1", "child_id": "C2", "due_on": "2020-02-05"},
    )
    assert list(slices("active_old")) == ["pregnancy"]
    expecting = slices("active_old")["pregnancy"]
    assert (expecting.counts.members, expecting.counts.buyers) == (1, 1)
    assert (expecting.counts.net_cents, expecting.rate) == (900, Fraction(1))
    assert (expecting.before, expecting.change_cents) == (Counts(1, 0), 900)
    in_march = slices("active_old", first="2020-03-01", last="2020-03-31")
    assert list(in_march) == ["pregnancy", "newborn"], "the month before is shown beside it"
    assert in_march["newborn"].counts.members == 1
    assert in_march["pregnancy"].counts == Counts(0, 0)


def test_members_without_a_child_on_file_are_named_and_the_graduated_are_elsewhere() -> None:
    bring("children", {"member_id": "M2", "child_id": "C1", "birth_on": "2013-01-31"})
    bring("lines", *[line(f"A{n}", "2020-01-10", f"M{n}") for n in (1, 2)])
    found = slices("active_old")
    assert {code: each.counts.members for code, each in found.items()} == {"no_child": 1}
    assert str(found["no_child"].name) == "no child on file"


def test_the_new_stand_by_how_they_joined_the_unrecorded_last() -> None:
    ways: list[tuple[str, dict[str, str]]] = [
        ("N1", {}),
        ("N2", {}),
        ("N3", {"join_channel": "live"}),
        ("N4", {"join_channel": "miniapp"}),
        ("N5", {"join_channel": "miniapp"}),
    ]
    joined = {"joined_on": "2020-02-03", "home_store_id": "S1"}
    bring("members", *[{"member_id": code} | joined | way for code, way in ways])
    bring("lines", line("A1", "2020-02-10", "N4", 700), line("A2", "2020-02-11", "N1", 300))
    found = slices("new")
    assert [(code, s.counts.members) for code, s in found.items()] == [
        ("miniapp", 2), ("live", 1), ("", 2),
    ]  # fmt: skip
    assert found["miniapp"].rate == Fraction(1, 2)
    assert found["live"].rate == 0
    assert str(found[""].name) == "not recorded"


def test_a_leaf_of_returns_only_leaves_its_money_to_the_returns() -> None:
    bring("lines", line("A1", "2020-01-10", "M1", 900))
    bring("lines", line("R1", "2020-02-02", "M1", -900, quantity=-1, original_order_id="A1"))
    tree = get_tree(ask(HEAD_OFFICE, **FEBRUARY)).tree
    assert (tree.returns_cents, tree.parts["active_old"]) == (-900, Counts(1, 0))
    assert slices("active_old")["no_child"].counts == Counts(1, 0)


def test_a_return_stays_in_its_slice_where_others_of_the_leaf_bought() -> None:
    bring("children", {"member_id": "M2", "child_id": "C1", "birth_on": "2019-01-31"})
    bring("lines", *[line(f"A{n}", "2020-01-10", f"M{n}", 900) for n in (1, 2)])
    bring("lines", line("R1", "2020-02-02", "M1", -900, quantity=-1, original_order_id="A1"))
    bring("lines", line("A3", "2020-02-03", "M2", 500, quantity=2))
    found = slices("active_old")
    assert found["toddler"].counts.net_cents == 500
    assert (found["no_child"].counts.buyers, found["no_child"].counts.net_cents) == (0, -900)
    tree = get_tree(ask(HEAD_OFFICE, **FEBRUARY)).tree
    assert (tree.returns_cents, tree.parts["active_old"].net_cents) == (0, -400)


def test_where_only_buyers_are_recorded_nobody_knows_how_many_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only_buyers = Chain(as_of=date(2020, 3, 31), only_buyers_recorded=True)
    for module in (splits, comparison, forest):
        monkeypatch.setattr(module, "chain", lambda: only_buyers)
    bring("members", {"member_id": "N1", "joined_on": "2020-02-03", "home_store_id": "S1"})
    bring("lines", line("A1", "2020-02-10", "N1", 700))
    found = slices("new")[""]
    assert (found.counts.members, found.counts.buyers, found.rate) == (None, 1, None)
    assert str(found.reason) == "unknown: only buyers are recorded"
    leaf = get_tree(ask(HEAD_OFFICE, **FEBRUARY)).tree.parts["new"]
    assert found.counts == leaf


def test_a_slice_that_nobody_stood_in_has_no_rate() -> None:
    bring("members", {"member_id": "N1", "joined_on": "2020-01-03", "home_store_id": "S1"})
    found = slices("new")[""]
    assert (found.counts.members, found.rate, found.rate_before) == (0, None, Fraction(0))
    assert str(found.reason) == "unknown: nothing to divide by"


def test_within_goods_a_split_says_that_it_is_not_defined() -> None:
    split = get_split(ask(HEAD_OFFICE, **FEBRUARY, category="Milk"), "new")
    assert (split.slices, str(split.reason)) == ((), "not defined within goods")


def test_a_part_without_a_split_is_refused_by_name() -> None:
    question = ask(HEAD_OFFICE, **FEBRUARY)
    with pytest.raises(UserError, match="dormant_old") as refused:
        get_split(question, "dormant_old")
    assert refused.value.field == "part"
