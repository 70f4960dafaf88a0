"""The own target for one thumb: this month, how far it is, and what I think I can do."""

from decimal import ROUND_HALF_UP
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.understand.metrics.service import Question, ask, get_freshness, month_named
from regulars.understand.targets import service as targets
from regulars.understand.targets.models import Plan
from regulars.web.parts.forms import Form, given
from regulars.web.parts.plans import find_plan_at_hand, this_month_of
from regulars.web.parts.who import signed_in

MOST_SAID = 6


class ProposalForm(Form):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=0, max_digits=15, decimal_places=2
    )
    note = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=500)


@requires(Capability.SEE_TARGETS)
def show(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    question = ask(scope)
    plan = find_plan_at_hand(scope, request.GET.get("plan", ""))
    page: dict[str, Any] = {"question": question, "freshness": get_freshness()}
    if plan:
        page |= _seen(scope, plan, question)
    return render(request, "phone/targets.html", page)


@require_POST
@requires(Capability.PROPOSE_TARGETS)
def propose(request: HttpRequest, code: str) -> HttpResponse:
    scope, told = scope_of(request.user), given(ProposalForm(request.POST))
    plan, month = targets.get_plan(scope, code), request.POST.get("month")
    targets.propose(
        signed_in(request),
        scope,
        plan,
        ask(scope).org,
        net_cents=int((told["amount"] * 100).to_integral_value(ROUND_HALF_UP)),
        month_on=month_named(month).start if month else None,
        note=told["note"],
    )
    messages.success(request, _("Proposed: your head answers."))
    return redirect("phone_targets")


def _seen(scope: Scope, plan: Plan, question: Question) -> dict[str, Any]:
    sight = this_month_of(plan, question)
    may_propose = plan.state == Plan.State.PROPOSED and scope.may(Capability.PROPOSE_TARGETS)
    return {
        "plan": plan,
        "plans": targets.visible_plans(scope),
        "sight": sight,
        "whole": sight.whole,
        "asks": targets.list_asks(plan, question.org) if may_propose else [],
        "proposals": []
        if question.categories
        else targets.list_proposals(scope, plan, question.org)[:MOST_SAID],
    }
