"""The first page of the desk: blocks in one's own order, and the walk through the demo's roles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.web.console.demo_roles import become, list_demo_roles
from regulars.web.parts.blocks import pages
from regulars.web.parts.blocks.block import Device


@requires(Capability.ENTER)
def show(request: HttpRequest) -> HttpResponse:
    page = pages.page_of_home(request, Device.DESK) | {"roles": list_demo_roles()}
    return render(request, "console/home.html", page)


@requires(Capability.ENTER)
def show_block(request: HttpRequest, code: str) -> HttpResponse:
    return pages.answer_block(request, Device.DESK, code)


@requires(Capability.ENTER)
def arrange(request: HttpRequest) -> HttpResponse:
    return pages.arrange(request, Device.DESK, "console/arrange.html")


@require_POST
@requires(Capability.ENTER)
def switch_role(request: HttpRequest) -> HttpResponse:
    become(request, request.POST.get("username", ""))
    return redirect("home")
