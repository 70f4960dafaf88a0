"""The ledger to its end: leads of plays that answer a cause, and what these brought."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from tests.kept_chain import stand_on
from tests.understand.actions.small_chain import TODAY, bring_chain, finding_at, node, user_of

from regulars.act.opportunities.models import Play
from regulars.act.tasks.models import Lead
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.warehouse.engine import Engine
from regulars.know.members.models import Member
from regulars.understand.actions.service import get_ledger
from regulars.understand.experiments.models import Entry, Experiment
from regulars.understand.experiments.service import Interval, Method, Unknown, keep
from regulars.web.parts.ledger import NOT_COUNTED, NOT_TOGETHER, Line, lines_of, together

Role = User.Role
DAY = timedelta(days=1)


@pytest.fixture
def six_stores(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    stand_on("six stores", bring_chain, warehouse)
    return TODAY


@pytest.fixture
def play(six_stores: date) -> Play:
    """Approved; it answers that active old members do not come."""
    code = "come_back"
    outcome = {"kind": "purchase"}
    tried = Experiment.objects.create(
        code=code, name=code, holdout_rate="0.50", outcome=outcome, window_days=7,
        salt=code, began_on=TODAY - 20 * DAY, ended_on=TODAY - 10 * DAY,
    )  # fmt: skip
    return Play.objects.create(
        code=code,
        name=code,
        outcome=outcome,
        experiment=tried,
        approved_at=clock.now(),
        answers=["active_old/buyers"],
    )


def lead_of(play: Play, member: Member, **facts: Any) -> Lead:
    told = {"opened_on": TODAY, "due_on": TODAY, "state": "done", "source": "play", **facts}
    return Lead.objects.create(
        play=play, member=member, store_id=member.home_store_id, title="t", **told
    )


def lines(role: str = Role.OPERATIONS, place: str | None = None) -> dict[str, Line]:
    _user, scope = user_of(role, place)
    found = lines_of(get_ledger(scope, TODAY - 30 * DAY, TODAY))
    return {line.finding.node.code: line for line in found}


def test_leads_are_counted_at_the_place_of_the_finding_and_below_within_four_weeks(
    play: Play,
) -> None:
    finding_at("S0")
    finding_at("R1", made_on=TODAY - 27 * DAY)
    finding_at("S1")
    finding_at("S2", part="never_bought", factor="")
    here, *others = Member.objects.filter(home_store__code="S0").order_by("pk")
    lead_of(play, here)
    lead_of(play, others[0], state="open")
    lead_of(play, others[1], opened_on=TODAY - 2 * DAY)
    lead_of(play, others[2], opened_on=TODAY - 28 * DAY)
    told = lines()
    assert (told["S0"].opened, told["S0"].served) == (2, 1)
    assert (told["R1"].opened, told["R1"].served) == (3, 2)
    assert (told["S1"].opened, told["S1"].served) == (None, None)
    assert "no lead of it was opened here" in str(told["S1"].why_no_leads)
    assert "no play that answers it" in str(told["S2"].why_no_leads)
    assert str(told["S0"].why_no_gain) == str(NOT_COUNTED)


def test_what_it_brought_is_as_last_counted_or_unknown_for_a_reason(play: Play) -> None:
    finding_at("S0")
    assert play.experiment is not None
    for place, member in enumerate(Member.objects.order_by("pk")):
        store, on = member.home_store_id, TODAY - 20 * DAY
        Entry.objects.create(
            experiment=play.experiment, member=member, store_id=store,
            is_held_out=place % 2 == 0, entered_on=on,
        )  # fmt: skip
        lead_of(play, member)
    outcome = keep(play.experiment, TODAY)
    finding_at("R1", made_on=TODAY - DAY)
    told = lines()
    assert told["S0"].gained is None
    assert told["S0"].why_no_gain == Unknown.TOO_FEW.label
    assert outcome.counted_at is not None
    assert told["R1"].gained is None


def test_a_head_sees_no_leads_of_another_place(play: Play) -> None:
    finding_at("S0")
    finding_at("S5")
    assert set(lines(Role.REGION_HEAD, "R2")) == {"S5"}


def test_the_page_joins_them(play: Play, client: Client) -> None:
    finding_at("S0")
    lead_of(play, Member.objects.filter(home_store=node("S0"))[0])
    user, _scope = user_of(Role.OPERATIONS)
    client.force_login(user)
    page = client.get("/actions/ledger/", headers={"accept-language": "en"}).content.decode()
    assert "Leads served" in page and "of 1" in page
    assert "not counted yet" in page
    assert client.get("/actions/ledger/?export=xlsx").status_code == 200


def interval(
    estimate: float | None, half: float, method: Method = Method.FIXED_HORIZON, **more: Any
) -> Interval:
    if estimate is None:
        return Interval(None, None, None, method, **more)
    return Interval(estimate, estimate - half, estimate + half, method)


@pytest.mark.parametrize(
    ("intervals", "found"),
    [
        ([interval(10, 4, Method.ANYTIME_VALID)], (10, 6, 14)),
        ([interval(10, 3), interval(20, 4)], (30, 25, 35)),
        ([interval(10, 3), interval(20, 4, Method.ANYTIME_VALID)], NOT_TOGETHER),
        ([interval(10, 3), interval(None, 0, unknown=Unknown.TOO_FEW)], Unknown.TOO_FEW.label),
        ([], NOT_COUNTED),
    ],
)
def test_independent_intervals_add_by_their_squares_and_others_not_at_all(
    intervals: list[Interval], found: Any
) -> None:
    told, why = together(intervals, "")
    if isinstance(found, tuple):
        assert told == tuple(Fraction(each) for each in found)
        assert not why
    else:
        assert told == (None, None, None)
        assert str(why) == str(found)
