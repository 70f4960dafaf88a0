"""A year is planned from the year before, split, changed, agreed, frozen, and planned anew."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
import xlsxwriter
from tests.acceptance.asking import HEAD_OFFICE

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office, list_children
from regulars.know.catalog.models import Brand
from regulars.know.catalog.service import list_categories
from regulars.understand.metrics.service import ask, get_tree
from regulars.understand.targets import service as targets
from regulars.understand.targets.bases import places_of
from regulars.understand.targets.keeping import mixes_in_force, trees_in_force
from regulars.understand.targets.models import Day, Plan, Proposal
from regulars.understand.targets.service import How, Wish

PASSWORD = "熟客-of-the-house-7"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulated")]
YEAR = Wish("next", "Next year", date(2026, 7, 1), date(2027, 6, 30), growth=Fraction(5, 100))
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
State = Plan.State


@pytest.fixture
def hq() -> User:
    return accounts.create_user(None, "hq", PASSWORD, User.Role.OPERATIONS)


@pytest.fixture
def plan(hq: User) -> Plan:
    return targets.make_plan(hq, HEAD_OFFICE, YEAR)


@pytest.fixture
def of_the_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def stand(day: date) -> None:
        monkeypatch.setattr(clock, "today", lambda: day)

    yield stand


def head_of(node: Node, name: str = "head", role: str = User.Role.REGION_HEAD) -> User:
    return accounts.create_user(None, name, PASSWORD, role, node=node)


def cents(plan: Plan) -> dict[tuple[int, date], int]:
    return {place: counts.net_cents for place, counts in targets.totals_in_force(plan).items()}


def check(plan: Plan) -> None:
    """At every place and month: children, parts and categories add up to the cent, people are
    whole."""
    now, places = cents(plan), places_of(plan)
    mixes = mixes_in_force(plan)
    for month in targets.sheet_months(plan):
        trees = trees_in_force(plan, list(places.down()), month)
        for node, amount in ((n, c) for (n, m), c in now.items() if m == month):
            below = [now[c, month] for c in places.below.get(node, ()) if (c, month) in now]
            assert not below or sum(below) == amount
            assert node not in trees or trees[node].net_cents == amount
            assert sum(mixes[node, month].values()) == amount
            for counts in trees[node].parts.values() if node in trees else ():
                assert counts.members is None or counts.members >= (counts.buyers or 0)
                assert counts.tickets >= (counts.buyers or 0) >= 0


def a_region() -> Node:
    return list_children(ensure_head_office())[0]


def two_stores() -> tuple[Node, Node]:
    def stores(node: Node) -> list[Node]:
        below = list(list_children(node))
        if any(child.kind == Node.Kind.STORE for child in below):
            return below
        return stores(below[0])

    one, other, *_more = stores(a_region())
    return one, other


def test_a_year_is_split_over_everything_and_adds_up(plan: Plan) -> None:
    base = get_tree(ask(HEAD_OFFICE, first="2025-07-01", last="2026-06-30", compare="none"))
    top = ensure_head_office().pk
    total = sum(c for (node, _m), c in cents(plan).items() if node == top)
    assert total == round(base.net_cents * Fraction(105, 100))
    assert len(targets.sheet_months(plan)) == 12
    check(plan)


def test_a_plan_is_for_those_who_make_plans_until_it_goes_round(plan: Plan, hq: User) -> None:
    store, _other = two_stores()
    manager = scope_of(head_of(store, "manager", User.Role.STORE_MANAGER))
    with pytest.raises(NotFound):
        targets.get_plan(manager, "next")
    targets.move_plan(hq, HEAD_OFFICE, plan, State.PROPOSED)
    assert targets.get_plan(manager, "next") == plan
    with pytest.raises(NotAllowed):
        targets.make_plan(hq, manager, YEAR)


def test_a_target_is_there_once_the_plan_is_in_force(plan: Plan, hq: User) -> None:
    store, _other = two_stores()
    month = ask(HEAD_OFFICE, org=store.code, first="2026-07-01", last="2026-07-31")
    assert targets.find_target(month) is None
    targets.move_plan(hq, HEAD_OFFICE, plan, State.AGREED)
    tree = targets.find_target(month)
    assert tree is not None
    assert tree.net_cents == cents(plan)[store.pk, JULY]
    assert tree.parts["active_old"].buyers
    assert targets.find_target(ask(HEAD_OFFICE, first="2026-06-01", last="2026-07-31")) is None


def test_the_days_of_a_month_and_the_weeks_add_up_to_it(plan: Plan, hq: User) -> None:
    targets.move_plan(hq, HEAD_OFFICE, plan, State.AGREED)
    node = a_region()
    days = [date(2026, 7, 1) + timedelta(days=n) for n in range(31)]
    each = [
        targets.find_target(
            ask(HEAD_OFFICE, org=node.code, first=day.isoformat(), last=day.isoformat())
        )
        for day in days
    ]
    assert sum(tree.net_cents for tree in each if tree) == cents(plan)[node.pk, JULY]
    half = ask(HEAD_OFFICE, org=node.code, first="2026-07-20", last="2026-08-10")
    late = sum(tree.net_cents for tree in each[19:] if tree)
    august = ask(HEAD_OFFICE, org=node.code, first="2026-08-01", last="2026-08-10")
    found, early = targets.find_target(half), targets.find_target(august)
    assert found and early
    assert found.net_cents == late + early.net_cents
    assert sum(targets.day_weights(node, days[0], days[-1])) == 1
    assert targets.get_weekdays(node, days[0]).learnt_from == node


def test_of_a_category_only_the_money_is_known(plan: Plan, hq: User) -> None:
    targets.move_plan(hq, HEAD_OFFICE, plan, State.AGREED)
    july = {"first": "2026-07-01", "last": "2026-07-31"}
    found = [
        targets.find_target(ask(HEAD_OFFICE, category=category.code, **july))
        for category in list_categories()
    ]
    top = ensure_head_office().pk
    assert sum(tree.net_cents for tree in found if tree) == cents(plan)[top, JULY]
    assert all(targets.is_money_only(tree) for tree in found if tree)


def test_others_make_up_for_what_one_takes_or_the_places_above_do(plan: Plan, hq: User) -> None:
    one, other = two_stores()
    top, before = ensure_head_office().pk, cents(plan)
    more = before[one.pk, JULY] + 123_457
    targets.change_amounts(hq, HEAD_OFFICE, plan, {(one.pk, JULY): more})
    kept = cents(plan)
    check(plan)
    assert kept[one.pk, JULY] == more
    assert kept[top, JULY] == before[top, JULY]
    assert kept[other.pk, JULY] < before[other.pk, JULY]
    assert kept[other.pk, AUGUST] == before[other.pk, AUGUST]
    targets.change_amounts(hq, HEAD_OFFICE, plan, {(one.pk, JULY): more + 1_000}, how=How.LIFT)
    check(plan)
    assert cents(plan)[top, JULY] == before[top, JULY] + 1_000
    assert cents(plan)[other.pk, JULY] == kept[other.pk, JULY]
    first = targets.totals_in_force(plan, at=1)
    assert {place: counts.net_cents for place, counts in first.items()} == before
    assert plan.versions.count() == 3


def test_an_amount_that_others_cannot_make_up_for_is_refused(plan: Plan, hq: User) -> None:
    one, _other = two_stores()
    for amount in (10**12, -1):
        with pytest.raises(UserError, match="below nought"):
            targets.change_amounts(hq, HEAD_OFFICE, plan, {(one.pk, JULY): amount})
    with pytest.raises(UserError, match="no month of this plan"):
        targets.change_amounts(hq, HEAD_OFFICE, plan, {(one.pk, date(2025, 7, 1)): 1})
    assert plan.versions.count() == 1


def test_to_nought_and_back_keeps_the_parts(plan: Plan, hq: User) -> None:
    one, _other = two_stores()
    before = cents(plan)[one.pk, JULY]
    for amount in (0, before):
        targets.change_amounts(hq, HEAD_OFFICE, plan, {(one.pk, JULY): amount})
        check(plan)
    tree = trees_in_force(plan, [one.pk], JULY)[one.pk]
    assert tree.parts["active_old"].buyers


def test_a_head_shifts_between_the_places_below_and_no_further(plan: Plan, hq: User) -> None:
    targets.move_plan(hq, HEAD_OFFICE, plan, State.PROPOSED)
    one, _other = two_stores()
    region = a_region()
    head = head_of(region)
    scope = scope_of(head)
    before = cents(plan)
    targets.change_amounts(head, scope, plan, {(one.pk, JULY): before[one.pk, JULY] - 500})
    assert cents(plan)[region.pk, JULY] == before[region.pk, JULY]
    check(plan)
    for changes, how in (
        ({(region.pk, JULY): 1}, How.KEEP),
        ({(one.pk, JULY): 1}, How.LIFT),
        ({(ensure_head_office().pk, JULY): 1}, How.KEEP),
    ):
        with pytest.raises(NotAllowed):
            targets.change_amounts(head, scope, plan, changes, how=how)


def test_a_store_proposes_and_its_head_answers(plan: Plan, hq: User) -> None:
    one, other = two_stores()
    manager = head_of(one, "manager", User.Role.STORE_MANAGER)
    own, head = scope_of(manager), head_of(a_region())
    with pytest.raises(UserError, match="not open for proposals"):
        targets.propose(manager, own, plan, one, net_cents=1)
    targets.move_plan(hq, HEAD_OFFICE, plan, State.PROPOSED)
    all_of_it, *months = targets.list_asks(plan, one)
    assert all_of_it.net_cents == sum(ask.net_cents for ask in months)
    with pytest.raises(NotAllowed):
        targets.propose(manager, own, plan, other, net_cents=1)
    first = targets.propose(manager, own, plan, one, net_cents=1, month_on=JULY)
    wanted = months[0].net_cents - 20_000
    again = targets.propose(
        manager, own, plan, one, net_cents=wanted, month_on=JULY, note="The road is closed"
    )
    first.refresh_from_db()
    assert first.state == Proposal.State.WITHDRAWN
    with pytest.raises(NotAllowed):
        targets.answer_proposal(manager, own, again, is_accepted=True)
    targets.answer_proposal(head, scope_of(head), again, is_accepted=True, answer="We see it")
    check(plan)
    assert cents(plan)[one.pk, JULY] == wanted
    assert again.version is not None
    assert "The road is closed" in again.version.comment
    with pytest.raises(UserError, match="answered already"):
        targets.answer_proposal(head, scope_of(head), again, is_accepted=False)
    total = targets.propose(manager, own, plan, one, net_cents=all_of_it.net_cents * 2)
    targets.answer_proposal(hq, HEAD_OFFICE, total, is_accepted=True, how=How.LIFT)
    check(plan)
    asks = targets.list_asks(plan, one)
    assert asks[0].net_cents == all_of_it.net_cents * 2
    targets.comment_on(manager, own, plan, one, "Thank you")
    assert [each.text for each in targets.list_comments(plan, a_region())] == ["Thank you"]


def test_what_is_frozen_stands_and_the_rest_is_planned_anew(
    plan: Plan, hq: User, of_the_day: Any
) -> None:
    targets.move_plan(hq, HEAD_OFFICE, plan, State.AGREED)
    targets.move_plan(hq, HEAD_OFFICE, plan, State.FROZEN)
    one, _other = two_stores()
    frozen, top = cents(plan), ensure_head_office().pk
    with pytest.raises(UserError, match="is frozen"):
        targets.change_amounts(hq, HEAD_OFFICE, plan, {(one.pk, JULY): 1})
    with pytest.raises(UserError, match="cannot become"):
        targets.move_plan(hq, HEAD_OFFICE, plan, State.DRAFT)
    other = targets.make_plan(hq, HEAD_OFFICE, Wish(
        "other", "Other", date(2026, 7, 1), date(2026, 9, 30), net_cents=10**8))  # fmt: skip
    with pytest.raises(UserError, match="is in force"):
        targets.move_plan(hq, HEAD_OFFICE, other, State.AGREED)
    of_the_day(date(2026, 8, 15))
    targets.replan(hq, HEAD_OFFICE, plan, AUGUST)
    now = cents(plan)
    check(plan)
    assert now[top, JULY] == frozen[top, JULY]
    assert now[top, AUGUST] == frozen[top, AUGUST]
    year = sum(c for (node, _m), c in frozen.items() if node == top)
    rest = sum(c for (n, m), c in now.items() if n == top and m > AUGUST)
    assert rest == year - frozen[top, AUGUST]  # nothing was sold in July: all of it is missing
    seen = targets.look(plan, one, None, ())
    assert seen.whole.frozen_cents == sum(c for (n, _m), c in frozen.items() if n == one.pk)


def test_a_sheet_goes_out_and_comes_back(plan: Plan, hq: User) -> None:
    one, other = two_stores()
    before = cents(plan)

    def sheet(*lines: tuple[Any, ...]) -> io.BytesIO:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            page = book.add_worksheet()
            for number, line in enumerate(lines):
                page.write_row(number, 0, line)
        file.seek(0)
        return file

    head = ("Id", "Name", "2026-07", "2026-08")
    same = (other.code, "x", before[other.pk, JULY] / 100, None)
    changes = targets.read_sheet(plan, sheet(head, (one.code, "x", 1234.56, ""), same))
    assert changes == {(one.pk, JULY): 123_456}
    targets.change_amounts(hq, HEAD_OFFICE, plan, changes, how=How.LIFT)
    check(plan)
    for lines, said in (
        ((head, ("nowhere", "x", 1)), "Line 2: there is no place"),
        ((head, (one.code, "x", "much")), "Line 2, 2026-07"),
        ((head, (one.code, "x", -5)), "Line 2, 2026-07"),
        ((head, (one.code, "x", "1e999999999")), "Line 2, 2026-07"),
        ((("Id", "Name"),), "No column is headed"),
    ):
        with pytest.raises(UserError, match=said):
            targets.read_sheet(plan, sheet(*lines))
    with pytest.raises(UserError, match="no Excel file"):
        targets.read_sheet(plan, io.BytesIO(b"no file"))


def test_by_its_members_a_place_gets_another_share_and_all_adds_up(hq: User) -> None:
    fields = vars(YEAR) | {"code": "members", "shares": Plan.Shares.POTENTIAL}
    plan = targets.make_plan(hq, HEAD_OFFICE, Wish(**fields))
    check(plan)
    by_sales = targets.make_plan(hq, HEAD_OFFICE, YEAR)
    top = ensure_head_office().pk
    assert cents(plan)[top, JULY] == cents(by_sales)[top, JULY]
    assert cents(plan) != cents(by_sales)


def test_a_feast_takes_its_sales_along_and_a_closed_day_sells_nothing(hq: User) -> None:
    chain = ensure_head_office()
    targets.set_days(hq, date(2026, 7, 10), date(2026, 7, 11), kind="promotion", name="Sale",
        weight_percent=300)  # fmt: skip
    targets.set_days(hq, date(2026, 7, 20), date(2026, 7, 20), kind="closed", name="Flood")
    days = {each.day: each for each in targets.list_day_weights(chain, JULY, date(2026, 7, 31))}
    usual = targets.get_weekdays(chain, JULY).weights
    assert days[date(2026, 7, 10)].weight == usual[4] * 3
    assert days[date(2026, 7, 20)].weight == 0
    targets.set_days(hq, date(2026, 7, 24), date(2026, 7, 24), kind="holiday", name="New feast")
    new = targets.list_day_weights(chain, date(2026, 7, 24), date(2026, 7, 24))[0]
    assert new.is_guess
    assert new.weight == usual[4]
    targets.set_days(hq, date(2026, 5, 15), date(2026, 5, 15), kind="holiday", name="New feast")
    learnt = targets.list_day_weights(chain, date(2026, 7, 24), date(2026, 7, 24))[0]
    assert not learnt.is_guess
    with_sale = targets.make_plan(hq, HEAD_OFFICE, YEAR)
    Day.objects.all().delete()
    without = targets.make_plan(hq, HEAD_OFFICE, Wish(**vars(YEAR) | {"code": "plain"}))
    assert cents(with_sale)[chain.pk, JULY] > cents(without)[chain.pk, JULY]
    check(with_sale)


def test_a_launch_of_what_nobody_has_sold_is_shared_by_what_places_sell(hq: User) -> None:
    brand = Brand.objects.create(code="new", name="New")
    launch = targets.make_plan(hq, HEAD_OFFICE, Wish(
        "launch", "Launch", date(2026, 7, 11), date(2026, 8, 5), kind=Plan.Kind.LAUNCH,
        net_cents=5_000_000, brand=brand,
    ))  # fmt: skip
    now, top = cents(launch), ensure_head_office().pk
    assert now[top, JULY] + now[top, AUGUST] == 5_000_000
    places = places_of(launch)
    assert sum(now[c, JULY] for c in places.below[top] if (c, JULY) in now) == now[top, JULY]
    assert targets.find_target(ask(HEAD_OFFICE, first="2026-07-11", last="2026-07-31")) is None


def test_a_campaign_of_some_goods_has_their_own_trees(hq: User) -> None:
    category = list_categories()[0]
    campaign = targets.make_plan(hq, HEAD_OFFICE, Wish(
        "sale", "Sale", date(2026, 7, 11), date(2026, 8, 5), kind=Plan.Kind.CAMPAIGN,
        growth=Fraction(1, 2), category=category,
    ))  # fmt: skip
    top = ensure_head_office().pk
    tree = trees_in_force(campaign, [top], JULY)[top]
    assert tree.net_cents == cents(campaign)[top, JULY]
    assert tree.parts["active_old"].buyers


def test_what_cannot_be_known_is_said(hq: User) -> None:
    before = Wish(**vars(YEAR) | {"code": "early", "base_months": 60})
    assert targets.foresee(HEAD_OFFICE, before).base_cents is None
    with pytest.raises(UserError, match="give an amount"):
        targets.make_plan(hq, HEAD_OFFICE, before)
    paid = Wish(**vars(before) | {"growth": None, "net_cents": 10**9})
    with pytest.raises(UserError, match="choose other ones"):
        targets.make_plan(hq, HEAD_OFFICE, paid)
    assert targets.get_weekdays(ensure_head_office(), date(2024, 1, 1)).learnt_from is None
    for wrong in (
        {"code": "A b"}, {"name": " "}, {"last_on": date(2026, 1, 1)}, {"growth": None},
        {"growth": Fraction(-1)}, {"last_on": date(2029, 1, 1)}, {"base_months": 0},
    ):  # fmt: skip
        with pytest.raises(UserError):
            targets.foresee(HEAD_OFFICE, Wish(**vars(YEAR) | wrong))
