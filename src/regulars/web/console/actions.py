"""Actions at the desk: all of them, those that are late or did not help first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.understand.actions import service
from regulars.understand.actions.models import Action
from regulars.web.parts import charts
from regulars.web.parts.doing import (
    WordForm,
    about,
    give_as_asked,
    page_of_action,
    page_of_giving,
    rate_kept,
    unit_of,
)
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.forms import given
from regulars.web.parts.tables import CHANGE, DATE, SIGNED, Column, at, table_of
from regulars.web.parts.who import signed_in

TOO_EARLY = gettext_lazy("Too early to say, or nothing to stand beside.")
MOST_FINDINGS = 10


def state_of(action: Action) -> str:
    if action.is_late:
        return _("late")
    if action.is_ineffective:
        return _("did not help")
    return str(action.get_state_display())


COLUMNS = (
    Column(
        "what",
        gettext_lazy("What is to be done"),
        at("what"),
        link=lambda action: reverse("action", args=[action.pk]),
    ),
    Column("node", gettext_lazy("Place"), at("node.name"), order="node__name"),
    Column("whose", gettext_lazy("By whom"), at("whose"), is_sortable=False),
    Column("given", gettext_lazy("Given by"), lambda a: str(a.made_by or ""), is_sortable=False),
    Column("state", gettext_lazy("State"), state_of, order="urgency"),
    Column("due", gettext_lazy("Until"), at("due_on"), DATE, order="due_on"),
    Column(
        "factor",
        gettext_lazy("Is to move"),
        lambda a: about(a.part, a.expected_factor),
        order="expected_factor",
    ),
    Column(
        "expected", gettext_lazy("Expected"), at("expected_cents"), SIGNED, order="expected_cents"
    ),
    Column(
        "ahead",
        gettext_lazy("Ahead of comparable places"),
        lambda action: rate_kept(action.effect, "ahead"),
        CHANGE,
        reason=TOO_EARLY,
        is_sortable=False,
    ),
    Column("result", gettext_lazy("What came of it"), at("result")),
)


@requires(Capability.SEE_ACTIONS)
def show_all(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    actions = service.list_actions(scope)
    find_in = ("what", "node__name", "result", "staff__name")
    table = table_of(request, actions, COLUMNS, sort="state", find_in=find_in)
    if wants_excel(request):
        return as_excel(request, table, "actions")
    page = {"table": table, "findings": [], "view": "actions"}
    if scope.may(Capability.GIVE_ACTIONS):
        page["findings"] = service.list_unanswered(scope)[:MOST_FINDINGS]
    return render(request, "console/actions.html", page)


@requires(Capability.GIVE_ACTIONS)
def give(request: HttpRequest) -> HttpResponse:
    page = page_of_giving(request)
    if request.method == "POST" and (action := give_as_asked(request, page)):
        messages.success(request, _("Given to %(name)s.") % {"name": action.whose})
        return redirect("action", action.pk)
    return render(request, "console/action_new.html", page)


@requires(Capability.SEE_ACTIONS)
def show(request: HttpRequest, action_id: int) -> HttpResponse:
    scope = scope_of(request.user)
    action = service.get_action(scope, action_id)
    page = page_of_action(action, scope, signed_in(request))
    course = page["course"]
    if course is not None:
        page["chart"] = _chart(action, course)
    return render(request, "console/action.html", page)


@require_POST
@requires(Capability.SEE_ACTIONS)
def report(request: HttpRequest, action_id: int) -> HttpResponse:
    scope, word = scope_of(request.user), given(WordForm(request.POST))["text"]
    service.report_done(signed_in(request), scope, service.get_action(scope, action_id), word)
    return redirect("action", action_id)


@require_POST
@requires(Capability.GIVE_ACTIONS)
def drop(request: HttpRequest, action_id: int) -> HttpResponse:
    scope, word = scope_of(request.user), given(WordForm(request.POST))["text"]
    service.drop(signed_in(request), scope, service.get_action(scope, action_id), word)
    return redirect("action", action_id)


@require_POST
@requires(Capability.SEE_ACTIONS)
def reopen(request: HttpRequest, action_id: int) -> HttpResponse:
    scope = scope_of(request.user)
    service.reopen(signed_in(request), scope, service.get_action(scope, action_id))
    return redirect("action", action_id)


@require_POST
@requires(Capability.SEE_ACTIONS)
def say(request: HttpRequest, action_id: int) -> HttpResponse:
    action = service.get_action(scope_of(request.user), action_id)
    service.comment(signed_in(request), action, given(WordForm(request.POST))["text"])
    return redirect("action", action_id)


def _chart(action: Action, course: service.Course) -> charts.Chart:
    return charts.lines(
        "course",
        about(action.part, action.expected_factor),
        unit_of(action.part, action.expected_factor),
        [week.start.isoformat() for week in course.weeks],
        charts.Series(action.node.name, [week.value for week in course.weeks]),
        charts.Series(_("Comparable places"), [week.others for week in course.weeks]),
    )
