"""A member's card for one thumb: who she is, what matters, and what staff know of her."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.know.members import service
from regulars.know.tags.service import Subject
from regulars.web.parts.by_hand import set_as_asked
from regulars.web.parts.tags_of import tags_of
from regulars.web.parts.who import signed_in

MOST_FOUND = 20


@requires(Capability.SEE_MEMBERS)
def find(request: HttpRequest) -> HttpResponse:
    """Those found by name, whole phone or number; the latest to join while nothing is asked."""
    text = request.GET.get("q", "").strip()
    found = service.search_members(scope_of(request.user), text).select_related("home_store")
    members = list(found[:MOST_FOUND])
    if text and len(members) == 1:
        return redirect("phone_member", members[0].code)
    page = {"members": members, "q": text, "most": MOST_FOUND}
    return render(request, "phone/members.html", page)


@requires(Capability.SEE_MEMBERS)
def show(request: HttpRequest, code: str) -> HttpResponse:
    scope = scope_of(request.user)
    member = service.get_member(scope, code)
    page = {
        "member": member,
        "profile": service.get_profile(member),
        "tags": tags_of(signed_in(request), scope, Subject.MEMBER, member.pk),
        "set_url": reverse("phone_member_set", args=[member.code]),
    }
    return render(request, "phone/member.html", page)


@require_POST
@requires(Capability.SET_TAGS)
def set_by_hand(request: HttpRequest, code: str) -> HttpResponse:
    member = service.get_member(scope_of(request.user), code)
    set_as_asked(request, Subject.MEMBER, member.pk)
    return redirect(f"{reverse('phone_member', args=[member.code])}#by-hand")
