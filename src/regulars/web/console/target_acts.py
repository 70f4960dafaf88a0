"""What is done to a plan: amounts, states, proposals, comments, files."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit.errors import UserError
from regulars.understand.metrics.service import ask, month_named
from regulars.understand.targets import service as targets
from regulars.understand.targets.models import Plan
from regulars.understand.targets.service import How
from regulars.web.console.targets import month_of
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in

LARGEST_FILE = 10 * 2**20
Act = Callable[[HttpRequest, Plan], Any]


class AmountForm(Form):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=0, max_digits=15, decimal_places=2
    )
    how = forms.ChoiceField(label=gettext_lazy("Who makes up for it"), choices=How.choices)
    comment = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=500)


class ProposalForm(Form):
    amount = AmountForm.base_fields["amount"]
    note = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=500)


class FileForm(Form):
    file = forms.FileField(label=gettext_lazy("Excel file"))
    how = forms.ChoiceField(
        label=gettext_lazy("Who makes up for it"), choices=How.choices, required=False
    )


class AnewForm(Form):
    from_month = forms.CharField(label=gettext_lazy("From"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount for the rest (empty: what is missing for the year)"),
        min_value=0,
        max_digits=15,
        decimal_places=2,
        required=False,
    )
    comment = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=500)


def cents_of(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def _acting(capability: Capability) -> Callable[[Act], Any]:
    """A page's act: only posted, only by who may; then back to the place and month it was on."""

    def declare(act: Act) -> Any:
        @require_POST
        @requires(capability)
        @wraps(act)
        def view(request: HttpRequest, code: str) -> HttpResponse:
            plan = targets.get_plan(scope_of(request.user), code)
            messages.success(request, str(act(request, plan)))
            return _back(request, plan)

        return view

    return declare


def _back(request: HttpRequest, plan: Plan) -> HttpResponse:
    kept = {name: request.POST[name] for name in ("org", "month") if request.POST.get(name)}
    return redirect(f"{reverse('target', args=[plan.code])}?{urlencode(kept)}")


@_acting(Capability.SHARE_TARGETS)
def change(request: HttpRequest, plan: Plan) -> str:
    """The amount of the place that is looked at, in its month or all those that are not over."""
    scope = scope_of(request.user)
    node, told = ask(scope, org=request.POST.get("org", "")).org, given(AmountForm(request.POST))
    month, cents = month_of(request), cents_of(told["amount"])
    changes = {(node.pk, month): cents} if month else targets.over_months(plan, node.pk, cents)
    version = targets.change_amounts(
        signed_in(request), scope, plan, changes, how=told["how"], comment=told["comment"]
    )
    return _("Saved as version %(n)s.") % {"n": version.number}


@_acting(Capability.SHARE_TARGETS)
def upload(request: HttpRequest, plan: Plan) -> str:
    """An Excel file as it was downloaded, with other amounts in it: all of them, or none."""
    form = FileForm(request.POST, request.FILES)
    told = given(form)
    if told["file"].size > LARGEST_FILE:
        raise UserError(_("This file is too large for a sheet of amounts."), field="file")
    changes = targets.read_sheet(plan, told["file"])
    if not changes:
        return _("The file says what the plan says: nothing changes.")
    how = told["how"] or How.KEEP
    comment = _("File %(name)s") % {"name": told["file"].name}
    version = targets.change_amounts(
        signed_in(request), scope_of(request.user), plan, changes, how=how, comment=comment
    )
    return _("%(count)s amounts changed; saved as version %(n)s.") % {
        "count": len(changes), "n": version.number,
    }  # fmt: skip


@_acting(Capability.SET_TARGETS)
def move(request: HttpRequest, plan: Plan) -> str:
    """To another state."""
    state = request.POST.get("state", "")
    targets.move_plan(signed_in(request), scope_of(request.user), plan, state)
    return _("“%(plan)s” is now: %(state)s.") % {
        "plan": plan.name, "state": plan.get_state_display(),
    }  # fmt: skip


@_acting(Capability.SET_TARGETS)
def plan_anew(request: HttpRequest, plan: Plan) -> str:
    """What is left of a plan in force is shared out anew."""
    told = given(AnewForm(request.POST))
    version = targets.replan(
        signed_in(request),
        scope_of(request.user),
        plan,
        month_named(told["from_month"]).start,
        net_cents=None if told["amount"] is None else cents_of(told["amount"]),
        comment=told["comment"],
    )
    return _("Saved as version %(n)s.") % {"n": version.number}


@_acting(Capability.PROPOSE_TARGETS)
def propose(request: HttpRequest, plan: Plan) -> str:
    """What the place thinks it can do."""
    scope = scope_of(request.user)
    node, told = ask(scope, org=request.POST.get("org", "")).org, given(ProposalForm(request.POST))
    targets.propose(
        signed_in(request),
        scope,
        plan,
        node,
        net_cents=cents_of(told["amount"]),
        month_on=month_of(request),
        note=told["note"],
    )
    return _("Proposed; whoever is above %(name)s answers.") % {"name": node.name}


@_acting(Capability.SEE_TARGETS)
def comment(request: HttpRequest, plan: Plan) -> str:
    """Something said about the place's target."""
    scope = scope_of(request.user)
    node = ask(scope, org=request.POST.get("org", "")).org
    targets.comment_on(signed_in(request), scope, plan, node, request.POST.get("text", ""))
    return _("Said.")


@require_POST
@requires(Capability.SHARE_TARGETS)
def answer(request: HttpRequest, code: str, proposal_id: int) -> HttpResponse:
    """Accept or decline a proposal."""
    scope = scope_of(request.user)
    plan = targets.get_plan(scope, code)
    proposal = get_object_or_404(targets.list_proposals(scope, plan), pk=proposal_id)
    is_accepted = request.POST.get("accept") == "1"
    targets.answer_proposal(
        signed_in(request),
        scope,
        proposal,
        is_accepted=is_accepted,
        how=request.POST.get("how") or How.KEEP,
        answer=request.POST.get("answer", ""),
    )
    said = _("Accepted: the plan has a new version.") if is_accepted else _("Declined.")
    messages.success(request, said)
    return _back(request, plan)
