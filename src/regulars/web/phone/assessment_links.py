"""Assessments for whoever serves: a code to be scanned at the counter, a link to be sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from regulars.act.assessments import service
from regulars.act.assessments.models import Assessment
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.org.models import Node
from regulars.ground.org.service import get_place
from regulars.know.members.service import get_member
from regulars.web.parts.blocks.filling import qr_code
from regulars.web.parts.who import signed_in


@requires(Capability.WORK_LEADS)
def show(request: HttpRequest) -> HttpResponse:
    """Those that are open, each with one's own link; `?member=` makes it hers."""
    scope, user = scope_of(request.user), signed_in(request)
    code = request.GET.get("member", "").strip()
    member = get_member(scope, code) if code else None
    place = get_place(scope.node_id)
    store = place if place.kind == Node.Kind.STORE else None
    links = []
    for each in service.list_assessments().filter(state=Assessment.State.OPEN):
        token = service.token_of(each, member=member, staff=user.staff, store=store)
        address = request.build_absolute_uri(reverse("assessment_begin", args=[token]))
        links.append({"assessment": each, "address": address, "qr": qr_code(address)})
    return render(request, "phone/assessment_links.html", {"links": links, "member": member})
