"""The first page: who am I here, who are the members, what moved."""

import io
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.know.collect.service import get_backlog, list_open_rejects
from regulars.understand.metrics.service import (
    ask,
    get_freshness,
    get_member_assets,
    get_tree,
    list_trend,
)
from regulars.web.console.demo_roles import become, list_demo_roles
from regulars.web.console.metrics import drawing_of, trend_chart
from regulars.web.parts.live import live_numbers


@requires(Capability.ENTER)
def show(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    phone_address = request.build_absolute_uri(reverse("phone_home"))
    page: dict[str, Any] = {
        "roles": list_demo_roles(),
        "phone_address": phone_address,
        "phone_code": qr_code(phone_address),
    }
    if scope.may(Capability.SEE_METRICS):
        page |= this_month(scope) | live_numbers(scope)
        if not scope.category_codes and not scope.brand_codes:
            page["assets"] = get_member_assets(scope)
    if scope.may(Capability.SEE_HEALTH):
        page |= {"backlog": get_backlog(), "reject_count": list_open_rejects().count()}
    return render(request, "console/home.html", page)


def this_month(scope: Scope) -> dict[str, Any]:
    """The tree of the scope's whole place for today's month, its largest gap opened."""
    question = ask(scope)
    comparison = get_tree(question)
    return {
        "question": question,
        "freshness": get_freshness(),
        "trend": trend_chart(list_trend(question)),
        "tree_path": reverse("metrics"),
        **drawing_of(comparison, ""),
    }


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
