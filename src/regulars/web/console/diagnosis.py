"""Why a number moved: findings ranked by money, what was checked, and the log of places."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.org.service import node_ids_under
from regulars.understand.diagnosis.models import EventLog
from regulars.understand.diagnosis.service import (
    diagnose,
    glance,
    is_kept,
    list_log,
    strike_from_log,
    write_log,
)
from regulars.understand.metrics.service import ask, get_freshness
from regulars.web.console import asking
from regulars.web.parts.causes import asked_in, back_to, page_of, set_aside, tell_again
from regulars.web.parts.forms import DateField, Form
from regulars.web.parts.who import signed_in

MOST_ENTRIES = 200


@requires(Capability.SEE_TARGETS)
def show(request: HttpRequest) -> HttpResponse:
    """The causes behind the gap of one place and period. What nobody looked for today is looked for
    once the page stands."""
    asked = asked_in(request)
    scope, question = scope_of(request.user), asked.question
    is_at_hand = "look" in request.GET or is_kept(question, asked.against)
    tell = diagnose if is_at_hand else glance
    page = page_of(tell(scope, question, asked.against), asked, "why") | {
        "presets": asking.presets_for(question),
        "places": asking.places_above(request, question),
        "goods": asking.goods_above(question),
        "freshness": get_freshness(),
        "can_log": scope.may(Capability.SEE_ORG),
    }
    return render(request, "console/why.html", page)


@require_POST
@requires(Capability.GIVE_ACTIONS)
def dismiss(request: HttpRequest, finding_id: int) -> HttpResponse:
    set_aside(request, finding_id)
    return redirect(back_to(request, "why"))


@require_POST
@requires(Capability.GIVE_ACTIONS)
def take_back(request: HttpRequest, dismissal_id: int) -> HttpResponse:
    tell_again(request, dismissal_id)
    return redirect(back_to(request, "why"))


class LogForm(Form):
    kind = forms.ChoiceField(label=_("What happened"), choices=EventLog.Kind.choices)
    first_on = DateField(label=_("From"))
    last_on = DateField(label=_("To"))
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


@requires(Capability.SEE_ORG)
def show_log(request: HttpRequest) -> HttpResponse:
    """What happened in and around a place and those below it, and a form to write it down."""
    scope = scope_of(request.user)
    today = clock.today()
    question = ask(scope, org=request.GET.get("org", ""), compare="none")
    form = LogForm(request.POST or None, initial={"first_on": today, "last_on": today})
    if request.method == "POST" and form.is_valid():
        with form.explaining():
            write_log(
                scope, signed_in(request), question.org,
                kind=form.cleaned_data["kind"],
                first=form.cleaned_data["first_on"],
                last=form.cleaned_data["last_on"],
                note=form.cleaned_data["note"],
            )  # fmt: skip
            messages.success(request, _("Written down; findings look at it from now on."))
            return redirect(request.get_full_path())
    nodes = node_ids_under(question.org.pk)
    page = {
        "question": question,
        "form": form,
        "entries": list_log(nodes, date.min, date.max)[:MOST_ENTRIES],
        "places": asking.places_above(request, question),
    }
    return render(request, "console/store_log.html", page)


@require_POST
@requires(Capability.SEE_ORG)
def strike(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take an entry of the log back."""
    entry = get_object_or_404(EventLog.objects.select_related("node"), pk=entry_id)
    strike_from_log(scope_of(request.user), signed_in(request), entry)
    messages.success(request, _("Struck out."))
    return redirect(f"{reverse('store_log')}?{urlencode({'org': entry.node.code})}")
