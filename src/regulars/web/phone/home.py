"""The phone's first page: blocks in one's own order, for one thumb."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.ground.accounts.access import Capability, requires
from regulars.web.parts.blocks import pages
from regulars.web.parts.blocks.block import Device


@requires(Capability.ENTER)
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "phone/home.html", pages.page_of_home(request, Device.PHONE))


@requires(Capability.ENTER)
def show_block(request: HttpRequest, code: str) -> HttpResponse:
    return pages.answer_block(request, Device.PHONE, code)


@requires(Capability.ENTER)
def arrange(request: HttpRequest) -> HttpResponse:
    return pages.arrange(request, Device.PHONE, "phone/arrange.html")
