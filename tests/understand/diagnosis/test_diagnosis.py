"""Findings over a loaded chain: exact amounts, kept each morning, with the log looked at."""

from datetime import date

import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.acceptance.journey import Deployment

from regulars.ground.accounts.models import User
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import node_ids_under
from regulars.understand.diagnosis import models, whole
from regulars.understand.diagnosis.chain import chain_on
from regulars.understand.diagnosis.exact import Exact
from regulars.understand.diagnosis.findings import STOCK
from regulars.understand.diagnosis.service import (
    GUARDS,
    diagnose,
    look_each_morning,
    sentence_of,
    write_log,
)
from regulars.understand.metrics.service import Question, ask

pytestmark = pytest.mark.django_db
MAY = {"first": "2026-05-01", "last": "2026-05-31"}


@pytest.fixture(autouse=True)
def _on(simulated: Deployment) -> None:
    """Every test asks the simulated chain."""


def asked(**where: str) -> Question:
    return ask(HEAD_OFFICE, **{**MAY, **where})


def exact_of(question: Question) -> tuple[Exact, tuple[int, ...]]:
    chain = chain_on(question.period.last_day)
    return whole.exact_of(question, chain), tuple(chain.stores_of)


def test_contributions_of_every_part_and_factor_sum_to_the_gap_at_every_node() -> None:
    exact, nodes = exact_of(asked())
    assert len(nodes) > 24
    for node in nodes:
        comparison = exact.comparison(node)
        told = sum(
            sum(factor.contribution_cents or 0 for factor in part.factors)
            if any(factor.contribution_cents is not None for factor in part.factors)
            else part.change_cents or 0
            for part in comparison.parts
        )
        assert told == exact.gap(node)


def test_contributions_of_goods_sum_to_the_gap_at_every_node() -> None:
    exact, nodes = exact_of(asked())
    categories = range(len(exact.goods.categories))
    for node in nodes:
        told = sum(
            exact.of_goods(node, categories, factor)
            for factor in ("tickets", "lines", "units", "net_cents")
        )
        assert told == exact.gap(node)


def test_a_diagnosis_says_what_it_looked_at() -> None:
    told = diagnose(HEAD_OFFICE, asked())
    assert told.gap_cents == told.comparison.change_cents
    assert not told.reason
    causes = [finding for finding in told.findings if finding.factor]
    assert causes
    for finding in causes:
        looked = [guard.code for guard in finding.guards]
        assert looked == [code for code in GUARDS if code != STOCK]  # none is on record
        assert sentence_of(finding).endswith(".")


def test_a_node_is_told_only_what_lies_in_it() -> None:
    branch = Node.objects.filter(kind=Node.Kind.BRANCH).first()
    assert branch is not None
    told = diagnose(HEAD_OFFICE, asked(org=branch.code))
    inside = {branch.pk} | set(
        Node.objects.filter(placements__parent=branch).values_list("pk", flat=True)
    )
    codes = set(Node.objects.filter(pk__in=inside).values_list("code", flat=True))
    assert {finding.node_code for finding in told.findings} <= codes


def test_too_little_history_is_said() -> None:
    told = diagnose(HEAD_OFFICE, asked(first="2025-04-01", last="2025-04-30"))
    assert "history" in told.reason
    assert not told.findings


def test_each_morning_is_kept_once_and_asked_again() -> None:
    found = look_each_morning(date(2026, 6, 30))
    assert found == models.Finding.objects.count() > 0
    ranks = list(
        models.Finding.objects.filter(against="previous", first_on=date(2026, 5, 1))
        .order_by("rank")
        .values_list("rank", flat=True)
    )
    assert ranks == list(range(1, len(ranks) + 1))
    assert look_each_morning(date(2026, 6, 30)) == found == models.Finding.objects.count()
    kept = diagnose(HEAD_OFFICE, asked())
    assert [finding.pk for finding in kept.findings if finding.pk]
    models.Finding.objects.all().delete()
    anew = diagnose(HEAD_OFFICE, asked())
    assert [(f.node_code, f.factor, f.contribution_cents) for f in kept.findings] == [
        (f.node_code, f.factor, f.contribution_cents) for f in anew.findings
    ]


def test_the_store_log_is_looked_at() -> None:
    before = diagnose(HEAD_OFFICE, asked())
    cause = next(finding for finding in before.findings if finding.factor)
    stores = Node.objects.filter(kind=Node.Kind.STORE)
    store = stores.filter(pk__in=node_ids_under(Node.objects.get(code=cause.node_code).pk))[0]
    user = User.objects.create(username="head", role=User.Role.OPERATIONS)
    write_log(
        HEAD_OFFICE, user, store,
        kind="refurbishment", first=date(2026, 5, 3), last=date(2026, 5, 20), note="new floor",
    )  # fmt: skip
    told = {f.subject: f.guards[-1] for f in diagnose(HEAD_OFFICE, asked()).findings}
    assert told[cause.subject].is_it
    assert told[cause.subject].notes == (f"{store.name} 05-03–05-20: refurbishment: new floor",)
    later = asked(first="2026-06-15", last="2026-06-30")
    assert not any(each.guards[-1].notes for each in diagnose(HEAD_OFFICE, later).findings)
    with pytest.raises(UserError):
        write_log(
            HEAD_OFFICE, user, store,
            kind="refurbishment", first=date(2026, 5, 3), last=date(2026, 5, 1),
        )  # fmt: skip


def test_what_is_asked_must_be_one_question() -> None:
    with pytest.raises(UserError):
        diagnose(HEAD_OFFICE, asked(channel="miniapp"))
    with pytest.raises(UserError):
        diagnose(HEAD_OFFICE, asked(), "the stars")
    with pytest.raises(NotAllowed):
        from dataclasses import replace

        one, other = Node.objects.filter(kind=Node.Kind.STORE)[:2]
        diagnose(replace(HEAD_OFFICE, node_id=one.pk), asked(org=other.code))
