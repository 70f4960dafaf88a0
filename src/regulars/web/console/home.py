"""The first page: who am I here, who are the members, what moved."""

import io

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.web.console.demo_roles import become, list_demo_roles


@requires(Capability.ENTER)
def show(request: HttpRequest) -> HttpResponse:
    phone_address = request.build_absolute_uri(reverse("phone_home"))
    page = {
        "roles": list_demo_roles(),
        "phone_address": phone_address,
        "phone_code": qr_code(phone_address),
    }
    return render(request, "console/home.html", page)


@require_POST
@requires(Capability.ENTER)
def switch_role(request: HttpRequest) -> HttpResponse:
    become(request, request.POST.get("username", ""))
    return redirect("home")


def qr_code(text: str) -> SafeString:
    """An SVG that a phone's camera reads."""
    drawing = io.BytesIO()
    segno.make(text, error="m").save(
        drawing, kind="svg", scale=4, border=1, xmldecl=False, svgns=False, omitsize=True
    )
    return mark_safe(drawing.getvalue().decode())  # drawn here, from an address
