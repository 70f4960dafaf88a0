"""A store beside the best of those like it, what it earns and costs, and the ledger."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.understand.actions.small_chain import (
    Role,
    bring,
    finding_at,
    line,
    node,
    staff_of,
    user_of,
)

from regulars.ground.kit.errors import UserError
from regulars.understand.actions import service
from regulars.understand.actions.models import Action
from regulars.understand.metrics.service import Period, month_of

pytestmark = pytest.mark.usefixtures("six_stores")


def test_the_best_store_is_named_and_what_its_factors_would_be_worth_here() -> None:
    found = service.get_benchmark(node("S1"))
    assert found.own is not None
    assert found.best[0].store == node("S0")
    assert found.best[0].place == 1
    assert len(found.best) == 3
    retention = next(
        line for line in found.lines if (line.part, line.factor) == ("active_old", "buyers")
    )
    assert (retention.own, retention.best) == (Fraction(1, 2), Fraction(1, 2))
    assert retention.worth_cents is None  # the median of the five is not ahead
    assert found.mixes[0].own == found.mixes[0].best == 1


def test_what_the_best_did_stands_beside() -> None:
    Action.objects.create(
        node=node("S0"), what="Call them", staff=staff_of("S0", "Ming"), state="done",
        result="12 came back", made_on=date(2020, 4, 6), due_on=date(2020, 4, 9),
        closed_on=date(2020, 4, 9),
    )  # fmt: skip
    practice = next(p for p in service.get_benchmark(node("S1")).practices if p.store == node("S0"))
    assert [action.result for action in practice.actions] == ["12 came back"]
    assert (practice.people, practice.usage) == (1, None)


def test_a_store_like_no_other_has_nobody_beside_it() -> None:
    alone = {"store_id": "S5", "name": "Store 5", "region_id": "R2", "region": "West"}
    bring("stores", alone | {"format": "mall"})
    found = service.get_benchmark(node("S5"))
    assert (found.own, found.best, found.lines) == (None, [], [])


APRIL = month_of(date(2020, 4, 1))


def test_profit_is_margin_less_what_it_costs_to_keep_the_store() -> None:
    """In April store 1 sold eight tickets of 10.00; no line says what it cost."""
    user, _scope = user_of(Role.OPERATIONS)
    unknown = service.get_store_month(node("S1"), APRIL)
    assert unknown.profit.net_cents == 8_000
    assert (unknown.profit.profit_cents, unknown.break_even) == (None, None)
    assert unknown.known_line_share == 0
    service.set_costs(
        user, node("S1"), date(2020, 4, 15), staff_cents=1_000, rent_cents=500,
        marketing_cents=0, margin_rate=Decimal("0.25"),
    )  # fmt: skip
    known = service.get_store_month(node("S1"), APRIL)
    assert known.is_margin_assumed
    assert known.profit.profit_cents == 2_000 - 1_500
    assert known.profit.break_even_cents == 6_000
    assert (known.members, known.break_even) == (4, 3)
    later = service.get_store_month(node("S1"), Period(date(2020, 5, 1), date(2020, 5, 4)))
    assert later.costs == known.costs
    assert service.get_store_month(node("S1"), month_of(date(2020, 3, 1))).costs is None


def test_where_every_line_has_its_cost_nothing_is_assumed() -> None:
    bring("lines", line("cost", date(2020, 2, 3), 1, None, 1_000) | {"cost_cents": 700})
    found = service.get_store_month(node("S1"), month_of(date(2020, 2, 1)))
    assert found.profit.margin_rate == Fraction(3, 10)
    assert not found.is_margin_assumed


def test_a_cost_below_nothing_and_a_margin_above_all_are_refused() -> None:
    user, _scope = user_of(Role.OPERATIONS)
    facts = {"staff_cents": None, "rent_cents": None, "marketing_cents": None, "margin_rate": None}
    for name, value in (("rent_cents", -1), ("margin_rate", Decimal("1.2"))):
        with pytest.raises(UserError) as refused:
            service.set_costs(user, node("S1"), date(2020, 4, 1), **{**facts, name: value})
        assert refused.value.field == name


def test_the_ledger_goes_from_gap_to_action_() -> None:
    _user, scope = user_of(Role.OPERATIONS)
    finding = finding_at("S1")
    finding_at("S2", contribution_cents=-5)
    finding_at("S3", made_on=date(2020, 4, 1))
    Action.objects.create(
        node=node("S1"), what="Call them", staff=staff_of("S1", "Ming"), finding=finding,
        state="done", made_on=date(2020, 5, 3), due_on=date(2020, 5, 3), expected_cents=900,
    )  # fmt: skip
    ledger = service.get_ledger(scope, date(2020, 5, 1), date(2020, 5, 3))
    assert [entry.finding.node.code for entry in ledger.entries] == ["S1", "S2"]
    first, second = ledger.entries
    assert (first.done, first.late, first.expected_cents) == (1, 0, 900)
    assert (second.actions, second.expected_cents) == ([], None)
    assert (ledger.answered, ledger.done, ledger.answered_rate) == (1, 1, Fraction(1, 2))
