"""The morning huddle 晨会: what is said in five minutes, and given out with one tap."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit.errors import NotFound
from regulars.ground.org.models import Node
from regulars.understand.actions import service
from regulars.understand.metrics.service import get_freshness
from regulars.web.parts.doing import store_asked, stores_to_choose
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in


class ShiftForm(Form):
    staff = forms.IntegerField()
    is_on = forms.BooleanField(required=False)


class GiveForm(Form):
    action = forms.IntegerField()
    who = forms.CharField()


@requires(Capability.SEE_ACTIONS)
def show(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    store = store_asked(request, scope)
    if store is None:
        return render(request, "phone/huddle_of.html", stores_to_choose(request, scope))
    page = {
        "huddle": service.get_huddle(scope, store),
        "people": service.list_people(store),
        "freshness": get_freshness(),
    }
    return render(request, "phone/huddle.html", page)


@require_POST
@requires(Capability.GIVE_ACTIONS)
def put_on_shift(request: HttpRequest) -> HttpResponse:
    wish, store = given(ShiftForm(request.POST)), _store(request)
    service.put_on_shift(signed_in(request), store, wish["staff"], wish["is_on"])
    return _back(store, "roster")


@require_POST
@requires(Capability.GIVE_ACTIONS)
def give_out(request: HttpRequest) -> HttpResponse:
    wish, store, scope = given(GiveForm(request.POST)), _store(request), scope_of(request.user)
    action = service.get_action(scope, wish["action"])
    given_out = service.give_out(signed_in(request), scope, action, wish["who"])
    messages.success(request, _("Given to %(name)s.") % {"name": given_out.whose})
    return _back(store, f"action-{action.pk}")


def _store(request: HttpRequest) -> Node:
    store = store_asked(request, scope_of(request.user))
    if store is None:
        raise NotFound(_("Say which store."))
    return store


def _back(store: Node, where: str) -> HttpResponse:
    return redirect(f"{reverse('huddle')}?org={store.code}#{where}")
