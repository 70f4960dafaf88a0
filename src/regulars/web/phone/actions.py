"""On the phone: findings nobody has answered, what is to be done and whether it is."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.understand.actions import service
from regulars.understand.actions.models import Action
from regulars.web.parts.doing import WordForm, give_as_asked, page_of_action, page_of_giving
from regulars.web.parts.forms import given
from regulars.web.parts.who import signed_in

MOST_FINDINGS, MOST_OPEN, MOST_DONE = 8, 40, 12


@requires(Capability.SEE_ACTIONS)
def show_all(request: HttpRequest) -> HttpResponse:
    scope, user = scope_of(request.user), signed_in(request)
    actions = service.list_actions(scope)
    open_ones = actions.filter(state=Action.State.OPEN)
    own = list(service.list_own(user, open_ones)[:MOST_OPEN])
    page: dict[str, Any] = {
        "own": own,
        "others": list(open_ones.exclude(pk__in=[action.pk for action in own])[:MOST_OPEN]),
        "done": list(actions.filter(state=Action.State.DONE).order_by("-closed_at")[:MOST_DONE]),
    }
    if scope.may(Capability.GIVE_ACTIONS):
        page["findings"] = service.list_unanswered(scope)[:MOST_FINDINGS]
    return render(request, "phone/actions.html", page)


@requires(Capability.GIVE_ACTIONS)
def give(request: HttpRequest) -> HttpResponse:
    """The page of one finding, and the form that gives it to someone."""
    page = page_of_giving(request)
    if request.method == "POST" and (action := give_as_asked(request, page)):
        messages.success(request, _("Given to %(name)s.") % {"name": action.whose})
        return redirect("phone_action", action.pk)
    return render(request, "phone/action_new.html", page)


@requires(Capability.SEE_ACTIONS)
def show(request: HttpRequest, action_id: int) -> HttpResponse:
    scope, user = scope_of(request.user), signed_in(request)
    action = service.get_action(scope, action_id)
    return render(request, "phone/action.html", page_of_action(action, scope, user))


@require_POST
@requires(Capability.SEE_ACTIONS)
def report(request: HttpRequest, action_id: int) -> HttpResponse:
    action = service.get_action(scope_of(request.user), action_id)
    word = given(WordForm(request.POST))["text"]
    service.report_done(signed_in(request), scope_of(request.user), action, word)
    messages.success(request, _("Reported. Whoever gave it sees it now."))
    return redirect("phone_action", action.pk)


@require_POST
@requires(Capability.SEE_ACTIONS)
def reopen(request: HttpRequest, action_id: int) -> HttpResponse:
    action = service.get_action(scope_of(request.user), action_id)
    service.reopen(signed_in(request), scope_of(request.user), action)
    return redirect("phone_action", action.pk)


@require_POST
@requires(Capability.SEE_ACTIONS)
def say(request: HttpRequest, action_id: int) -> HttpResponse:
    action = service.get_action(scope_of(request.user), action_id)
    service.comment(signed_in(request), action, given(WordForm(request.POST))["text"])
    return redirect("phone_action", action.pk)
