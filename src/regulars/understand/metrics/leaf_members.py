"""The members behind a leaf: who they are, and which of them bought."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.kit.sql import named
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.identity import MEMBER_PARTS
from regulars.understand.metrics.question import Question
from regulars.understand.metrics.trees import days_of, place_of


@dataclass(frozen=True)
class LeafMember:
    """One member: `last_on` is her last purchase before the period, `before_cents` what she spent
    in the active window before it; tickets and net cents are those of the period at the node."""

    member_id: int
    joined_on: date | None
    last_on: date | None
    before_cents: int
    tickets: int
    net_cents: int


@dataclass(frozen=True)
class LeafMembers:
    """`found` is how many there are in all; `members` the most valuable of them."""

    found: int
    members: list[LeafMember]


def list_members_of_leaf(
    scope: Scope, question: Question, part: str, *, did_buy: bool | None = None, most: int
) -> LeafMembers:
    """The members of a part of the question's tree: all of them (None), or those who did or did
    not buy; at most `most`, who spent most first.

    Raises NotAllowed for whoever may not see members; UserError for a part without a base, and
    within goods, where leaves are not made of members at home.
    """
    if not scope.may(Capability.SEE_MEMBERS):
        raise NotAllowed(_("Only someone who may see members may see who stands behind a leaf."))
    if part not in MEMBER_PARTS:
        raise UserError(_("No members stand behind “%(part)s”.") % {"part": part}, field="part")
    if question.is_about_goods:
        raise UserError(_("Members stand behind the leaves of places, not of goods."), field="part")
    parameters = place_of(question) | days_of(question.period)
    parameters |= {
        "channel": question.channel,
        "part": part,
        "did_buy": did_buy,
        "most": most,
    }
    rows = answer(named(__package__, "leaf_members"), parameters).to_pylist()
    found = rows[0]["found"] if rows else 0
    return LeafMembers(found, [LeafMember(**_without_found(row)) for row in rows])


def _without_found(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "found"}
