"""Why my number moved, for one thumb: causes as sentences, the evidence one tap away."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.understand.diagnosis.service import diagnose
from regulars.understand.metrics.service import Period, get_freshness, month_of
from regulars.web.parts.causes import asked_in, back_to, page_of, set_aside, tell_again


@requires(Capability.SEE_TARGETS)
def show(request: HttpRequest) -> HttpResponse:
    asked = asked_in(request)
    told = diagnose(scope_of(request.user), asked.question, asked.against)
    page = page_of(told, asked, "phone_why") | {
        "periods": periods(),
        "freshness": get_freshness(),
    }
    return render(request, "phone/why.html", page)


@require_POST
@requires(Capability.GIVE_ACTIONS)
def dismiss(request: HttpRequest, finding_id: int) -> HttpResponse:
    set_aside(request, finding_id)
    return redirect(back_to(request, "phone_why"))


@require_POST
@requires(Capability.GIVE_ACTIONS)
def take_back(request: HttpRequest, dismissal_id: int) -> HttpResponse:
    tell_again(request, dismissal_id)
    return redirect(back_to(request, "phone_why"))


def periods() -> list[tuple[Promise, Period]]:
    """Those that each morning looks at: they are there at once."""
    today = clock.today()
    this = month_of(today)
    so_far = Period(this.start, today + timedelta(days=1))
    return [(_("This month"), so_far), (_("Last month"), month_of(this.start - timedelta(days=1)))]
