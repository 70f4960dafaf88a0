"""The lists of what may be neither pushed nor claimed."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Guard
from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit.errors import UserError
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in


class GuardForm(Form):
    kind = forms.ChoiceField(choices=Guard.Kind.choices)
    value = forms.CharField(label=gettext_lazy("Word"), max_length=60)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)


@requires(Capability.MAKE_PLAYS)
def show(request: HttpRequest) -> HttpResponse:
    lists = [
        {"kind": kind, "label": label, "words": plays.list_guards(kind)}
        for kind, label in Guard.Kind.choices
    ]
    return render(request, "console/play_guards.html", {"lists": lists, "view": "guards"})


@require_POST
@requires(Capability.MAKE_PLAYS)
def add(request: HttpRequest) -> HttpResponse:
    try:
        told = given(GuardForm(request.POST))
        plays.add_guard(signed_in(request), told["kind"], told["value"], told["note"])
    except UserError as error:
        messages.error(request, str(error))
    return redirect("play_guards")


@require_POST
@requires(Capability.MAKE_PLAYS)
def drop(request: HttpRequest) -> HttpResponse:
    try:
        told = given(GuardForm(request.POST))
        plays.drop_guard(signed_in(request), told["kind"], told["value"])
    except UserError as error:
        messages.error(request, str(error))
    else:
        said = _("“%(word)s” is out of the list; add it again to undo this.")
        messages.success(request, said % {"word": told["value"]})
    return redirect("play_guards")
