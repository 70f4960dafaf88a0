"""Store visits 巡店: where to go today and why, what to ask, and what was promised last time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.functional import Promise as Text
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, Scope, may_see_node
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.understand.actions.giving import list_late, list_this_morning, within
from regulars.understand.actions.models import Action, Promise, Visit
from regulars.understand.diagnosis.models import Finding

STORES_A_DAY = 3
VISITED_LATELY = timedelta(days=7)
LONG_AGO = timedelta(days=42)
QUESTIONS: dict[str, Text] = {
    "members": _("Who asks people to join, and what stops those who say no?"),
    "buyers": _("Which members did you expect who have not come, and who has called them?"),
    "tickets": _("What would bring a mother back one more time this month, and who tells her?"),
    "lines": _("What is recommended beside what she came for? Show me the last three tickets."),
    "units": _("Is there enough on the shelf to buy for a month? Which sizes are missing?"),
    "net_cents": _("What was given away in discounts, to whom, and what for?"),
    "": _("What has changed here since last month: people, shelves, the street outside?"),
}
PART_QUESTIONS: dict[str, Text] = {
    "non_member": _("How many of those who paid without a card were asked to join?"),
    "returns": _("What came back, and why? Show me the last returns."),
    "dormant_old": _("Who of those who stopped coming was spoken to this week?"),
}


@dataclass(frozen=True)
class ToVisit:
    """A store, with all that speaks for going there. `at_stake_cents` is what is short and has a
    known cause, and what late actions were to bring."""

    store: Node
    findings: Sequence[Finding]
    late: Sequence[Action]
    promises: Sequence[Promise]
    last_visit: Visit | None

    @property
    def at_stake_cents(self) -> int:
        short = -sum(min(finding.contribution_cents, 0) for finding in self.findings)
        return short + sum(abs(action.expected_cents or 0) for action in self.late)

    @property
    def questions(self) -> list[str | Text]:
        """What to ask, each once, in the order of what is at stake."""
        asked = [
            PART_QUESTIONS.get(finding.part) or QUESTIONS.get(finding.factor, QUESTIONS[""])
            for finding in self.findings
        ]
        return list(dict.fromkeys(asked)) or [QUESTIONS[""]]

    @property
    def days_since(self) -> int | None:
        return (clock.today() - self.last_visit.on).days if self.last_visit else None

    @property
    def is_long_ago(self) -> bool:
        return self.last_visit is None or clock.today() - self.last_visit.on >= LONG_AGO


@dataclass
class _Reasons:
    findings: list[Finding] = field(default_factory=list)
    late: list[Action] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)


def list_to_visit(scope: Scope, most: int = STORES_A_DAY) -> list[ToVisit]:
    """The stores of the scope where most is at stake: findings of the latest morning that cost
    money, late actions, promises that have come due. Who was visited within a week is left out,
    unless a promise has come due."""
    reasons: defaultdict[int, _Reasons] = defaultdict(_Reasons)
    for finding in _findings_of_stores(scope):
        reasons[finding.node_id].findings.append(finding)
    for action in list_late(scope).filter(node__kind=Node.Kind.STORE, parent=None):
        reasons[action.node_id].late.append(action)
    for promise in list_open_promises(scope):
        if promise.is_due(clock.today()):
            reasons[promise.node_id].promises.append(promise)
    visits = _last_visits(list(reasons))
    stores = Node.objects.in_bulk(list(reasons))
    found = [
        ToVisit(stores[pk], why.findings, why.late, why.promises, visits.get(pk))
        for pk, why in reasons.items()
        if why.promises or not _was_lately(visits.get(pk))
    ]
    found.sort(key=lambda each: (-each.at_stake_cents, -len(each.promises), each.store.code))
    return found[:most]


def list_open_promises(scope: Scope) -> list[Promise]:
    """What was promised and nobody has looked at yet, the earliest due first."""
    promises = Promise.objects.filter(within(scope), is_kept=None)
    return list(promises.select_related("node", "visit__made_by").order_by("due_on", "pk"))


def list_visits(store: Node) -> list[Visit]:
    """The latest visits of a store with what was promised at each."""
    visits = store.visits.select_related("made_by").prefetch_related("promises")
    return list(visits.order_by("-on", "-pk")[:10])


def note_visit(
    actor: User, scope: Scope, store: Node, note: str, promised: Sequence[tuple[str, date | None]]
) -> Visit:
    """Write down a visit of today and what was promised at it, each with its day or None.

    Raises NotAllowed for a store outside the scope; UserError when neither says anything.
    """
    if not scope.may(Capability.GIVE_ACTIONS) or not may_see_node(scope, store.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": store.name})
    promises = [(what.strip(), due_on) for what, due_on in promised if what.strip()]
    if not note.strip() and not promises:
        raise UserError(_("Write down what you saw, or what was promised."), field="note")
    visit = Visit.objects.create(node=store, on=clock.today(), made_by=actor, note=note.strip())
    Promise.objects.bulk_create(
        Promise(visit=visit, node=store, what=what, due_on=due_on) for what, due_on in promises
    )
    record(actor, "store.visited", "node", store.pk, promises=len(promises))
    return visit


def tell_promise(actor: User, scope: Scope, promise_id: int, is_kept: bool) -> Promise:
    """Say whether a promise was kept. Raises NotFound, also for one outside the scope."""
    promise = Promise.objects.filter(within(scope), pk=promise_id).first()
    if promise is None:
        raise NotFound(_("There is no such promise."))
    promise.is_kept, promise.told_on = is_kept, clock.today()
    promise.save(update_fields=["is_kept", "told_on"])
    record(actor, "promise.told", "node", promise.node_id, what=promise.what, is_kept=is_kept)
    return promise


def _findings_of_stores(scope: Scope) -> QuerySet[Finding]:
    costly = Q(node__kind=Node.Kind.STORE, contribution_cents__lt=0)
    return list_this_morning(scope).filter(costly).order_by("contribution_cents")


def _last_visits(node_ids: Sequence[int]) -> dict[int, Visit]:
    visits = Visit.objects.filter(node_id__in=node_ids).select_related("made_by")
    return {
        visit.node_id: visit for visit in visits.order_by("node", "-on", "-pk").distinct("node")
    }


def _was_lately(visit: Visit | None) -> bool:
    return visit is not None and clock.today() - visit.on < VISITED_LATELY
