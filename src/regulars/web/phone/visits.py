"""Store visits 巡店 on the phone: three stores, why, what to ask; what was seen and promised."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.understand.actions import service
from regulars.web.parts.doing import place_of_code, stores_to_choose
from regulars.web.parts.forms import DateField, Form, given
from regulars.web.parts.who import signed_in


class VisitForm(Form):
    note = forms.CharField(required=False, max_length=4_000)
    promised = forms.CharField(required=False, max_length=1_000)
    due_on = DateField(required=False)


class PromiseForm(Form):
    is_kept = forms.TypedChoiceField(
        choices=(("yes", ""), ("no", "")), coerce=lambda told: told == "yes"
    )


@requires(Capability.GIVE_ACTIONS)
def show_all(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    page = {
        "to_visit": service.list_to_visit(scope),
        "promises": service.list_open_promises(scope),
        **stores_to_choose(request, scope),
    }
    return render(request, "phone/visits.html", page)


@requires(Capability.GIVE_ACTIONS)
def show(request: HttpRequest, code: str) -> HttpResponse:
    """A store as its visitor needs it: why, what to ask, and what was promised last time."""
    scope, store = scope_of(request.user), place_of_code(scope_of(request.user), code)
    all_of_them = {each.store.pk: each for each in service.list_to_visit(scope, most=10_000)}
    page = {
        "store": store,
        "why": all_of_them.get(store.pk),
        "promises": [p for p in service.list_open_promises(scope) if p.node_id == store.pk],
        "visits": service.list_visits(store),
        "actions": service.list_actions(scope).filter(node=store, state="open", parent=None),
    }
    return render(request, "phone/visit.html", page)


@require_POST
@requires(Capability.GIVE_ACTIONS)
def note(request: HttpRequest, code: str) -> HttpResponse:
    store, wish = place_of_code(scope_of(request.user), code), given(VisitForm(request.POST))
    promised = [(wish["promised"], wish["due_on"])] if wish["promised"] else []
    service.note_visit(
        signed_in(request), scope_of(request.user), store, wish["note"], promised
    )  # fmt: skip
    messages.success(request, _("Written down. What was promised is asked about next time."))
    return redirect("visit", store.code)


@require_POST
@requires(Capability.GIVE_ACTIONS)
def tell(request: HttpRequest, promise_id: int) -> HttpResponse:
    is_kept = given(PromiseForm(request.POST))["is_kept"]
    promise = service.tell_promise(
        signed_in(request), scope_of(request.user), promise_id, is_kept
    )  # fmt: skip
    return redirect("visit", promise.node.code)
