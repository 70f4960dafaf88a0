"""The phone's first page: today's number, and the tree for one thumb."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.ground.accounts.access import Capability, requires


@requires(Capability.ENTER)
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "phone/home.html", {})
