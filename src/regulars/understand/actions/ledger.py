"""The ledger 闭环账, as far as this room knows it: gap → members concerned → actions. What leads
came of it, and what they brought, upper rooms put beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Exists, OuterRef, Prefetch, Q

from regulars.ground.accounts.access import Scope
from regulars.understand.actions.giving import list_findings
from regulars.understand.actions.models import Action
from regulars.understand.diagnosis.models import Finding

MOST_ROWS = 500


@dataclass(frozen=True)
class Entry:
    """A finding and what became of it."""

    finding: Finding
    actions: Sequence[Action]

    @property
    def given(self) -> int:
        return len(self.actions)

    @property
    def done(self) -> int:
        return sum(action.state == Action.State.DONE for action in self.actions)

    @property
    def late(self) -> int:
        return sum(action.is_late for action in self.actions)

    @property
    def expected_cents(self) -> int | None:
        """What those who acted expect of it."""
        told = [a.expected_cents for a in self.actions if a.expected_cents is not None]
        return sum(told) if told else None


@dataclass(frozen=True)
class Ledger:
    """Findings do not add up: a branch's gap stands in its region's, too. What is counted is how
    many were answered and how many of these are done."""

    entries: list[Entry]

    @property
    def answered(self) -> int:
        return sum(bool(entry.actions) for entry in self.entries)

    @property
    def done(self) -> int:
        return sum(entry.done > 0 for entry in self.entries)

    @property
    def answered_rate(self) -> Fraction | None:
        return Fraction(self.answered, len(self.entries)) if self.entries else None


def get_ledger(scope: Scope, first: date, last: date) -> Ledger:
    """Findings of the mornings from `first` to `last`, and what was found on demand and answered,
    the most money first; the largest of them where there are very many."""
    actions = Action.objects.filter(parent=None).select_related("who", "staff")
    answers = Action.objects.filter(finding=OuterRef("pk"))
    findings = (
        list_findings(scope)
        .filter(Q(is_of_morning=True) | Exists(answers), made_on__gte=first, made_on__lte=last)
        .prefetch_related(Prefetch("actions", actions))
        .order_by("contribution_cents", "pk")[:MOST_ROWS]
    )
    return Ledger([Entry(finding, list(finding.actions.all())) for finding in findings])
