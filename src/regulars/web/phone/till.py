"""The web till: a page that sells on without network, and what it asks and sends."""

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.act.pos import service
from regulars.act.pos.models import Sale
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.know.members.models import Member
from regulars.know.members.service import masked_phone, visible_members
from regulars.web.parts.doing import store_asked, stores_to_choose
from regulars.web.parts.figures import symbol_of
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in

LARGEST_BODY = 64 * 1024
RUN = Capability.RUN_TILL
View = Callable[..., HttpResponse]


class SignUpForm(Form):
    name = forms.CharField(max_length=60)
    phone = forms.CharField(max_length=30)


class GuestForm(Form):
    who = forms.CharField(max_length=100)


def in_json(view: View) -> View:
    """What went wrong is told to the till's script, which shows it and keeps the ticket."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except UserError as error:
            status = {NotAllowed: 403, NotFound: 404}.get(type(error), 400)
            return JsonResponse({"error": str(error), "field": error.field}, status=status)

    return told


@requires(RUN)
def show(request: HttpRequest) -> HttpResponse:
    scope, user = scope_of(request.user), signed_in(request)
    store = store_asked(request, scope)
    if store is None:
        return render(request, "phone/till_of.html", stores_to_choose(request, scope))
    page = {
        "store": store,
        "till": {
            "org": store.code,
            "seller": service.seller_token(user, store),
            "goods": reverse("till_goods"),
            "members": reverse("till_members"),
            "member": reverse("till_member"),
            "sign_up": reverse("till_sign_up"),
            "guest": reverse("till_guest"),
            "sales": reverse("till_sell"),
            "may_decide": scope.may(Capability.CHANGE_PRICES),
            "symbol": symbol_of(chain().currency),
            "texts": _texts(),
        },
        "methods": Sale.Method.choices,
    }
    return render(request, "phone/till.html", page)


@requires(RUN)
@in_json
def goods(request: HttpRequest) -> HttpResponse:
    """Those of `?q=`; without it what the store sells most often, to be kept in the till."""
    scope, store = scope_of(request.user), _store(request)
    text = request.GET.get("q", "").strip()
    found = service.find_goods(scope, store, text) if text else service.list_best(scope, store)
    return JsonResponse({"goods": [asdict(each) for each in found]})


@requires(RUN)
@in_json
def members(request: HttpRequest) -> HttpResponse:
    found = service.find_buyers(scope_of(request.user), request.GET.get("q", ""))
    told = [
        {"code": each.code, "name": str(each), "phone": masked_phone(each), "level": each.level}
        for each in found
    ]
    return JsonResponse({"members": told})


@requires(RUN)
@in_json
def member(request: HttpRequest) -> HttpResponse:
    """What the till shows of the member it has chosen: her usual goods, and the one suggestion."""
    found = service.get_buyer_here(scope_of(request.user), request.GET.get("code", ""))
    return JsonResponse(_card(request, found))


@require_POST
@requires(RUN)
@in_json
def guest(request: HttpRequest) -> HttpResponse:
    """She is at home in another store: with her number or her whole verified phone she is here."""
    who = given(GuestForm(request.POST))["who"]
    return JsonResponse(_card(request, service.welcome(signed_in(request), who)))


@require_POST
@requires(RUN)
@in_json
def sign_up(request: HttpRequest) -> HttpResponse:
    wish = given(SignUpForm(request.POST))
    made = service.sign_up(signed_in(request), _store(request), wish["name"], wish["phone"])
    return JsonResponse(_card(request, made))


@require_POST
@requires(RUN)
@in_json
def sell(request: HttpRequest) -> HttpResponse:
    if len(request.body) > LARGEST_BODY:
        raise UserError(_("This ticket is too long."), field="body")
    sale = service.sell(signed_in(request), service.read(request.body, service.Wish))
    return JsonResponse(
        {
            "sale_id": str(sale.sale_id),
            "number": sale.order_id,
            "net_cents": sale.net_cents,
            "change_cents": sale.change_cents,
            "receipt": reverse("till_sale", args=[sale.sale_id]),
        }
    )


def _card(request: HttpRequest, found: Member) -> dict[str, Any]:
    scope, store = scope_of(request.user), _store(request)
    is_own = visible_members(scope).filter(pk=found.pk).exists()
    told = service.suggest(scope, store, found)
    return {
        "code": found.code,
        "name": str(found) if is_own else f"{found.name[:1]}**",
        "phone": masked_phone(found),
        "level": found.level,
        "usual": [asdict(each) for each in service.usual_goods_of(scope, store, found)],
        "suggestion": told and _suggestion(told),
    }


def _suggestion(told: service.Suggestion) -> dict[str, Any]:
    lead = told.lead
    return {
        "lead_id": lead.pk,
        "title": lead.title,
        "reason": lead.reason,
        "talk": lead.talk,
        "coupon": lead.coupon,
        "offer": told.offer and asdict(told.offer),
        "goods": [asdict(each) for each in told.goods],
    }


def _store(request: HttpRequest) -> Node:
    store = store_asked(request, scope_of(request.user))
    if store is None:
        raise NotFound(_("Say which store."))
    return store


def _texts() -> dict[str, str]:
    """What the till's script says by itself."""
    return {
        "today": clock.today().isoformat(),
        "all_sent": _("All tickets are sent"),
        "waiting": _("Waiting to be sent: %(count)s"),
        "offline": _("No network: tickets are kept here and sent later"),
        "refused": _("Refused: look at it below"),
        "signed_out": _("Sign in again: tickets are kept here until then"),
        "none_found": _("Nothing found"),
        "no_price": _("set a price"),
        "change": _("Change given"),
        "too_little": _("still to pay"),
        "sold": _("Sold for %(amount)s"),
        "number_follows": _("kept here; the number follows when it is sent"),
        "receipt": _("Receipt"),
        "edit": _("Take it back into the ticket"),
        "remove": _("Remove"),
        "less": _("One less"),
        "more": _("One more"),
        "price": _("Price"),
        "quantity": _("Quantity"),
        "discount": _("Discount"),
        "not_sold_off": _("Only the manager may take off more than her offer gives."),
        "use_offer": _("Use her coupon"),
        "coupon_by_hand": _("The manager types what it takes off."),
        "not_reached": _("from %(amount)s on"),
        "name_phone": _("A name and a whole phone number, please."),
        "no_camera": _("The camera cannot be used here."),
    }
