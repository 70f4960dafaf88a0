"""The members behind a leaf are as many as its base, its buyers, and the rest of it."""

import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.acceptance.journey import Deployment

from regulars.ground.accounts.access import CAPABILITIES, Scope
from regulars.ground.accounts.models import User
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.models import Node
from regulars.understand.metrics.identity import MEMBER_PARTS
from regulars.understand.metrics.service import Question, ask, get_tree, list_members_of_leaf

pytestmark = pytest.mark.django_db
ENOUGH = 10_000


@pytest.fixture(autouse=True)
def _on(simulated: Deployment) -> None:
    """Every test asks the simulated chain."""


def of_may(**where: str) -> Question:
    return ask(HEAD_OFFICE, first="2026-05-01", last="2026-05-31", **where)


@pytest.mark.parametrize("channel", ["", "miniapp"])
@pytest.mark.parametrize("kind", ["head_office", "region", "branch", "store"])
def test_they_are_the_base_and_the_buyers_of_the_tree(kind: str, channel: str) -> None:
    node = Node.objects.filter(kind=kind).order_by("code")[0]
    question = of_may(org=node.code, channel=channel)
    parts = get_tree(question).tree.parts
    for part in MEMBER_PARTS:
        everyone, buyers, others = (
            list_members_of_leaf(HEAD_OFFICE, question, part, did_buy=did_buy, most=ENOUGH)
            for did_buy in (None, True, False)
        )
        counts = parts[part]
        assert (everyone.found, buyers.found) == (counts.members, counts.buyers), part
        assert others.found == everyone.found - buyers.found
        assert len(everyone.members) == everyone.found
        assert {m.member_id for m in buyers.members}.isdisjoint(m.member_id for m in others.members)
        assert sum(member.net_cents for member in everyone.members) == counts.net_cents, part
    assert any(counts.buyers for counts in parts.values())


def test_the_most_valuable_come_first_and_no_more_than_asked_for() -> None:
    told = list_members_of_leaf(HEAD_OFFICE, of_may(), "active_old", did_buy=True, most=20)
    spent = [member.net_cents for member in told.members]
    assert spent == sorted(spent, reverse=True)
    assert len(spent) == 20 < told.found


def test_a_leaf_without_members_and_goods_are_refused() -> None:
    for part, where in (("non_member", {}), ("nonsense", {}), ("new", {"category": "奶粉"})):
        with pytest.raises(UserError):
            list_members_of_leaf(HEAD_OFFICE, of_may(**where), part, most=1)


def test_whoever_may_not_see_members_sees_none() -> None:
    role = User.Role.BRAND_PARTNER
    with pytest.raises(NotAllowed):
        list_members_of_leaf(Scope(1, role, CAPABILITIES[role]), of_may(), "new", most=1)
