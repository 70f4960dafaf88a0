"""One store beside the best of those like it 标杆, and what it earns and costs 单店盈利模型."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.understand.actions import service
from regulars.understand.metrics.service import Period, month_named, month_of
from regulars.web.parts.doing import CENTS, cents_of, place_of_code, store_asked, stores_to_choose
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in

HUNDRED = 100
MONEY: dict[str, Any] = {"required": False, "max_digits": 14, "decimal_places": 2}
GAINS: dict[str, Promise] = {
    "members": gettext_lazy("Members at home +1 %"),
    "buyers": gettext_lazy("Retention and conversion +1 %"),
    "tickets": gettext_lazy("Tickets per buyer +1 %"),
    "lines": gettext_lazy("Goods per ticket +1 %"),
    "units": gettext_lazy("Units per good +1 %"),
    "net_cents": gettext_lazy("Price per unit +1 %"),
    "goods_cost": gettext_lazy("Cost of goods −1 %"),
    "staff": gettext_lazy("Staff costs −1 %"),
    "rent": gettext_lazy("Rent −1 %"),
    "marketing": gettext_lazy("Marketing −1 %"),
}


class CostForm(Form):
    staff = forms.DecimalField(label=gettext_lazy("Staff costs"), **MONEY)
    rent = forms.DecimalField(label=gettext_lazy("Rent"), **MONEY)
    marketing = forms.DecimalField(label=gettext_lazy("Marketing"), **MONEY)
    margin = forms.DecimalField(
        label=gettext_lazy("Gross margin assumed, %"),
        help_text=gettext_lazy("Used only where not every line of a ticket has its cost."),
        required=False,
        max_digits=5,
        decimal_places=2,
    )


@requires(Capability.SEE_PROFIT)
def show_benchmark(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    store = store_asked(request, scope)
    if store is None:
        return _choose(request, "benchmark")
    page = {"store": store, "benchmark": service.get_benchmark(store), "view": "benchmark"}
    return render(request, "console/benchmark.html", page)


@requires(Capability.SEE_PROFIT)
def show_profit(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    store = store_asked(request, scope)
    if store is None:
        return _choose(request, "profit")
    found = service.get_store_month(store, _month(request))
    gains = [(GAINS[code], cents) for code, cents in found.gains.items()]
    page: dict[str, Any] = {
        "store": store,
        "found": found,
        "gains": sorted(gains, key=lambda gain: -(gain[1] or 0)),
        "largest": max(abs(Fraction(cents or 0)) for _name, cents in gains),
        "form": CostForm(initial=_known(found)),
        "view": "profit",
    }
    return render(request, "console/profit.html", page)


@require_POST
@requires(Capability.KEEP_COSTS)
def set_costs(request: HttpRequest, code: str) -> HttpResponse:
    store = place_of_code(scope_of(request.user), code)
    wish, month = given(CostForm(request.POST)), _month(request)
    margin: Decimal | None = wish["margin"]
    service.set_costs(
        signed_in(request),
        store,
        month.start,
        staff_cents=cents_of(wish["staff"]),
        rent_cents=cents_of(wish["rent"]),
        marketing_cents=cents_of(wish["marketing"]),
        margin_rate=None if margin is None else margin / HUNDRED,
    )
    messages.success(request, _("The costs of %(name)s are kept.") % {"name": store.name})
    return redirect(f"{reverse('profit')}?org={store.code}&month={month.start:%Y-%m}")


def _month(request: HttpRequest) -> Period:
    """The month of `?month=2026-10`, else the last whole one."""
    if text := request.GET.get("month"):
        return month_named(text)
    this_month = month_of(clock.today())
    if clock.today() == this_month.last_day:
        return this_month
    return month_of(this_month.start - timedelta(days=1))


def _known(found: service.StoreMonth) -> dict[str, Decimal | None]:
    costs = found.costs
    if costs is None:
        return {}
    names = ("staff", "rent", "marketing")
    cents = {name: getattr(costs, f"{name}_cents") for name in names}
    known = {name: None if c is None else Decimal(c) / CENTS for name, c in cents.items()}
    return known | {"margin": costs.margin_rate and costs.margin_rate * HUNDRED}


def _choose(request: HttpRequest, view: str) -> HttpResponse:
    chosen = stores_to_choose(request, scope_of(request.user))
    return render(request, "console/store_choose.html", chosen | {"view": view})
