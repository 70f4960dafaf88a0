"""What came of an experiment, beside the same counted person by person from the plain records."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.understand.actions.small_chain import staff_of
from tests.understand.experiments import reference
from tests.understand.experiments.entering import arms, began, entered, everybody
from tests.understand.experiments.reference import Person
from tests.understand.experiments.small_chain import (
    BEGAN_ON,
    DAY,
    MILK,
    VISITED,
    lines,
    send,
)

from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import query
from regulars.know.identities.service import merge_members, unmerge_members
from regulars.know.loader.service import load_waiting
from regulars.know.members.models import Member
from regulars.understand.experiments import service
from regulars.understand.experiments.models import Entry, Experiment
from regulars.understand.experiments.outcomes import Arm, Attributed, Method, Unknown, Verdict

WINDOW = 14
LAST_ON = BEGAN_ON + 4 * DAY
OVER_ON = LAST_ON + WINDOW * DAY
KINDS = {
    "purchase": ({"kind": "purchase"}, reference.is_purchase),
    "category": ({"kind": "category", "code": MILK}, reference.is_of(MILK)),
}


def in_two_days(experiment: Experiment) -> None:
    """Most enter on the first day, the others four days later."""
    rows = everybody(experiment)
    entered(rows.slice(0, 250))
    entered(rows, LAST_ON)


def people_of(experiment: Experiment) -> dict[str, Person]:
    codes = dict(Member.objects.values_list("pk", "code"))
    return {
        codes[entry.member_id]: Person(entry.store_id, entry.is_held_out, entry.entered_on)
        for entry in Entry.objects.filter(experiment=experiment)
    }  # fmt: skip


def arm(people: list[Person], is_held_out: bool, store: int | None = None) -> Arm:
    ours = [p for p in people if p.is_held_out == is_held_out and store in {None, p.store}]
    over = [p for p in ours if p.is_over]
    return Arm(
        *(len(ours), sum(p.did for p in ours), sum(p.cents for p in ours)),
        *(len(over), sum(p.did for p in over), sum(p.cents for p in over)),
    )


@pytest.mark.usefixtures("four_stores")
@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_outcome_is_what_the_plain_records_say_to_the_cent(kind: str) -> None:
    outcome, counts = KINDS[kind]
    experiment = began(outcome=outcome)
    in_two_days(experiment)
    service.end(experiment, LAST_ON)
    people = reference.follow(people_of(experiment), counts, WINDOW, OVER_ON)
    found = service.measure(experiment, OVER_ON)
    assert found.is_final
    assert (found.to_reach, found.held_out) == (arm(people, False), arm(people, True))
    for interval, value in ((found.uplift.conversion, "did"), (found.uplift.money, "cents")):
        expected = reference.uplift(people, value)
        assert interval.estimate == pytest.approx(expected[0])
        bounds = reference.fixed_horizon(expected)
        assert (interval.low, interval.high) == pytest.approx(bounds, rel=1e-4)
        assert interval.method == Method.FIXED_HORIZON
    cents, buyers = found.uplift.incremental_cents, found.uplift.incremental_conversions
    assert cents.estimate == round(reference.uplift(people, "cents")[0] * found.to_reach.people)
    assert buyers.estimate == round(reference.uplift(people, "did")[0] * found.to_reach.people)
    for each in found.by_store:
        store = each.store_id
        assert each.to_reach == arm(people, False, store)
        assert each.held_out == arm(people, True, store)
        is_told = is_enough(each.to_reach) and is_enough(each.held_out)
        assert (each.uplift.conversion.unknown is None) == is_told
        spent = min(spenders(people, store, held) for held in (False, True))
        assert (each.uplift.money.unknown is None) == (spent >= 30)
    assert {each.store_id for each in found.by_store} == {person.store for person in people}
    assert service.Outcome.from_json(found.as_json()) == found


@pytest.mark.usefixtures("four_stores")
def test_while_it_runs_only_windows_that_are_over_tell_by_an_anytime_valid_interval() -> None:
    experiment = began()
    in_two_days(experiment)
    early, middle = BEGAN_ON + 5 * DAY, BEGAN_ON + WINDOW * DAY
    before = service.measure(experiment, early)
    assert before.entered == 360
    assert before.to_reach.net_cents > 0 == before.to_reach.over
    assert before.uplift.money.unknown == Unknown.NO_WINDOW_OVER
    assert before.to_reach.conversion_rate is None
    found = service.measure(experiment, middle)
    counts = KINDS["purchase"][1]
    people = reference.follow(people_of(experiment), counts, WINDOW, middle)
    assert (found.to_reach, found.held_out) == (arm(people, False), arm(people, True))
    estimate, error, _degrees = reference.uplift(people, "did")
    interval = found.uplift.conversion
    assert interval.method == Method.ANYTIME_VALID
    assert interval.estimate == pytest.approx(estimate)
    assert interval.high is not None
    assert interval.high - estimate > 2.5 * error
    assert not found.is_final
    assert not service.measure(experiment, OVER_ON).is_final  # others may still enter
    service.end(experiment, BEGAN_ON + 5 * DAY)
    assert not service.measure(experiment, OVER_ON - DAY).is_final


@pytest.mark.usefixtures("four_stores")
def test_who_comes_after_the_end_is_not_of_it() -> None:
    experiment = began()
    in_two_days(experiment)
    service.end(experiment, LAST_ON - DAY)
    found = service.measure(experiment, OVER_ON - DAY)
    assert (found.entered, found.is_final) == (250, True)


@pytest.mark.usefixtures("four_stores")
def test_events_count_within_the_window_and_coupons_cost_what_they_say() -> None:
    experiment = began(outcome={"kind": "event", "name": VISITED})
    in_two_days(experiment)
    people = people_of(experiment)
    to_reach = [code for code, person in people.items() if not person.is_held_out]
    reached = [c for c in to_reach if people[c].entered_on == BEGAN_ON][:20]
    at = f"{BEGAN_ON + DAY}T04:00:00Z"
    late = f"{OVER_ON + DAY}T04:00:00Z"
    coupon = {"coupon": "C5", "discount": "5.25"}
    send(
        *((code, VISITED, at, {}) for code in reached),
        *((code, VISITED, late, {}) for code in to_reach[30:40]),
        *((code, "coupon_used", at, coupon) for code in reached[:4]),
        (reached[5], "coupon_used", at, {"coupon": "another", "discount": "9"}),
    )
    assert service.measure(experiment, OVER_ON).cost_unknown == Unknown.NO_COUPON
    for code in reached:
        touch(experiment, code, f"{BEGAN_ON}T03:00:00Z", offer="C5")
    found = service.measure(experiment, OVER_ON)
    assert (found.to_reach.conversions, found.held_out.conversions) == (20, 0)
    assert found.attributed.conversions == found.reached == 20
    assert found.cost_cents == 4 * 525
    assert found.uplift.conversion.unknown == Unknown.TOO_FEW
    assert found.roi == found.uplift.incremental_cents.estimate / 2_100
    send((reached[7], "coupon_used", at, {"coupon": "C5"}))
    unpriced = service.measure(experiment, OVER_ON)
    assert (unpriced.cost_unknown, unpriced.roi) == (Unknown.NO_COST, None)


@pytest.mark.usefixtures("four_stores")
def test_two_records_of_one_person_are_one_person_of_her_first_arm() -> None:
    experiment = began()
    in_two_days(experiment)
    before = service.measure(experiment, OVER_ON)
    held = arms(experiment)
    buyers = {row["member_id"] for row in lines_in_window()}
    firsts = Entry.objects.filter(entered_on=BEGAN_ON, is_held_out=False)
    gone = next(e.member for e in firsts if e.member.code in buyers)
    kept = next(
        e.member
        for e in Entry.objects.filter(entered_on=LAST_ON, is_held_out=True)
        if e.member.code in buyers
    )
    merge = merge_members(None, kept, gone)
    load_waiting()
    found = service.measure(experiment, OVER_ON)
    assert found.entered == before.entered - 1
    assert found.to_reach.people == before.to_reach.people
    assert found.held_out.people == before.held_out.people - 1
    people = people_of(experiment)
    del people[kept.code]
    joined = [
        line | ({"member_id": gone.code} if line["member_id"] == kept.code else {})
        for line in lines()
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reference, "lines", lambda: joined)
        told = reference.follow(people, KINDS["purchase"][1], WINDOW, OVER_ON)
    assert (found.to_reach, found.held_out) == (arm(told, False), arm(told, True))
    unmerge_members(None, merge)
    load_waiting()
    assert service.measure(experiment, OVER_ON) == before
    assert arms(experiment) == held


@pytest.mark.usefixtures("four_stores")
def test_a_sale_is_put_down_to_the_last_touch_before_it_and_those_before_assisted() -> None:
    experiment, other = began(), began()
    in_two_days(experiment)
    people = {code: p for code, p in people_of(experiment).items() if not p.is_held_out}
    anna, bo = (staff_of("S0", name) for name in ("Anna", "Bo"))
    touches: dict[str, list[Any]] = defaultdict(list)
    for number, code in enumerate(sorted(people)[:120]):
        for of, staff, offer, hours in (
            (experiment, anna, "C5", 3), (experiment, bo, "", 24 * (number % 5) + 4),
            (other, anna, "C9", 24 * (number % 7) + 5),
        ):  # fmt: skip
            if hours == 3 and number % 3:
                continue
            at = datetime.combine(BEGAN_ON, time(), UTC) + timedelta(hours=hours)
            touch(of, code, at.isoformat(), staff=staff, offer=offer)
            touches[code].append((at, of, staff, offer))
    found = service.measure(experiment, OVER_ON)
    assert found.attributed == credited(touches, experiment, lambda *_touch: True)
    by_staff = {each.staff_id: each.attributed for each in found.by_staff}
    assert by_staff == {
        who.pk: credited(touches, experiment, lambda _offer, by, who=who: by == who)
        for who in (anna, bo)
    }
    (of_offer,) = found.by_offer
    assert of_offer.offer == "C5"
    assert of_offer.attributed == credited(touches, experiment, lambda offer, _by: offer == "C5")
    assert found.attributed.assisted_cents != 0 != found.attributed.net_cents
    (of_store,) = [each for each in found.by_store if each.attributed.reached]
    assert of_store.attributed == found.attributed


@pytest.mark.usefixtures("four_stores")
def test_without_a_hold_out_or_entries_nothing_is_claimed() -> None:
    experiment = began("0.00")
    nobody = service.measure(experiment, OVER_ON)
    assert (nobody.entered, nobody.uplift.money.unknown) == (0, Unknown.NO_HOLDOUT)
    entered(everybody(experiment))
    found = service.measure(experiment, OVER_ON)
    assert found.to_reach.conversions > 0
    assert found.uplift.incremental_cents.estimate is None
    assert found.uplift.incremental_cents.unknown == Unknown.NO_HOLDOUT
    assert found.verdict == Verdict.CANNOT_TELL


@pytest.mark.usefixtures("four_stores")
@pytest.mark.parametrize(
    ("hoped", "verdict"), [("0.5", Verdict.NOTHING), ("0.01", Verdict.CANNOT_TELL)]
)
def test_doing_nothing_is_said_only_where_what_was_hoped_for_would_have_been_seen(
    hoped: str, verdict: Verdict
) -> None:
    experiment = began(hoped_rate=Decimal(hoped))
    in_two_days(experiment)
    assert service.measure(experiment, OVER_ON).verdict == Verdict.CANNOT_TELL
    service.end(experiment, LAST_ON)
    found = service.measure(experiment, OVER_ON)
    assert found.uplift.conversion.holds_zero
    assert found.verdict == verdict


@pytest.mark.usefixtures("four_stores")
def test_measuring_leaves_nothing_behind_in_the_warehouse() -> None:
    experiment = began()
    in_two_days(experiment)
    service.measure(experiment, OVER_ON)
    left = "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'staged%'"
    assert not query(left).num_rows


def is_enough(arm: Arm) -> bool:
    return arm.over >= 30 and 10 <= arm.conversions_over <= arm.over - 10


def spenders(people: list[Person], store: int, is_held_out: bool) -> int:
    return sum(p.cents != 0 for p in people if (p.store, p.is_held_out) == (store, is_held_out))


def touch(experiment: Experiment, code: str, at: str, **facts: Any) -> None:
    member = Member.objects.get(code=code)
    told = {"store": Node.objects.get(code="S0"), "staff": None, "channel": "call", "offer": ""}
    moment = datetime.fromisoformat(at)
    service.note_touch(None, experiment, member, **{**told, **facts}, at=moment)


def lines_in_window() -> list[dict[str, Any]]:
    return [
        line for line in lines()
        if line["quantity"] > 0 and LAST_ON <= reference.day_of(line) < BEGAN_ON + WINDOW * DAY
    ]  # fmt: skip


def credited(touches: dict[str, list[Any]], experiment: Experiment, is_one: Any) -> Attributed:
    """What is put down to those touches of the experiment that `is_one` (offer, staff) names."""
    did, assisted, cents, assisted_cents = set(), set(), 0, 0
    for line in lines():
        at, day = datetime.fromisoformat(line["sold_at"]), reference.day_of(line)
        if day > OVER_ON:
            continue
        claims = sorted(
            (
                claim for claim in touches.get(line["member_id"], [])
                if claim[0] <= at and day < local(claim[0]) + WINDOW * DAY
            ),
            key=lambda claim: claim[0],
        )  # fmt: skip
        ours = [
            number for number, (_at, of, by, offer) in enumerate(claims)
            if of == experiment and is_one(offer, by)
        ]  # fmt: skip
        if not ours:
            continue
        is_last = ours[-1] == len(claims) - 1
        cents += line["net_cents"] if is_last else 0
        assisted_cents += 0 if is_last else line["net_cents"]
        if line["quantity"] > 0:
            (did if is_last else assisted).add(line["member_id"])
    reached = [
        code for code, told in touches.items()
        if any(of == experiment and is_one(offer, by) for _at, of, by, offer in told)
    ]  # fmt: skip
    return Attributed(len(reached), len(did), cents, len(assisted), assisted_cents)


def local(at: datetime) -> date:
    return (at + 8 * (DAY / 24)).date()
