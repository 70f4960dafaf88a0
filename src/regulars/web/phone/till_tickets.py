"""Tickets of the till: today's, one as a receipt, what comes back, the closing sheet."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.act.pos import service
from regulars.act.pos.models import Sale
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.ids import new_id
from regulars.ground.org.models import Node
from regulars.know.members.service import masked_phone
from regulars.web.parts.doing import store_asked
from regulars.web.parts.forms import DateField, Form, given
from regulars.web.parts.who import signed_in

RUN = Capability.RUN_TILL
QUANTITY = re.compile(r"\d{1,4}(?:\.\d{1,3})?")
MILLI_PLACES = 3


class DayForm(Form):
    on = DateField(required=False)


class ReturnForm(Form):
    sale_id = forms.UUIDField()
    method = forms.ChoiceField(choices=Sale.Method.choices)


class ClosingForm(Form):
    float = forms.DecimalField(
        label=gettext_lazy("In the drawer before"), min_value=0, max_digits=10, decimal_places=2
    )
    counted = forms.DecimalField(
        label=gettext_lazy("Counted now"), min_value=0, max_digits=10, decimal_places=2
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)


@requires(RUN)
def show_all(request: HttpRequest) -> HttpResponse:
    """A store's tickets of a day; a receipt number finds one of any day."""
    store, on = _store(request), given(DayForm(request.GET))["on"] or clock.today()
    number = request.GET.get("number", "").strip()
    if number and (found := _numbered(store, number)):
        return redirect("till_sale", found.sale_id)
    sales = list(service.list_sales(store, on))
    page = {
        "store": store,
        "on": on,
        "number": number,
        "sales": sales,
        "totals": service.totals_of(sales),
    }
    return render(request, "phone/till_sales.html", page)


@requires(RUN)
def show(request: HttpRequest, sale_id: UUID) -> HttpResponse:
    sale = service.get_sale(scope_of(request.user), sale_id)
    page = {
        "sale": sale,
        "lines": _lines(sale),
        "returns": service.returns_of(sale),
        "phone": masked_phone(sale.member) if sale.member else "",
        "may_return": not sale.is_return and sale.state != Sale.State.RETURNED,
    }
    return render(request, "phone/till_sale.html", page)


@requires(RUN)
def take_back(request: HttpRequest, sale_id: UUID) -> HttpResponse:
    sale = service.get_sale(scope_of(request.user), sale_id)
    if request.method == "POST":
        taken = service.take_back(signed_in(request), sale_id, _wished(request, sale))
        messages.success(request, _("Taken back: %(ticket)s.") % {"ticket": taken.order_id})
        return redirect("till_sale", taken.sale_id)
    page = {
        "sale": sale,
        "lines": [each for each in _lines(sale) if each["left_milli"]],
        "methods": Sale.Method.choices,
        "sale_id": new_id(),
    }
    return render(request, "phone/till_return.html", page)


@requires(RUN)
def show_closing(request: HttpRequest) -> HttpResponse:
    """The store's day by cashier, and one's own sheet to fill in."""
    store, on = _store(request), given(DayForm(request.GET))["on"] or clock.today()
    sales = list(service.list_sales(store, on))
    mine = list(service.list_unclosed(store, signed_in(request)))
    page = {
        "store": store,
        "on": on,
        "totals": service.totals_of(sales),
        "cashiers": service.totals_by_cashier(sales),
        "closings": service.list_closings(store, on),
        "mine": mine,
        "my_totals": service.totals_of(mine),
        "form": ClosingForm(),
    }
    return render(request, "phone/till_closing.html", page)


@require_POST
@requires(RUN)
def close(request: HttpRequest) -> HttpResponse:
    store, wish = _store(request), given(ClosingForm(request.POST))
    service.close_drawer(
        signed_in(request),
        store,
        float_cents=int(wish["float"] * 100),
        counted_cents=int(wish["counted"] * 100),
        note=wish["note"],
    )
    messages.success(request, _("Closed. What comes in from now on is on the next sheet."))
    return redirect(f"{reverse('till_closing')}?org={store.code}")


def _store(request: HttpRequest) -> Node:
    store = store_asked(request, scope_of(request.user))
    if store is None:
        raise NotFound(_("Say which store."))
    return store


def _numbered(store: Node, number: str) -> Sale | None:
    digits = number.rpartition("-")[2]
    if not digits.isdecimal() or len(digits) > 9:  # noqa: PLR2004 - what a number column holds
        return None
    return Sale.objects.filter(store=store, number=int(digits)).first()


def _lines(sale: Sale) -> list[dict[str, Any]]:
    """The lines with what is still away of each, in people's words."""
    back = service.returned_milli(sale) if not sale.is_return else [0 for _line in sale.lines]
    return [
        {
            **line,
            "place": place,
            "quantity": service.quantity_of(line["milli"]),
            "returned": service.quantity_of(back[place]) if back[place] else "",
            "left_milli": line["milli"] - back[place],
            "left": service.quantity_of(line["milli"] - back[place]),
        }
        for place, line in enumerate(sale.lines)
    ]


def _wished(request: HttpRequest, sale: Sale) -> service.WishedReturn:
    facts = given(ReturnForm(request.POST))
    asked = {place: request.POST.get(f"line-{place}", "") for place in range(len(sale.lines))}
    milli = {place: _milli(text) for place, text in asked.items() if text.strip() not in {"", "0"}}
    return service.WishedReturn(facts["sale_id"], milli, facts["method"])


def _milli(text: str) -> int:
    """Raises UserError for what is no quantity."""
    if not QUANTITY.fullmatch(text.strip()):
        message = _("“%(text)s” is no quantity.") % {"text": text}
        raise UserError(message, field="milli")
    whole, _point, rest = text.strip().partition(".")
    return int(whole + rest.ljust(MILLI_PLACES, "0"))
