"""What was found is kept: set beside other days or a target, told by another method, set aside."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.acceptance.journey import Deployment

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.understand.diagnosis import models, whole
from regulars.understand.diagnosis.chain import chain_on
from regulars.understand.diagnosis.exact import GOODS_CHAIN
from regulars.understand.diagnosis.service import (
    diagnose,
    dismiss,
    finding_of,
    get_kept,
    glance,
    is_kept,
    sentence_of,
    take_back,
)
from regulars.understand.metrics.service import Method, Question, ask
from regulars.understand.targets import service as targets
from regulars.understand.targets.models import Plan

pytestmark = pytest.mark.django_db
MAY = {"first": "2026-05-01", "last": "2026-05-31"}


@pytest.fixture(autouse=True)
def _on(simulated: Deployment) -> None:
    """Every test asks the simulated chain."""


def asked(**where: str) -> Question:
    return ask(HEAD_OFFICE, **{**MAY, **where})


def a_cause() -> models.Finding:
    """One that somebody could act on, found in May."""
    diagnose(HEAD_OFFICE, asked())
    return models.Finding.objects.exclude(factor="").order_by("rank").first()  # type: ignore[return-value]


def somebody() -> User:
    return User.objects.create(username="head", role=User.Role.OPERATIONS)


def test_a_search_is_kept_for_the_day_and_serves_other_days_and_methods(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not is_kept(asked(), "previous")
    assert not glance(HEAD_OFFICE, asked()).is_looked_for
    first = diagnose(HEAD_OFFICE, asked())
    assert is_kept(asked(), "previous")
    assert all(finding.pk for finding in first.findings)
    monkeypatch.setattr(whole, "_search", lambda *_args: pytest.fail("searched again"))

    apart = diagnose(HEAD_OFFICE, asked(), "2026-03-01..2026-03-31")
    causes = [finding.subject for finding in first.findings if finding.factor]
    assert [finding.subject for finding in apart.findings if finding.factor] == causes
    assert apart.compared is not None
    assert apart.compared.start == date(2026, 3, 1)
    assert apart.gap_cents == apart.comparison.change_cents

    chained = diagnose(HEAD_OFFICE, replace(asked(), method=Method.CHAIN))
    assert [(f.subject, f.pk) for f in chained.findings if f.factor] == [
        (f.subject, f.pk) for f in first.findings if f.factor
    ]
    assert chained.comparison.method is Method.CHAIN


def test_a_kept_finding_tells_the_gap_of_its_own_place() -> None:
    row = a_cause()
    told = finding_of(row)
    assert told.asked_name == row.node.name
    own = diagnose(HEAD_OFFICE, asked(org=row.node.code))
    assert row.gap_cents == own.gap_cents
    assert sentence_of(told).startswith(row.node.name)


def test_beside_a_target_everything_sums_to_what_is_missing() -> None:
    none = diagnose(HEAD_OFFICE, asked(), "target")
    assert "No target" in none.reason
    wish = targets.Wish(
        "spring", "Spring", date(2026, 4, 1), date(2026, 6, 30), growth=Fraction(1, 10)
    )
    plan = targets.make_plan(somebody(), HEAD_OFFICE, wish)
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.FROZEN)
    told = diagnose(HEAD_OFFICE, asked(), "target")
    target = targets.find_target_cents(asked())
    assert target
    assert told.gap_cents == told.comparison.net_cents - target
    chain = chain_on(date(2026, 5, 31))
    exact = whole.exact_of(asked(), chain, is_target=True)
    goods = range(len(chain.counted))
    told_of = 0
    for node in chain.stores_of:
        if exact.comparison(node).before is not None:
            assert sum(exact.change_of_goods(node, each) for each in goods) == exact.gap(node)
            factors = sum(exact.of_goods(node, goods, factor) for factor in GOODS_CHAIN)
            assert factors == exact.gap(node)
            told_of += 1
    assert told_of > 20


def test_what_is_not_worth_it_stays_away_until_it_is_taken_back() -> None:
    row, head = a_cause(), somebody()
    said = dismiss(head, HEAD_OFFICE, row, "the street is dug up")
    told = diagnose(HEAD_OFFICE, asked())
    (aside,) = told.set_aside
    assert aside.pk == row.pk
    assert aside not in told.raised + told.others
    assert aside.dismissed is not None
    assert (aside.dismissed.reason, aside.dismissed.by) == ("the street is dug up", "head")
    assert get_kept(row.pk).is_dismissed
    take_back(head, HEAD_OFFICE, said.pk)
    assert diagnose(HEAD_OFFICE, asked()).set_aside == []
    assert not get_kept(row.pk).is_dismissed
    with pytest.raises(NotFound):
        take_back(head, HEAD_OFFICE, said.pk)


def test_it_comes_back_when_its_money_has_doubled_or_a_month_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = a_cause()
    said = dismiss(somebody(), HEAD_OFFICE, row, "small")
    models.Dismissal.objects.update(cents=row.contribution_cents // 2 or 1)
    assert diagnose(HEAD_OFFICE, asked()).set_aside == []
    models.Dismissal.objects.update(cents=-row.contribution_cents)
    assert diagnose(HEAD_OFFICE, asked()).set_aside == []
    models.Dismissal.objects.update(cents=row.contribution_cents)
    assert len(diagnose(HEAD_OFFICE, asked()).set_aside) == 1
    monkeypatch.setattr(clock, "today", lambda: said.until_on)
    assert diagnose(HEAD_OFFICE, asked()).set_aside == []


def test_setting_aside_needs_a_reason_a_cause_and_a_place_of_ones_own() -> None:
    row, head = a_cause(), somebody()
    with pytest.raises(UserError):
        dismiss(head, HEAD_OFFICE, row, "  ")
    elsewhere = Node.objects.filter(kind=Node.Kind.STORE).exclude(pk=row.node_id).first()
    assert elsewhere is not None
    with pytest.raises(NotAllowed):
        dismiss(head, replace(HEAD_OFFICE, node_id=elsewhere.pk), row, "not mine")
    with pytest.raises(NotAllowed):
        dismiss(head, replace(HEAD_OFFICE, capabilities=frozenset()), row, "may not")
    row.factor = ""
    with pytest.raises(UserError):
        dismiss(head, HEAD_OFFICE, row, "the calendar")
