"""A play handed in, approved, given back and stopped; what came of it counted now."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Play
from regulars.act.tasks import service as tasks
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.understand.experiments.service import keep
from regulars.web.parts.who import signed_in


@require_POST
@requires(Capability.MAKE_PLAYS)
def submit(request: HttpRequest, code: str) -> HttpResponse:
    return _moved(request, code, plays.submit, _("Handed in: somebody else approves it."))


@require_POST
@requires(Capability.APPROVE_PLAYS)
def approve(request: HttpRequest, code: str) -> HttpResponse:
    return _moved(request, code, plays.approve, _("Approved: it runs between its days."))


@require_POST
@requires(Capability.APPROVE_PLAYS)
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    return _moved(request, code, plays.send_back, _("Given back: it is a draft again."))


@require_POST
@requires(Capability.APPROVE_PLAYS)
def stop(request: HttpRequest, code: str) -> HttpResponse:
    return _moved(request, code, plays.stop, _("Stopped: nobody is reached for it any more."))


@require_POST
@requires(Capability.SEE_PLAYS)
def count(request: HttpRequest, code: str) -> HttpResponse:
    """What came of it until this moment, in place of what the last night counted."""
    play = plays.get_play(scope_of(request.user), code)
    if play.experiment is None or play.experiment.began_on > clock.today():
        raise UserError(_("Nothing is measured of this play today."))
    keep(play.experiment, clock.today())
    return redirect("play", code)


@require_POST
@requires(Capability.ASSIGN_LEADS)
def open_at_stores(request: HttpRequest, code: str) -> HttpResponse:
    """It rains: the play's task at the stores of one's place, or at those named."""
    play = plays.get_play(scope_of(request.user), code)
    named = [each.strip() for each in request.POST.get("stores", "").split(",") if each.strip()]
    try:
        opened = tasks.open_by_hand(signed_in(request), play, named or None)
    except UserError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("Opened at %(n)s store.", "Opened at %(n)s stores.", opened)
        messages.success(request, text % {"n": opened})
    if request.POST.get("from") == "team":
        return redirect(f"{reverse('team')}?{urlencode({'org': ','.join(named)})}")
    return redirect("play", code)


def _moved(
    request: HttpRequest, code: str, move: Callable[[User, Play], Play], done: Promise
) -> HttpResponse:
    """What cannot be is told on the play's own page."""
    play = plays.get_play(scope_of(request.user), code)
    try:
        move(signed_in(request), play)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
    return redirect("play", code)
