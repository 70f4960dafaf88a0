"""Tags kept up to date load by load are those that computing everybody gives."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kept_chain import stand_on
from tests.know.identities.small_chain import bring, load, member
from tests.know.tags.small_library import TODAY, bring_tags
from tests.web.conftest import line

from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.identities.service import forget_member, merge_members, unmerge_members
from regulars.know.loader.service import load_waiting
from regulars.know.tags.service import (
    Subject,
    compute_all,
    count_waiting,
    sweep,
    update_changed,
)

MEMBERS = ("M1", "M2", "M3", None)
IDLE = "SELECT count(*) AS n FROM member_tags_idle"
KEPT = "SELECT * FROM member_tags ORDER BY member_id"

orders = st.builds(
    lambda number, day, store, who, cents, units, product, version: line(
        f"N{number}", str(TODAY - timedelta(days=day)), store, who, cents * units,
        quantity=units, product_id=product, version=version,
    ),
    st.integers(1, 6), st.integers(0, 70), st.sampled_from(["S1", "S2"]),
    st.sampled_from(MEMBERS), st.integers(100, 40_000), st.sampled_from([1, 2, -1]),
    st.sampled_from(["P1", "P2"]), st.integers(0, 3),
)  # fmt: skip
steps = st.lists(
    st.one_of(
        st.tuples(st.just("load"), st.lists(orders, min_size=1, max_size=3)),
        st.tuples(st.just("merge"), st.sampled_from([("M1", "M2"), ("M2", "M3"), ("M1", "M3")])),
        st.tuples(st.just("unmerge"), st.none()),
        st.tuples(st.just("day"), st.integers(1, 40)),
        st.tuples(st.just("child"), st.integers(0, 900)),
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture
def _tagged(warehouse: Engine) -> None:
    stand_on("two shops, tagged", _bring_tagged, warehouse)


def _bring_tagged() -> None:
    bring()
    bring_tags()
    compute_all(Subject.MEMBER, TODAY)


@pytest.mark.usefixtures("_tagged")
def test_nobody_is_computed_where_nothing_changed() -> None:
    assert count_waiting() == 0
    assert update_changed(TODAY) == 0


@pytest.mark.usefixtures("_tagged")
def test_whoever_never_did_anything_stands_apart_until_she_does() -> None:
    load("members", {"member_id": "M9", "name": "新会员", "joined_on": "2020-02-01"})
    compute_all(Subject.MEMBER, TODAY)
    assert query(IDLE)["n"].to_pylist() == [1]
    told = "SELECT spend, last_store FROM member_tags WHERE member_id = $who"
    who = {"who": member("M9").pk}
    assert query(told, who).to_pylist() == [{"spend": 0, "last_store": None}]
    load("lines", line("N9", "2020-02-20", "S1", "M9", 500))
    assert update_changed(TODAY) == 1
    assert query(told, who).to_pylist() == [{"spend": 500, "last_store": "S1"}]
    assert query(IDLE)["n"].to_pylist() == [0]


@pytest.mark.usefixtures("_tagged")
def test_who_was_forgotten_carries_no_tags() -> None:
    forget_member(None, member("M2"))
    load_waiting()
    update_changed(TODAY)
    assert query("SELECT spend FROM member_tags ORDER BY 1")["spend"].to_pylist() == [1_000, 10_000]


@pytest.mark.usefixtures("_tagged")
def test_a_load_touches_its_members_alone() -> None:
    load("lines", line("N1", "2020-02-20", "S1", "M3", 500))
    assert update_changed(TODAY) == 1
    assert query("SELECT spend FROM member_tags ORDER BY 1")["spend"].to_pylist() == [
        1_500,
        10_000,
        37_000,
    ]


@pytest.mark.usefixtures("_tagged")
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_touched_by_touched_is_the_same_as_whole(done: list[tuple[str, Any]]) -> None:
    # What the examples before did stands; the day does not go back by itself.
    compute_all(Subject.MEMBER, TODAY)
    today, merges = TODAY, []
    for what, how in done:
        today = _do(what, how, today, merges)
        update_changed(today)
    # Ranks are cut once a day: until the next one, these cuts hold for whoever comes after it.
    today += timedelta(days=1)
    sweep(today)
    kept = query(KEPT).to_pylist()
    compute_all(Subject.MEMBER, today)
    assert kept == query(KEPT).to_pylist()


def _do(what: str, how: Any, today: date, merges: list[Any]) -> date:
    match what:
        case "load":
            load("lines", *how)
        case "merge":
            one, other = map(member, how)
            if not (one.merged_into_id or other.merged_into_id):
                merges.append(merge_members(None, one, other))
            load_waiting()
        case "unmerge" if merges:
            unmerge_members(None, merges.pop())
            load_waiting()
        case "child":
            born = str(today - timedelta(days=how))
            load("children", {"member_id": "M2", "child_id": "C9", "birth_on": born})
        case "day":
            sweep(today + timedelta(days=how))
            return today + timedelta(days=how)
    return today
