"""A member's card for one thumb, at the counter: found by name, phone, number or bar code; one who
is at home in another store for the time of her visit, which is written down."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from regulars.act.tasks.models import GuestVisit
from regulars.act.tasks.service import open_visits, visit_member
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit.errors import NotFound
from regulars.know.members import service
from regulars.know.members.models import Member
from regulars.know.tags.service import Subject
from regulars.web.parts.by_hand import set_as_asked
from regulars.web.parts.forms import Form, given
from regulars.web.parts.names import masked_name
from regulars.web.parts.who import signed_in
from regulars.web.phone.member_card import card_of

MOST_FOUND = 20


class GuestForm(Form):
    who = forms.CharField(max_length=100)


@requires(Capability.SEE_MEMBERS)
def find(request: HttpRequest) -> HttpResponse:
    """Those found by name, whole phone or number; the latest to join while nothing is asked."""
    text = request.GET.get("q", "").strip()
    scope = scope_of(request.user)
    found = service.search_members(scope, text).select_related("home_store")
    members = list(found[:MOST_FOUND])
    if text and len(members) == 1:
        return redirect("phone_member", members[0].code)
    named = [(member, masked_name(member), service.masked_phone(member)) for member in members]
    page = {"members": named, "q": text, "most": MOST_FOUND, "may_visit": scope.node_id is not None}
    return render(request, "phone/members.html", page)


@requires(Capability.SEE_MEMBERS)
def show(request: HttpRequest, code: str) -> HttpResponse:
    user = signed_in(request)
    member, visit = member_at_hand(user, code)
    page = card_of(user, scope_of(user), member, visit)
    page["set_url"] = reverse("phone_member_set", args=[member.code])
    return render(request, "phone/member.html", page)


@require_POST
@requires(Capability.SET_TAGS)
def set_by_hand(request: HttpRequest, code: str) -> HttpResponse:
    member, _visit = member_at_hand(signed_in(request), code)
    set_as_asked(request, Subject.MEMBER, member.pk)
    return redirect(f"{reverse('phone_member', args=[member.code])}#by-hand")


@require_POST
@requires(Capability.SEE_MEMBERS)
def welcome(request: HttpRequest) -> HttpResponse:
    """She stands at the counter, and is at home in another store."""
    visit = visit_member(signed_in(request), given(GuestForm(request.POST))["who"])
    return redirect("phone_member", visit.member.code)


def member_at_hand(user: User, code: str) -> tuple[Member, GuestVisit | None]:
    """A member of the own store, or one of another who is here now. Raises NotFound."""
    try:
        return service.get_member(scope_of(user), code), None
    except NotFound:
        visit = open_visits(scope_of(user)).filter(member__code=code).first()
        if visit is None:
            raise
        return visit.member, visit
