"""What brought a change, on the demo's real baskets: every node, every month, to the cent."""

from datetime import date

import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.acceptance.journey import Deployment

from regulars.understand.diagnosis.chain import chain_on
from regulars.understand.diagnosis.exact import GOODS_CHAIN
from regulars.understand.diagnosis.whole import exact_of
from regulars.understand.metrics.service import Comparison, Part, ask, month_of

pytestmark = pytest.mark.django_db
MONTHS = range(2, 13)


@pytest.fixture(autouse=True)
def _on(journey: Deployment) -> None:
    """Every test asks the journey's chain."""


def told_of(part: Part) -> int:
    """What the factors of a part come to; a part without a factor that is known is told whole."""
    known = [each.contribution_cents for each in part.factors]
    if not known or None in known:
        return part.change_cents or 0
    return sum(cents or 0 for cents in known)


def is_told_by_factors(comparison: Comparison) -> bool:
    return any(f.contribution_cents is not None for p in comparison.parts for f in p.factors)


@pytest.mark.parametrize("month", MONTHS)
def test_contributions_sum_to_the_gap_at_every_place_and_over_all_goods(month: int) -> None:
    period = month_of(date(2017, month, 1))
    question = ask(HEAD_OFFICE, first=period.start.isoformat(), last=period.last_day.isoformat())
    chain = chain_on(period.last_day)
    exact = exact_of(question, chain)
    by_factors = 0
    for node in chain.stores_of:
        comparison = exact.comparison(node)
        gap = exact.gap(node)
        assert gap == comparison.net_cents - (
            comparison.before.net_cents if comparison.before else 0
        )
        assert sum(told_of(part) for part in comparison.parts) == gap
        every = range(len(chain.counted))
        assert sum(exact.change_of_goods(node, category) for category in every) == gap
        by_factors += is_told_by_factors(comparison)
    for node in (node for node, kind in chain.kinds.items() if kind != "store"):
        told = sum(exact.of_goods(node, every, factor) for factor in GOODS_CHAIN)
        assert told == exact.gap(node)
    assert len(chain.stores_of) > 450
    assert by_factors > 100
