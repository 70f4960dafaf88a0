"""The day's beginning and end: the numbers of the metric tree and of the targets, to the cent, and
nothing that the reader may not see."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from tests.understand.actions.small_chain import (
    PASSWORD,
    TODAY,
    Role,
    bring,
    finding_at,
    line,
    node,
    staff_of,
    user_of,
)

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.org.models import Node, Position
from regulars.understand.actions import service as actions
from regulars.understand.actions.models import Action
from regulars.understand.briefing import service
from regulars.understand.briefing.evening import Below, ranked
from regulars.understand.briefing.numbers import Numbers, Targets, periods_of
from regulars.understand.diagnosis.service import sentence_of
from regulars.understand.metrics.service import Period, Question, get_tree, month_of
from regulars.understand.targets.service import (
    Wish,
    find_target_cents,
    find_target_cents_of_places,
    make_plan,
    move_plan,
    set_days,
)

pytestmark = pytest.mark.usefixtures("six_stores")
DAY = timedelta(days=1)
APRIL = date(2020, 4, 27)


def sold_lately() -> None:
    """On the last days, at stores of both regions, with a return, and after a move of a store."""
    bring(
        "lines",
        line("a", TODAY, 1, "M1-0", 12_345),
        line("b", TODAY, 5, None, 701),
        line("c", TODAY - DAY, 1, "M2-0", 50_005),
        line("d", TODAY - DAY, 2, "M2-0", -205),
        line("e", TODAY - 7 * DAY, 1, None, 9_999),
        line("f", TODAY - 6 * DAY, 2, None, 333),
        line("g", date(2020, 5, 1), 4, None, 4_444),
    )


def plan_of_the_year() -> None:
    user, scope = user_of(Role.OPERATIONS)
    set_days(
        user, date(2020, 5, 1), date(2020, 5, 1), kind="holiday", name="May", weight_percent=180
    )
    wish = Wish(
        "y20", "2020", date(2020, 4, 1), date(2020, 6, 30), net_cents=1_000_003, base_months=1
    )
    plan = make_plan(user, scope, wish)
    for state in ("proposed", "agreed"):
        move_plan(user, scope, plan, state)


def numbers(cents: int = 0, before: int | None = None, target: int | None = None) -> Numbers:
    return Numbers(TODAY, cents, 1, cents, before, None, Targets(day_cents=target))


def net_of(place: Node, period: Period) -> int:
    return get_tree(Question(place, period)).net_cents


@pytest.mark.parametrize("on", [TODAY, TODAY - DAY, APRIL])
def test_every_places_numbers_are_those_of_its_tree(on: date) -> None:
    sold_lately()
    everywhere = service.numbers_of_places(on)
    assert len(everywhere) == 9  # six stores, two regions, head office
    for place in Node.objects.all():
        told = everywhere[place.pk]
        tree = get_tree(Question(place, Period(on, on + DAY)))
        assert (told.net_cents, told.tickets) == (tree.net_cents, tree.tree.total.tickets)
        assert told.month_cents == net_of(place, Period(month_of(on).start, on + DAY))
        week_before = Period(on - 7 * DAY, on - 6 * DAY)
        assert (told.week_before_cents or 0) == net_of(place, week_before)
        assert (told.next_before_cents or 0) == net_of(place, Period(on - 6 * DAY, on - 5 * DAY))
        assert service.numbers_of_places(on, [place.pk]) == {place.pk: told}


@pytest.mark.parametrize("on", [TODAY, date(2020, 4, 30)])
def test_the_targets_of_all_places_are_those_of_each(on: date) -> None:
    """Also where a day is unlike others, and where weekdays cannot be learnt from history."""
    plan_of_the_year()
    times = [*periods_of(on).values(), Period(date(2020, 4, 20), date(2020, 5, 10))]
    for period in times:
        of_all = find_target_cents_of_places(period)
        each = {
            place.pk: find_target_cents(Question(place, period)) for place in Node.objects.all()
        }
        assert of_all == {pk: cents for pk, cents in each.items() if cents is not None}
        assert len(of_all) == 9
    assert find_target_cents_of_places(Period(date(2020, 3, 30), date(2020, 4, 2))) == {}


def test_completion_and_pace_stand_beside_the_targets_of_the_days_they_tell_of() -> None:
    sold_lately()
    plan_of_the_year()
    store = node("S1")
    told = service.numbers_of_places(TODAY, [store.pk])[store.pk]
    target = find_target_cents(Question(store, Period(TODAY, TODAY + DAY)))
    so_far = find_target_cents(Question(store, Period(date(2020, 5, 1), TODAY + DAY)))
    assert target and so_far
    assert told.completion == Fraction(12_345, target)
    assert told.pace == Fraction(told.month_cents, so_far)
    assert told.beside_week == Fraction(12_345, 9_999)


def test_without_a_target_or_a_week_before_nothing_is_made_up() -> None:
    told = service.numbers_of_places(TODAY, [node("S3").pk])[node("S3").pk]
    assert (told.net_cents, told.week_before_cents) == (0, None)
    assert (told.completion, told.month_completion, told.pace, told.beside_week) == (None,) * 4


def test_a_briefing_tells_what_costs_most_once_and_as_a_part_of_its_places_gap() -> None:
    finding_at("S1")
    finding_at("S1", against="year")
    finding_at("S5", contribution_cents=-900_000)
    finding_at("S2", contribution_cents=70_000)
    finding_at("S2", contribution_cents=-50_000, factor="tickets", last_on=TODAY - 3 * DAY)
    head, scope = user_of(Role.REGION_HEAD, "R1")
    briefing = service.get_briefing(head, scope, TODAY)
    assert [finding.node_code for finding in briefing.findings] == ["S1", "S2"]
    assert briefing.findings[0].against == "previous"
    assert sentence_of(briefing.findings[0]).startswith(
        "Store 1 is 1,500 below the period before; "
    )


def given(by: User, what: str, due_on: date, made_on: date = TODAY - 5 * DAY) -> Action:
    return Action.objects.create(
        node=node("S1"), what=what, who=by, due_on=due_on, made_by=by, made_on=made_on
    )


def test_a_briefing_lists_what_is_due_ones_own_first_and_what_was_open_that_morning() -> None:
    head, above = user_of(Role.REGION_HEAD, "R1")
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    manager, scope = user_of(Role.STORE_MANAGER, "S1", ming)
    given(head, "late", TODAY - 2 * DAY)
    given(manager, "own", TODAY)
    given(manager, "later", TODAY + DAY)
    done = given(manager, "done yesterday", TODAY - 3 * DAY)
    Action.objects.filter(pk=done.pk).update(state="done", closed_on=TODAY - DAY)
    briefing = service.get_briefing(manager, scope, TODAY)
    assert [action.what for action in briefing.due] == ["own", "late"]
    assert briefing.due_count == 2
    assert briefing.visits is None
    assert briefing.roster and [each.staff for each in briefing.roster.people] == [ming]
    then = service.get_briefing(manager, scope, TODAY - 2 * DAY)
    assert [action.what for action in then.due] == ["done yesterday", "late"]
    elsewhere, west = user_of(Role.REGION_HEAD, "R2")
    assert service.get_briefing(elsewhere, west, TODAY).due == []
    assert service.get_briefing(head, above, TODAY).visits is not None
    assert service.get_briefing(head, above, TODAY).roster is None


def test_a_closing_ranks_the_places_below_and_tells_what_was_done_and_what_stays_open() -> None:
    sold_lately()
    head, scope = user_of(Role.REGION_HEAD, "R1")
    manager, own = user_of(Role.STORE_MANAGER, "S1")
    person = next(p for p in actions.list_people(node("S1")) if p.user == manager)
    done = actions.give_action(head, scope, node=node("S1"), what="Call", person=person)
    actions.give_action(head, scope, node=node("S1"), what="Ask", person=person)
    actions.report_done(manager, own, done, "All called")
    closing = service.get_closing(head, scope, TODAY)
    assert [action.result for action in closing.done] == ["All called"]
    assert [action.what for action in closing.still_open] == ["Ask"]
    assert (closing.given, closing.done_count, closing.open_count) == (2, 1, 1)
    assert [each.node.code for each in closing.best] == ["S1"]
    assert closing.usage is not None
    assert closing.numbers.net_cents == 12_345
    of_manager = service.get_closing(manager, own, TODAY)
    assert (of_manager.best, of_manager.worst, of_manager.least_used) == ([], [], [])


def test_no_place_is_both_among_the_best_and_the_worst() -> None:
    nodes = [Node(pk=n, code=f"N{n}", name=f"N{n}") for n in range(8)]
    below = [Below(each, numbers(100 * each.pk, 100)) for each in nodes]
    best, worst = ranked(below)
    assert [each.node.pk for each in best] == [7, 6, 5]
    assert [each.node.pk for each in worst] == [0, 1, 2]
    few_best, few_worst = ranked(below[:3])
    assert ([b.node.pk for b in few_best], [w.node.pk for w in few_worst]) == ([2, 1], [0])
    unknown = Below(nodes[0], numbers(100))
    assert ranked([unknown]) == ([], [])


def test_who_sees_some_goods_alone_is_told_of_these() -> None:
    sold_lately()
    manager = accounts.create_user(
        None, "milk", PASSWORD, Role.CATEGORY_MANAGER, category_codes=["Milk"]
    )
    scope = scope_of(manager)
    briefing = service.get_briefing(manager, scope, TODAY)
    assert briefing.numbers.net_cents == 49_800
    assert (briefing.findings, briefing.due) == ([], [])
