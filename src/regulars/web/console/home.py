"""The first page of the desk: blocks in one's own order, and the walk through the demo's roles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.web.parts.blocks import pages
from regulars.web.parts.blocks.block import Device
from regulars.web.parts.demo_roles import become


@requires(Capability.ENTER)
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "console/home.html", pages.page_of_home(request, Device.DESK))


@requires(Capability.ENTER)
def show_block(request: HttpRequest, code: str) -> HttpResponse:
    return pages.answer_block(request, Device.DESK, code)


@requires(Capability.ENTER)
def arrange(request: HttpRequest) -> HttpResponse:
    return pages.arrange(request, Device.DESK, "console/arrange.html")


@require_POST
@requires(Capability.ENTER)
def switch_role(request: HttpRequest) -> HttpResponse:
    """The walk goes on where it was: on the phone, or at the desk."""
    become(request, request.POST.get("username", ""))
    return redirect(pages.HOME[Device.PHONE if "is_phone" in request.POST else Device.DESK])
