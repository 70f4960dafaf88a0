"""The briefing 早报: how yesterday went, what today is to bring, and what is to be done."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.ground.org.service import get_place
from regulars.understand.actions.models import Action
from regulars.understand.actions.service import (
    Roster,
    ToVisit,
    find_latest_morning,
    get_roster,
    list_actions,
    list_own,
    list_this_morning,
    list_to_visit,
)
from regulars.understand.briefing.numbers import DAY, Numbers, numbers_seen
from regulars.understand.diagnosis.service import Finding, finding_of

MOST_FINDINGS, MOST_ACTIONS = 3, 20


@dataclass(frozen=True)
class Briefing:
    """Of the morning of `day`. `numbers` are the day's before it. `looked_on` is the morning on
    which causes were last looked for: None when they never were. `due` are actions to be done that
    day or late by then, one's own first; `visits` and `roster` None where they are not the
    reader's concern."""

    place: Node
    day: date
    numbers: Numbers
    looked_on: date | None = None
    findings: list[Finding] = field(default_factory=list)
    due: list[Action] = field(default_factory=list)
    due_count: int = 0
    visits: list[ToVisit] | None = None
    roster: Roster | None = None


def get_briefing(user: User, scope: Scope, day: date) -> Briefing:
    """As a user sees the day: within the scope, and with what the role may see."""
    place = get_place(scope.node_id)
    numbers = numbers_seen(scope, place, day - DAY)
    if not scope.may(Capability.SEE_ACTIONS):
        return Briefing(place, day, numbers)
    due = due_on(scope, day)
    own = list_own(user, due)
    first = list(own[:MOST_ACTIONS])
    others = due.filter(parent=None).exclude(pk__in=[action.pk for action in first])
    is_head = scope.may(Capability.GIVE_ACTIONS) and place.kind != Node.Kind.STORE
    return Briefing(
        place=place,
        day=day,
        numbers=numbers,
        looked_on=find_latest_morning(day),
        findings=_costliest(scope, day),
        due=[*first, *others[: MOST_ACTIONS - len(first)]],
        due_count=due.filter(parent=None).count(),
        visits=list_to_visit(scope) if is_head and day == clock.today() else None,
        roster=get_roster(place, day) if place.kind == Node.Kind.STORE else None,
    )


def due_on(scope: Scope, day: date) -> QuerySet[Action]:
    """What was open on the morning of a day and to be done by then, late ones first."""
    open_then = Q(closed_on=None) | Q(closed_on__gte=day)
    known_then = Q(made_on__lte=day, due_on__lte=day)
    return list_actions(scope).filter(open_then & known_then).order_by("due_on", "-pk")


def _costliest(scope: Scope, day: date) -> list[Finding]:
    costly = list_this_morning(scope, day).filter(contribution_cents__lt=0)
    return [finding_of(row) for row in costly.order_by("contribution_cents", "pk")[:MOST_FINDINGS]]
