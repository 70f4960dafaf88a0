"""What staff meet inside WeCom: they are signed in without a word, and beside a chat stands the
card of whoever they chat with."""

from contextlib import suppress

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.act.tasks.service import visit_member
from regulars.act.wecom import service
from regulars.act.wecom.errors import NotConnected
from regulars.ground.accounts.access import Capability, public, requires, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.know.members.service import search_members
from regulars.web.parts.forms import given
from regulars.web.parts.wecom import speaks_wecom
from regulars.web.parts.who import signed_in
from regulars.web.phone.members import GuestForm, member_at_hand

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MOST_FOUND = 5
PLAIN = "text/plain; charset=utf-8"


@public
@never_cache
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """To a page of ours, `next`, by way of WeCom's sign-in; the signed in go straight there."""
    home = reverse("phone_home")
    next_path = service.own_path(request.GET.get("next", ""), home)
    if request.user.is_authenticated:
        return redirect(next_path)
    return redirect(service.begin(request.session, next_path, reverse("wecom_back"), home))


@public
@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    user, next_path = service.end(request.session, state, code)
    login(request, user, backend=BACKEND)
    return redirect(next_path)


@csrf_exempt
@public
@require_http_methods(["GET", "POST"])
def called_back(request: HttpRequest) -> HttpResponse:
    """WeCom tells of what happened there. Stored, and answered with nothing, at once."""
    signature, timestamp, nonce = (
        request.GET.get(name, "") for name in ("msg_signature", "timestamp", "nonce")
    )
    try:
        if request.method == "GET":
            echo = request.GET.get("echostr", "")
            answer = service.answer_of(signature, timestamp, nonce, echo)
            return HttpResponse(answer, content_type=PLAIN)
        service.take_in(signature, timestamp, nonce, request.body)
    except NotConnected as away:
        return HttpResponse(str(away), status=404, content_type=PLAIN)
    except NotAllowed as refusal:
        return HttpResponse(str(refusal), status=403, content_type=PLAIN)
    except UserError as wrong:
        return HttpResponse(str(wrong), status=400, content_type=PLAIN)
    return HttpResponse(content_type=PLAIN)


@requires(Capability.SEE_MEMBERS)
@speaks_wecom
def sidebar(request: HttpRequest) -> HttpResponse:
    """Beside a chat: finds out whose it is, and goes on to her card."""
    return render(request, "phone/wecom_sidebar.html", {"contact_url": _contact_url("CUSTOMER")})


@require_safe
@requires(Capability.SEE_MEMBERS)
def sign(request: HttpRequest) -> JsonResponse:
    """What the SDK asks for before it runs on one of our pages."""
    own = request.build_absolute_uri("/")
    return JsonResponse(service.sign_page(request.GET.get("url", ""), own))


@requires(Capability.SEE_MEMBERS)
@speaks_wecom
def contact(request: HttpRequest, external_userid: str) -> HttpResponse:
    """The card of the member behind a customer; where nobody knows her yet, a way to say it; where
    she is at home in another store, a way to open it for her visit."""
    user, scope = signed_in(request), scope_of(request.user)
    text = request.GET.get("q", "").strip()
    trouble = _trouble_with(user, external_userid)
    known = service.find_member_of(user, external_userid)
    if known is not None and not text:
        with suppress(NotFound):
            return redirect("phone_member", member_at_hand(user, known.code)[0].code)
    found = search_members(scope, text).select_related("home_store")[:MOST_FOUND] if text else []
    page = {
        "external_userid": external_userid, "q": text, "members": found,
        "trouble": trouble, "is_known": known is not None,
        "may_visit": scope.node_id is not None and scope.may(Capability.WORK_LEADS),
    }  # fmt: skip
    return render(request, "phone/wecom_contact.html", page)


@require_POST
@requires(Capability.SEE_MEMBERS)
def tell(request: HttpRequest, external_userid: str) -> HttpResponse:
    """She is this member, the colleague says."""
    user = signed_in(request)
    member, _visit = member_at_hand(user, request.POST.get("member", ""))
    service.tell_member(user, external_userid, member)
    return redirect("phone_member", member.code)


@require_POST
@requires(Capability.SEE_MEMBERS)
def visit(request: HttpRequest, external_userid: str) -> HttpResponse:
    """She is here, and at home in another store. Where nobody knew who she is, it is told by
    this."""
    user = signed_in(request)
    service.own_contact(user, external_userid)
    known = service.find_member_of(user, external_userid)
    who = known.code if known else given(GuestForm(request.POST))["who"]
    member = visit_member(user, who).member
    if known is None:
        service.tell_member(user, external_userid, member)
    return redirect("phone_member", member.code)


def _trouble_with(user: User, external_userid: str) -> str:
    """Why the colleague cannot say who this customer is; nothing where she can."""
    try:
        service.own_contact(user, external_userid)
    except UserError as trouble:
        return str(trouble)
    return ""


def _contact_url(external_userid: str) -> str:
    return reverse("wecom_contact", args=[external_userid])
