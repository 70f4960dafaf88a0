"""The team's board: who has what, who is stuck; hand out, split, add a task, hand members over."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.act.tasks import service
from regulars.act.tasks.models import Handover, Lead
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.models import Node, Staff
from regulars.web.parts.doing import store_asked, stores_to_choose
from regulars.web.parts.forms import Form, given
from regulars.web.parts.leads import cards_of
from regulars.web.parts.who import signed_in

MOST_SHOWN = 40
NOBODY, SHARE = "nobody", "share-"
HOURS_TO_BEGIN = 4


class TaskForm(Form):
    title = forms.CharField(max_length=200)
    note = forms.CharField(max_length=2000, required=False)
    due_on = forms.DateField(required=False)
    staff = forms.IntegerField(required=False)
    request_id = forms.UUIDField(required=False)


class HandOutForm(Form):
    staff = forms.IntegerField()
    request_id = forms.UUIDField(required=False)


@requires(Capability.ASSIGN_LEADS)
def show(request: HttpRequest) -> HttpResponse:
    """The board of a store; `who`: whose leads stand below it, nobody's where none is named."""
    scope = scope_of(request.user)
    store = store_asked(request, scope)
    if store is None:
        page = stores_to_choose(request, scope) | {"of": reverse("team")}
        return render(request, "phone/team_of.html", page)
    board = service.team_board(scope, store)
    asked = request.GET.get("who", NOBODY)
    whose = next((each for each in board.people if str(_pk(each)) == asked), board.nobody)
    leads = service.list_leads(scope, store=store, state="to_do")
    leads = leads.filter(staff=whose.staff) if whose.staff else leads.filter(staff=None)
    page = {
        "store": store,
        "board": board,
        "people": sorted(board.people, key=_urgency),
        "stuck": {_pk(each) for each in board.people if is_stuck(each)},
        "whose": whose,
        "others": [each for each in board.people if each is not whose and each.staff],
        "cards": cards_of(request, list(leads.values_list("pk", flat=True)[:MOST_SHOWN])),
        "handover": _handover_of_today(store),
        "at_stores": service.list_running_at_stores(),
    }
    return render(request, "phone/team.html", page)


@require_POST
@requires(Capability.ASSIGN_LEADS)
def hand_out(request: HttpRequest) -> HttpResponse:
    user, store, wish = signed_in(request), _store(request), given(HandOutForm(request.POST))
    ids = [int(each) for each in request.POST.getlist("lead") if each.isdecimal()]
    if not ids:
        raise UserError(_("Choose what to hand out."), field="lead")
    staff = _person(wish["staff"])
    leads = service.assign(user, ids, staff, wish["request_id"])
    told = ngettext("%(n)s handed to %(name)s.", "%(n)s handed to %(name)s.", len(leads))
    messages.success(request, told % {"n": len(leads), "name": staff.name})
    return _back(request, store)


@require_POST
@requires(Capability.ASSIGN_LEADS)
def split(request: HttpRequest, lead_id: int) -> HttpResponse:
    user, store = signed_in(request), _store(request)
    chosen = [int(each) for each in request.POST.getlist("staff") if each.isdecimal()]
    parts = service.split(user, lead_id, list(Staff.objects.filter(pk__in=chosen)))
    messages.success(request, _("Split among %(n)s.") % {"n": len(parts)})
    return _back(request, store)


@require_POST
@requires(Capability.ASSIGN_LEADS)
def add_task(request: HttpRequest) -> HttpResponse:
    user, store, wish = signed_in(request), _store(request), given(TaskForm(request.POST))
    service.add_task(
        user,
        store,
        wish["title"],
        note=wish["note"],
        due_on=wish["due_on"],
        staff=_person(wish["staff"]) if wish["staff"] else None,
        request_id=wish["request_id"],
    )
    messages.success(request, _("Added."))
    return _back(request, store)


@require_POST
@requires(Capability.ASSIGN_LEADS)
def hand_over(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Members and leads of someone who leaves, by parts: the fields `share-ID` hold them."""
    user, store, staff = signed_in(request), _store(request), _person(staff_id)
    done = service.hand_over(user, staff, _shares(request), store)
    messages.success(
        request,
        _("%(members)s members and %(leads)s leads of %(name)s went to others.")
        % {"members": done.members, "leads": done.leads, "name": staff.name},
    )
    return _back(request, store)


@require_POST
@requires(Capability.ASSIGN_LEADS)
def take_back(request: HttpRequest, handover_id: int) -> HttpResponse:
    store = _store(request)
    handover = get_object_or_404(Handover, pk=handover_id, store=store)
    service.take_back_handover(signed_in(request), handover)
    messages.success(request, _("Taken back."))
    return _back(request, store)


@requires(Capability.SEE_LEADS)
def results(request: HttpRequest) -> HttpResponse:
    """What came of the own leads; whoever hands out leads may look at anybody of the store."""
    scope, user = scope_of(request.user), signed_in(request)
    asked, staff = request.GET.get("who", ""), user.staff
    page: dict[str, Any] = {}
    if scope.may(Capability.ASSIGN_LEADS) and (store := store_asked(request, scope)):
        people = [each.staff for each in service.team_board(scope, store).people if each.staff]
        page |= {"people": people, "store": store}
        chosen = next((each for each in people if str(each.pk) == asked), None)
        staff = chosen or staff or next(iter(people), None)
    if staff is None:
        return render(request, "phone/results.html", page)
    told = service.my_results(scope, staff)
    labels = dict(Lead.Result.choices)
    by_result = sorted(told.by_result.items(), key=lambda pair: -pair[1])
    page |= {
        "staff": staff,
        "results": told,
        "by_result": [(labels.get(code, code), count) for code, count in by_result],
    }
    return render(request, "phone/results.html", page)


def is_stuck(load: service.Load) -> bool:
    """Something is late, or, some hours into the day, nothing was touched by someone who is here
    and has work."""
    is_idle = load.is_on and load.to_do and not (load.touched or load.done)
    return bool(load.late or (is_idle and clock.is_past(chain().briefing_hour + HOURS_TO_BEGIN)))


def _urgency(load: service.Load) -> tuple[bool, bool, int]:
    """Who is stuck first, then who is here, then who has most."""
    return not is_stuck(load), not load.is_on, -load.to_do


def _pk(load: service.Load) -> int | None:
    return load.staff.pk if load.staff else None


def _person(staff_id: int) -> Staff:
    staff = Staff.objects.filter(pk=staff_id).first()
    if staff is None:
        raise NotFound(_("There is no such person."), field="staff")
    return staff


def _shares(request: HttpRequest) -> dict[int, int]:
    names = [name for name in request.POST if name.startswith(SHARE)]
    told = {name.removeprefix(SHARE): request.POST[name] for name in names}
    return {int(pk): int(n) for pk, n in told.items() if pk.isdecimal() and str(n).isdecimal()}


def _handover_of_today(store: Node) -> Handover | None:
    latest = Handover.objects.filter(store=store).select_related("from_staff").order_by("-pk")
    found = latest.first()
    is_todays = found and clock.business_date(found.made_at) == clock.business_date(clock.now())
    return found if is_todays else None


def _store(request: HttpRequest) -> Node:
    store = store_asked(request, scope_of(request.user))
    if store is None:
        raise NotFound(_("Say which store."))
    return store


def _back(request: HttpRequest, store: Node) -> HttpResponse:
    told = {"org": store.code, "who": request.POST.get("who", NOBODY)}
    return redirect(f"{reverse('team')}?{urlencode(told)}")
