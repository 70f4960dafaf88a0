"""The briefing 早报: how yesterday went, what today is to bring, and what is to be done."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Max, Q, QuerySet

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.ground.org.service import get_place
from regulars.understand.actions.models import Action
from regulars.understand.actions.service import (
    Roster,
    ToVisit,
    get_roster,
    list_actions,
    list_findings,
    list_own,
    list_to_visit,
)
from regulars.understand.briefing.numbers import DAY, Numbers, numbers_seen
from regulars.understand.diagnosis.models import Finding as KeptFinding
from regulars.understand.diagnosis.service import AGAINST, Finding, as_told
from regulars.understand.metrics.service import Period, Question, compared_with, get_tree

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
    looked_on = _looked_on(day)
    return Briefing(
        place=place,
        day=day,
        numbers=numbers,
        looked_on=looked_on,
        findings=top_findings(scope, place, looked_on) if looked_on else [],
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


def top_findings(scope: Scope, place: Node, made_on: date) -> list[Finding]:
    """The few that cost most of those made on a morning, each cause once, told as a part of the
    gap of the reader's own place: the month so far first, for the last one's is past changing."""
    costly = list_findings(scope).filter(made_on=made_on, contribution_cents__lt=0)
    rows = costly.order_by("-last_on", "contribution_cents")
    return [_of_the_place(as_told(row), place) for row in _each_once(rows)[:MOST_FINDINGS]]


def _of_the_place(finding: Finding, place: Node) -> Finding:
    """The chain's gap is not for everybody's eyes."""
    period = Period(finding.first_on, finding.last_on + DAY)
    compared = compared_with(period, AGAINST[finding.against])
    gap = get_tree(Question(place, period, compared)).change_cents
    return replace(finding, gap_cents=gap or 0, asked_code=place.code, asked_name=place.name)


def _each_once(rows: Iterable[KeptFinding]) -> list[KeptFinding]:
    """Beside last month and beside last year the same cause may be found."""
    found: dict[tuple[object, ...], KeptFinding] = {}
    for row in rows:
        found.setdefault((row.node_id, row.category_id, row.part, row.factor), row)
    return list(found.values())


def _looked_on(day: date) -> date | None:
    """The latest morning up to a day on which anything was found anywhere in the chain."""
    latest: date | None = KeptFinding.objects.filter(made_on__lte=day).aggregate(
        day=Max("made_on")
    )["day"]
    return latest
