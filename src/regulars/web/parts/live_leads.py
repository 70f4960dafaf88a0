"""The way to the stream of leads, for whoever is signed in: with a ticket for the own stores."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from regulars.act.tasks.service import give_lead_ticket
from regulars.ground.accounts.access import Capability, requires, scope_of

STREAM = "/api/v1/leads/stream"


@require_safe
@requires(Capability.SEE_LEADS)
def hear(request: HttpRequest) -> HttpResponse:
    """A browser that comes back to this address after a break is looked at anew."""
    return to_lead_stream(give_lead_ticket(scope_of(request.user)))


def to_lead_stream(ticket: str) -> HttpResponse:
    """A redirect, 307."""
    response = HttpResponseRedirect(f"{STREAM}?{urlencode({'ticket': ticket})}")
    response.status_code = 307
    response["Cache-Control"] = "no-store"
    return response
