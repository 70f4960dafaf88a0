"""Actions are given, talked about, reported on and dropped."""

from datetime import date, timedelta

from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, Scope, may_see_node
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import node_ids_under
from regulars.understand.actions.models import Action, Comment
from regulars.understand.actions.people import Person
from regulars.understand.diagnosis.models import Finding
from regulars.understand.metrics.service import WHOLE

DUE_AFTER = timedelta(days=3)
AGAINST = ("previous", "target", "year")
SUBJECT = ("node", "category", "part", "factor")
"""What a finding is about, beside whatever it was set."""


def within(scope: Scope) -> Q:
    """Which actions, visits and promises a scope may see: those at its places."""
    return Q() if scope.node_id is None else Q(node_id__in=node_ids_under(scope.node_id))


def list_actions(scope: Scope) -> QuerySet[Action]:
    """All actions at the scope's places: late ones first, then open by their day, then those that
    did not help, then the latest."""
    urgency = Case(
        When(state=Action.State.OPEN, due_on__lt=clock.today(), then=Value(0)),
        When(state=Action.State.OPEN, then=Value(1)),
        When(is_ineffective=True, then=Value(2)),
        default=Value(3),
    )
    return (
        Action.objects.filter(within(scope))
        .select_related("node", "who", "staff", "made_by", "finding__node", "finding__category")
        .annotate(urgency=urgency)
        .order_by("urgency", "due_on", "-pk")
    )


def list_late(scope: Scope) -> QuerySet[Action]:
    """Open ones past their day, the longest first."""
    return list_actions(scope).filter(state=Action.State.OPEN, due_on__lt=clock.today())


def list_own(user: User, actions: QuerySet[Action]) -> QuerySet[Action]:
    """Those that a user is to do."""
    mine = Q(who=user) | Q(staff=user.staff_id) if user.staff_id else Q(who=user)
    return actions.filter(mine)


def get_action(scope: Scope, action_id: int) -> Action:
    """Raises NotFound, also for an action outside the scope."""
    action = list_actions(scope).filter(pk=action_id).first()
    if action is None:
        raise NotFound(_("There is no such action."))
    return action


def get_finding(scope: Scope, finding_id: int) -> Finding:
    """Raises NotFound, also for a finding outside the scope."""
    finding = list_findings(scope).filter(pk=finding_id).first()
    if finding is None:
        raise NotFound(_("There is no such finding."))
    return finding


def list_findings(scope: Scope) -> QuerySet[Finding]:
    return _findings().filter(within(scope))


def _findings() -> QuerySet[Finding]:
    return (
        Finding.objects.filter(is_dismissed=False)
        .select_related("node", "category")
        .order_by("-made_on", "rank", "pk")
    )


def find_latest_morning(until: date | None = None) -> date | None:
    """The latest morning (up to a day) on which anything was found, anywhere in the chain."""
    mornings = Finding.objects.filter(is_of_morning=True)
    if until is not None:
        mornings = mornings.filter(made_on__lte=until)
    latest: date | None = mornings.aggregate(day=Max("made_on"))["day"]
    return latest


def list_this_morning(scope: Scope, until: date | None = None) -> QuerySet[Finding]:
    """The findings of the latest morning (up to a day): each cause once, of the latest days, beside
    the period before rather than last year or a target."""
    latest = find_latest_morning(until)
    found = Finding.objects.none() if latest is None else list_of_morning(latest)
    return found.filter(within(scope))


def list_of_morning(day: date) -> QuerySet[Finding]:
    """The same of one morning in the whole chain."""
    rank = Case(*(When(against=name, then=Value(at)) for at, name in enumerate(AGAINST)))
    once = (
        Finding.objects.filter(is_of_morning=True, made_on=day)
        .exclude(told__contains={"is_raised": False})
        .order_by(*SUBJECT, "-last_on", rank)
        .distinct(*SUBJECT)
    )
    return _findings().filter(pk__in=once.values("pk"))


def list_unanswered(scope: Scope) -> QuerySet[Finding]:
    """Those of this morning that cost money and that nobody answers: not now, and not with what is
    open still since an earlier morning. What is nobody's doing (the calendar, stores that opened)
    waits for no answer. In their order of money."""
    answers = Action.objects.annotate(goods=Coalesce("finding__category_id", 0)).filter(
        Q(state=Action.State.OPEN) | Q(finding__made_on=OuterRef("made_on")),
        finding__node=OuterRef("node"),
        finding__part=OuterRef("part"),
        finding__factor=OuterRef("factor"),
        goods=Coalesce(OuterRef("category_id"), 0),
    )
    costly = list_this_morning(scope).filter(contribution_cents__lt=0)
    costly = costly.exclude(part=WHOLE, factor="")
    return costly.filter(~Exists(answers)).order_by("contribution_cents", "pk")


def due_by_default() -> date:
    return clock.today() + DUE_AFTER


def give_action(
    actor: User,
    scope: Scope,
    *,
    node: Node,
    what: str,
    person: Person,
    due_on: date | None = None,
    finding: Finding | None = None,
    parent: Action | None = None,
    part: str = "",
    factor: str = "",
    expected_cents: int | None = None,
) -> Action:
    """Give something to do to someone; `due_on` None is in three days. Publishes `action.given`.

    Raises NotAllowed for a place outside the scope; UserError for nothing to do, or a day that is
    over.
    """
    if not scope.may(Capability.GIVE_ACTIONS) or not may_see_node(scope, node.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": node.name})
    if not what.strip():
        raise UserError(_("Say what is to be done."), field="what")
    due_on = due_on or due_by_default()
    if due_on < clock.today():
        raise UserError(_("The day until when is over already."), field="due_on")
    action = Action.objects.create(
        finding=finding,
        parent=parent,
        node=node,
        what=what.strip(),
        who=person.user,
        staff=person.staff,
        due_on=due_on,
        part=part,
        expected_factor=factor,
        expected_cents=expected_cents,
        made_by=actor,
        made_on=clock.today(),
    )
    record(actor, "action.given", "action", action.pk, node=node.code, to=person.name, what=what)
    publish("action.given", action_id=action.pk)
    return action


def comment(actor: User, action: Action, text: str) -> Comment:
    """Publishes `action.commented`. Raises UserError when nothing is said."""
    if not text.strip():
        raise UserError(_("There is nothing in the comment."), field="text")
    said = Comment.objects.create(action=action, text=text.strip(), made_by=actor)
    record(actor, "action.commented", "action", action.pk)
    publish("action.commented", comment_id=said.pk)
    return said


def may_report(actor: User, scope: Scope, action: Action) -> bool:
    """Whoever is to do it, and whoever gives out actions there."""
    is_own = action.who_id == actor.pk or (
        action.staff_id is not None and action.staff_id == actor.staff_id
    )
    return is_own or scope.may(Capability.GIVE_ACTIONS)


def report_done(actor: User, scope: Scope, action: Action, result: str) -> None:
    """Say what came of it; with it the action is done. Publishes `action.reported`.

    Raises NotAllowed for anyone else's action; UserError without a word on what came of it, or for
    one that is closed already.
    """
    if not result.strip():
        raise UserError(_("Say in a few words what was done."), field="result")
    _close(actor, scope, action, Action.State.DONE, result.strip())
    publish("action.reported", action_id=action.pk, by=actor.pk)


def drop(actor: User, scope: Scope, action: Action, reason: str) -> None:
    """Give an action up, for a reason. Publishes `action.dropped`. Raises as `report_done` does."""
    if not reason.strip():
        raise UserError(_("Say why it is not to be done."), field="result")
    _close(actor, scope, action, Action.State.DROPPED, reason.strip())
    publish("action.dropped", action_id=action.pk, by=actor.pk)


def reopen(actor: User, scope: Scope, action: Action) -> None:
    """Take back that an action was done or dropped."""
    if not may_report(actor, scope, action):
        raise NotAllowed(_("This is for someone else to report on."))
    action.state, action.closed_at, action.closed_on = Action.State.OPEN, None, None
    action.save(update_fields=["state", "closed_at", "closed_on"])
    record(actor, "action.reopened", "action", action.pk)


def _close(actor: User, scope: Scope, action: Action, state: str, result: str) -> None:
    if not may_report(actor, scope, action):
        raise NotAllowed(_("This is for someone else to report on."))
    closed = {
        "state": state, "result": result, "closed_at": clock.now(), "closed_on": clock.today(),
    }  # fmt: skip
    # Two may report at once: the first one's word stands.
    if not Action.objects.filter(pk=action.pk, state=Action.State.OPEN).update(**closed):
        raise UserError(_("This is closed already."))
    record(actor, f"action.{state}", "action", action.pk, result=result)
