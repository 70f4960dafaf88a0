"""The briefing 早报 and the closing 日结 at the desk, to be read or printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.ground.accounts.access import Capability, requires
from regulars.web.parts.briefing import page_of_day


@requires(Capability.SEE_METRICS)
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "console/briefing.html", page_of_day(request))
