"""How a factor went after an action, beside comparable stores that did not act."""

from datetime import date
from fractions import Fraction

import pytest
from tests.understand.actions.small_chain import ACTED_ON, Role, bring, node, staff_of, user_of

from regulars.understand.actions import service
from regulars.understand.actions.models import Action
from regulars.understand.actions.peers import peers_of_stores
from regulars.understand.metrics.service import Period

pytestmark = pytest.mark.usefixtures("six_stores")
FACTOR = {"part": "active_old", "expected_factor": "buyers"}


def acted(code: str, made_on: date = ACTED_ON) -> Action:
    user, _scope = user_of(Role.OPERATIONS)
    staff = staff_of(code, "Ming")
    return Action.objects.create(
        node=node(code), what="Call them", staff=staff, made_by=user, made_on=made_on,
        due_on=made_on, **FACTOR,
    )  # fmt: skip


def test_retention_doubled_where_they_acted_and_stayed_where_they_did_not() -> None:
    effect = service.judge(acted("S0"))
    assert effect is not None
    # Over four weeks each: 2 of 4 members came back before, all 4 after; elsewhere 2 of 4.
    assert (effect.own, effect.others, effect.count) == (Fraction(1), Fraction(0), 5)
    assert effect.is_ineffective is False


def test_where_nothing_came_of_it_the_action_surfaces_as_ineffective() -> None:
    idle = acted("S1")
    helped = acted("S0")
    assert service.judge_all() == 2
    idle.refresh_from_db()
    helped.refresh_from_db()
    assert (idle.is_ineffective, helped.is_ineffective) == (True, False)
    assert helped.effect == {"own": 1.0, "others": 0.0, "ahead": 1.0, "count": 4}


def test_stores_that_acted_on_the_same_factor_do_not_stand_beside() -> None:
    acted("S2")
    acted("S3")
    effect = service.judge(acted("S0"))
    assert effect is not None
    assert effect.count == 3


def test_the_course_shows_whole_weeks_from_four_before_on() -> None:
    course = service.get_course(acted("S0"))
    assert [week.is_after for week in course.weeks] == [False] * 4 + [True] * 4
    assert [week.value for week in course.weeks] == [Fraction(1, 2)] * 4 + [Fraction(1)] * 4
    assert {week.others for week in course.weeks} == {Fraction(1, 2)}
    assert course.peers == 5


def test_before_a_whole_week_is_over_nothing_is_said() -> None:
    action = acted("S0", made_on=date(2020, 5, 1))
    assert service.judge(action) is None
    assert service.judge_all() == 0
    course = service.get_course(action)
    assert course.effect is None
    assert not any(week.is_after for week in course.weeks)


def test_a_store_of_another_format_is_not_comparable() -> None:
    period = Period(date(2020, 3, 1), date(2020, 4, 1))
    own = node("S0").pk
    assert set(peers_of_stores([own], period)[own]) == {node(f"S{n}").pk for n in range(1, 6)}
    mall = {"store_id": "S5", "name": "Store 5", "region_id": "R2", "region": "West"}
    bring("stores", mall | {"format": "mall"})
    assert set(peers_of_stores([own], period)[own]) == {node(f"S{n}").pk for n in range(1, 5)}


def test_a_store_more_than_three_times_as_large_is_not_comparable() -> None:
    period = Period(date(2020, 3, 1), date(2020, 4, 1))
    own = node("S0").pk
    many = (
        {"member_id": f"N{k}", "joined_on": "2019-01-01", "home_store_id": "S5"} for k in range(12)
    )
    bring("members", *many)
    assert set(peers_of_stores([own], period)[own]) == {node(f"S{n}").pk for n in range(1, 5)}
