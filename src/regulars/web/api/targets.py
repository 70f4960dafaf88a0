"""Targets of a place and time, and the amounts of a plan."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from regulars.ground.accounts.access import Capability, scope_of
from regulars.ground.kit.errors import NotFound
from regulars.ground.org.models import Node
from regulars.understand.metrics.service import ask, month_named, part_name
from regulars.understand.targets import service as targets
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.metrics import counts_of
from regulars.web.api.target_schemas import AmountsIn, TargetIn, TargetOut, VersionOut
from regulars.web.parts.who import signed_in

router = Router(tags=["Targets"])


@router.get(
    "/targets", auth=may(Capability.SEE_TARGETS), response=answers(TargetOut), by_alias=True
)
def get_target(request: HttpRequest, given: Query[TargetIn]) -> dict[str, Any]:
    """The target of a place for a time, with the parts of the member tree it is made of.

    By the year plan in force, or by the plan that is named. Amounts are exact to the cent: months
    as they were set, days by the sales calendar. Where there is none, `reason` says why.
    """
    scope = scope_of(request.user)
    question = ask(
        scope, org=given.org, category=given.category, first=given.first, last=given.last
    )
    in_force = targets.find_plan(question.period)
    plan = targets.get_plan(scope, given.plan) if given.plan else in_force
    told = {
        "plan": plan and plan.code,
        "state": plan and plan.state,
        "version": plan and plan.versions.get(is_current=True).number,
        "org": question.org.code,
        "org_name": question.org.name,
        "first": question.period.start,
        "last": question.period.last_day,
    }
    nothing: dict[str, Any] = {"net_cents": None, "parts": [], "days": []}
    if plan is None:
        return told | nothing | {"reason": _("No year plan is in force for all of these days.")}
    tree = targets.target_in(plan, question)
    if tree is None:
        return told | nothing | {"reason": _("The plan has nothing for this place and these days.")}
    parts = [
        {"code": code, "name": part_name(code), "counts": counts_of(counts)}
        for code, counts in {**tree.parts, "returns": tree.returns}.items()
    ]
    is_money_only = targets.is_money_only(tree)
    return told | {
        "net_cents": tree.net_cents,
        "parts": [] if is_money_only else parts,
        "days": targets.list_days_of(plan, question),
        "reason": _("Only the amount is known.") if is_money_only else None,
    }


@router.put("/targets", auth=may(Capability.SHARE_TARGETS), response=answers(VersionOut))
def set_amounts(request: HttpRequest, given: AmountsIn) -> dict[str, Any]:
    """Change amounts of a plan: all of them or none, as its next version.

    Below each place everything is shared out anew in today's proportions. Who is bound to a place
    may shift amounts between the places below it.
    """
    scope = scope_of(request.user)
    plan = targets.get_plan(scope, given.plan)
    codes = {each.org for each in given.amounts}
    nodes = dict(Node.objects.filter(code__in=codes).values_list("code", "pk"))
    if unknown := sorted(codes - nodes.keys()):
        raise NotFound(_("There is no place “%(code)s”.") % {"code": unknown[0]}, field="org")
    changes = {(nodes[a.org], month_named(a.month).start): a.net_cents for a in given.amounts}
    version = targets.change_amounts(
        signed_in(request), scope, plan, changes, how=given.how, comment=given.comment
    )
    return {"plan": plan.code, "version": version.number, "amounts": len(changes)}
