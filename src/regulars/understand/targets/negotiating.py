"""A plan goes round: put to the stores, proposed to, talked about, agreed and frozen."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Scope, may_see_node
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import node_ids_under
from regulars.understand.targets.changing import How, change_amounts, check_open, over_months
from regulars.understand.targets.finding import visible_plans
from regulars.understand.targets.keeping import totals_in_force
from regulars.understand.targets.making import MOST_CENTS, check_whole_chain
from regulars.understand.targets.models import Comment, Plan, Proposal
from regulars.understand.targets.stretches import stretches_of

State = Plan.State
STEPS: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.PROPOSED, State.AGREED),
    State.PROPOSED: (State.AGREED, State.DRAFT),
    State.AGREED: (State.FROZEN, State.PROPOSED),
    State.FROZEN: (),
}
"""From which state a plan may go to which."""
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Ask:
    """What a place is asked for and may propose: `month_on` None is all that is left."""

    month_on: date | None
    net_cents: int


def get_plan(scope: Scope, code: str) -> Plan:
    """Raises NotFound for one that is not there, or is not for this user yet."""
    plan = visible_plans(scope).filter(code=code).first()
    if plan is None:
        raise NotFound(_("There is no plan “%(code)s”.") % {"code": code}, field="plan")
    return plan


def move_plan(actor: AbstractBaseUser, scope: Scope, plan: Plan, state: str) -> None:
    """Take a plan to another state. Raises UserError where it cannot go there: a second year plan
    in force for the same days, and anything after it is frozen."""
    check_whole_chain(scope)
    if state not in STEPS[plan.state]:
        raise UserError(
            _("A plan that is “%(now)s” cannot become “%(then)s”.")
            % {"now": plan.get_state_display(), "then": dict(State.choices).get(state, state)},
            field="state",
        )
    if state in (State.AGREED, State.FROZEN) and (other := _other_in_force(plan)):
        raise UserError(
            _("“%(plan)s” is in force for some of these days.") % {"plan": other.name},
            field="state",
        )
    before, plan.state = plan.state, state
    if state == State.FROZEN:
        plan.frozen_number = plan.versions.get(is_current=True).number
    plan.save(update_fields=["state", "frozen_number"])
    record(actor, "plan.moved", "plan", plan.pk, code=plan.code, before=before, after=state)


def _other_in_force(plan: Plan) -> Plan | None:
    if plan.kind != Plan.Kind.YEAR:
        return None
    return (
        Plan.objects.filter(
            kind=Plan.Kind.YEAR,
            state__in=(State.AGREED, State.FROZEN),
            first_on__lte=plan.last_on,
            last_on__gte=plan.first_on,
        )
        .exclude(pk=plan.pk)
        .first()
    )


def list_asks(plan: Plan, node: Node) -> list[Ask]:
    """What a place may answer with a proposal: each month that is not over, and all of them
    together; nothing where it has no target."""
    totals = totals_in_force(plan, [node.pk])
    left = [
        Ask(each.month_on, totals[node.pk, each.month_on].net_cents)
        for each in stretches_of(plan)
        if not each.is_over and (node.pk, each.month_on) in totals
    ]
    return [Ask(None, sum(ask.net_cents for ask in left)), *left] if left else []


def propose(
    actor: AbstractBaseUser,
    scope: Scope,
    plan: Plan,
    node: Node,
    *,
    net_cents: int,
    month_on: date | None = None,
    note: str = "",
) -> Proposal:
    """Say what a place thinks it can do; it takes the place of its open proposal for the same time.
    Raises UserError when the plan is not with the stores, NotAllowed for a place of others."""
    if not may_see_node(scope, node.pk) or scope.category_codes or scope.brand_codes:
        raise NotAllowed(_("“%(name)s” lies outside what you may change.") % {"name": node.name})
    if plan.state != State.PROPOSED:
        raise UserError(_("“%(plan)s” is not open for proposals now.") % {"plan": plan.name})
    if not 0 <= net_cents < MOST_CENTS:
        raise UserError(_("An amount below nought is no target."), field="net_cents")
    asked = {ask.month_on: ask.net_cents for ask in list_asks(plan, node)}
    if month_on not in asked:
        raise UserError(_("There is no target to answer for that time."), field="month")
    same = plan.proposals.filter(node=node, month_on=month_on, state=Proposal.State.OPEN)
    same.update(state=Proposal.State.WITHDRAWN, answered_at=clock.now())
    proposal = Proposal.objects.create(
        plan=plan,
        node=node,
        month_on=month_on,
        asked_cents=asked[month_on],
        net_cents=net_cents,
        note=note.strip()[:LONGEST_NOTE],
        made_by_id=actor.pk,
    )
    record(actor, "target.proposed", "plan", plan.pk, node=node.code, cents=net_cents)
    return proposal


def list_proposals(scope: Scope, plan: Plan, node: Node | None = None) -> QuerySet[Proposal]:
    """Those of a place and below it, as far as the user sees; open ones first, the latest first."""
    proposals = plan.proposals.select_related("node", "made_by", "answered_by").order_by(
        "-state", "-made_at"
    )
    bound = node.pk if node is not None else scope.node_id
    return proposals if bound is None else proposals.filter(node__in=node_ids_under(bound))


def answer_proposal(
    actor: AbstractBaseUser,
    scope: Scope,
    proposal: Proposal,
    *,
    is_accepted: bool,
    how: str = How.KEEP,
    answer: str = "",
) -> Proposal:
    """Accept it, which changes the plan (see `change_amounts` for who makes up for it), or decline
    it. Raises UserError when it was answered already, NotAllowed to those who proposed it."""
    if not may_see_node(scope, proposal.node_id) or proposal.node_id == scope.node_id:
        raise NotAllowed(_("Somebody above “%(name)s” answers this.") % {"name": proposal.node})
    if proposal.state != Proposal.State.OPEN:
        raise UserError(_("This proposal was answered already."))
    check_open(proposal.plan)
    if is_accepted:
        changes = (
            {(proposal.node_id, proposal.month_on): proposal.net_cents}
            if proposal.month_on
            else over_months(proposal.plan, proposal.node_id, proposal.net_cents)
        )
        comment = _("%(name)s proposed it: %(note)s") % {
            "name": proposal.node.name, "note": proposal.note or "—",
        }  # fmt: skip
        proposal.version = change_amounts(
            actor, scope, proposal.plan, changes, how=how, comment=str(comment)
        )
    proposal.state = Proposal.State.ACCEPTED if is_accepted else Proposal.State.DECLINED
    proposal.answer = answer.strip()[:LONGEST_NOTE]
    proposal.answered_by_id, proposal.answered_at = actor.pk, clock.now()
    proposal.save()
    record(actor, f"target.{proposal.state}", "plan", proposal.plan_id, proposal=proposal.pk)
    return proposal


def comment_on(actor: AbstractBaseUser, scope: Scope, plan: Plan, node: Node, text: str) -> Comment:
    """Say something about a place's target, to everybody who sees that place."""
    if not may_see_node(scope, node.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": node.name})
    if not text.strip():
        raise UserError(_("There is nothing in it."), field="text")
    return Comment.objects.create(
        plan=plan, node=node, text=text.strip()[:LONGEST_NOTE], made_by_id=actor.pk
    )


def list_comments(plan: Plan, node: Node) -> QuerySet[Comment]:
    """What was said of a place and of those below it, the latest first."""
    comments = plan.comments.select_related("node", "made_by").order_by("-made_at", "-pk")
    return comments.filter(node__in=node_ids_under(node.pk))
