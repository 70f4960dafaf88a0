"""What is done to a lead from the phone: by a form, or by a script that may have been away."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.act.tasks import service
from regulars.act.tasks.models import Lead
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.members.service import number_to_dial
from regulars.understand.experiments.models import Touch
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in
from regulars.web.phone.leads import back_to

A_SHIFT = timedelta(hours=12)
Act = Callable[[User, uuid.UUID | None], Lead]


class ReportForm(Form):
    result = forms.ChoiceField(choices=Lead.Result.choices)
    note = forms.CharField(required=False, max_length=1000)
    next_contact_on = forms.DateField(required=False)
    version = forms.IntegerField(required=False)


class ChannelForm(Form):
    channel = forms.ChoiceField(choices=Touch.Channel.choices)


class RequestForm(Form):
    request_id = forms.UUIDField(required=False)


@require_POST
@requires(Capability.WORK_LEADS)
def claim(request: HttpRequest, lead_id: int) -> HttpResponse:
    return _done(request, lead_id, lambda user, said: service.claim(user, lead_id, said))


@require_POST
@requires(Capability.WORK_LEADS)
def give_back(request: HttpRequest, lead_id: int) -> HttpResponse:
    return _done(request, lead_id, lambda user, said: service.give_back(user, lead_id, said))


@require_POST
@requires(Capability.WORK_LEADS)
def report(request: HttpRequest, lead_id: int) -> HttpResponse:
    def close(user: User, said: uuid.UUID | None) -> Lead:
        wish = given(ReportForm(request.POST))
        return service.close(
            user,
            lead_id,
            wish["result"],
            wish["note"],
            next_contact_on=wish["next_contact_on"],
            request_id=said,
            version=wish["version"],
        )

    return _done(request, lead_id, close)


@require_POST
@requires(Capability.WORK_LEADS)
def reopen(request: HttpRequest, lead_id: int) -> HttpResponse:
    return _done(request, lead_id, lambda user, said: service.reopen(user, lead_id, said))


@require_POST
@requires(Capability.WORK_LEADS)
def touch(request: HttpRequest, lead_id: int) -> HttpResponse:
    def note(user: User, said: uuid.UUID | None) -> Lead:
        channel = given(ChannelForm(request.POST))["channel"]
        return service.touch(user, lead_id, channel, said)

    return _done(request, lead_id, note)


@require_POST
@requires(Capability.WORK_LEADS)
def call(request: HttpRequest, lead_id: int) -> HttpResponse:
    """The number for the dialler, and for nothing else: each time is in the audit log, and the
    first time of a shift counts as a contact. Without a script: a button that dials."""
    user = signed_in(request)
    try:
        with transaction.atomic():
            number = _number(user, lead_id, given(ChannelForm(request.POST))["channel"])
    except UserError as error:
        if not wants_json(request):
            raise
        return _refused(error)
    if wants_json(request):
        response: HttpResponse = JsonResponse({"state": "done", "number": number})
    else:
        response = render(request, "phone/dial.html", {"number": number})
    response["Cache-Control"] = "no-store"
    return response


def _number(user: User, lead_id: int, channel: str) -> str:
    lead = service.get_lead(scope_of(user), lead_id)
    if lead.member is None:
        raise NotFound(_("This task is about nobody who could be called."))
    if not lead.contacts.filter(channel=channel, made_at__gt=clock.now() - A_SHIFT).exists():
        service.touch(user, lead_id, channel)
    return number_to_dial(user, lead.member)


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _done(request: HttpRequest, lead_id: int, act: Act) -> HttpResponse:
    """Do it once, however often it is sent; say what became of it."""
    said = given(RequestForm(request.POST))["request_id"]
    try:
        with transaction.atomic():
            lead = act(signed_in(request), said)
    except UserError as error:
        if wants_json(request):
            return _refused(error)
        if not isinstance(error, service.Conflict | service.Taken):
            raise
        messages.error(request, str(error))
        return back_to(request, lead_id)
    if wants_json(request):
        return JsonResponse({"state": "done", "version": lead.version, "text": _word(lead)})
    messages.success(request, _word(lead))
    return back_to(request, lead_id)


def _word(lead: Lead) -> str:
    if lead.result:
        return str(lead.get_result_display())
    return str(lead.get_state_display())


def _refused(error: UserError) -> JsonResponse:
    """A conflict is nobody's mistake: somebody else was faster, or it is gone from here."""
    is_conflict = isinstance(error, service.Conflict | service.Taken | NotFound)
    told = {"state": "conflict" if is_conflict else "refused", "text": str(error)}
    return JsonResponse(told, status=409 if is_conflict else 400)
