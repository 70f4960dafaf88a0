"""A new plan: what it is built on and comes to is shown before it is made."""

from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.know.catalog.models import Brand, Category
from regulars.know.catalog.service import get_brand, get_category
from regulars.understand.metrics.service import CHAIN, METRICS, part_name
from regulars.understand.targets import service as targets
from regulars.understand.targets.models import Plan
from regulars.understand.targets.service import WEIGHTS, Wish
from regulars.web.console.target_acts import cents_of
from regulars.web.parts.forms import DateField, Form
from regulars.web.parts.who import signed_in

FACTORS = (
    gettext_lazy("Members"),
    gettext_lazy("Who of them buys"),
    gettext_lazy("Tickets per buyer"),
    gettext_lazy("Goods per ticket"),
    gettext_lazy("Units per good"),
    gettext_lazy("Price per unit"),
)


class PlanForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Plan.Kind.choices)
    first_on = DateField(label=gettext_lazy("From"))
    last_on = DateField(label=gettext_lazy("To"))
    base_months = forms.IntegerField(
        label=gettext_lazy("Built on the same days, this many months earlier"),
        min_value=1,
        max_value=60,
    )
    growth = forms.DecimalField(
        label=gettext_lazy("Growth in per cent"),
        max_digits=7,
        decimal_places=3,
        required=False,
        help_text=gettext_lazy("Beside the base; or give an amount."),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), max_digits=15, decimal_places=2, required=False
    )
    shares = forms.ChoiceField(
        label=gettext_lazy("Shared out over places"), choices=Plan.Shares.choices
    )
    category = forms.CharField(
        label=gettext_lazy("Category (of a campaign or launch)"),
        required=False,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    brand = forms.CharField(
        label=gettext_lazy("Brand (of a campaign or launch)"),
        required=False,
        widget=forms.TextInput(attrs={"list": "brands"}),
    )
    metrics = forms.CharField(
        label=gettext_lazy("Other numbers wanted (of a campaign or launch)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line, like: new_members 500. Rates as 0.35, money in yuan."),
    )
    comment = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=500)


@requires(Capability.SET_TARGETS)
def create(request: HttpRequest) -> HttpResponse:
    """A look at what the plan would come to; made when it comes with `save`."""
    scope, outlook = scope_of(request.user), None
    form = PlanForm(request.POST or None, initial=_next_year())
    if request.method == "POST" and form.is_valid():
        with form.explaining():
            wish = _wish(form.cleaned_data, request.POST)
            if "save" in request.POST:
                plan = targets.make_plan(signed_in(request), scope, wish)
                messages.success(request, _("Made: a draft that only you and yours see."))
                return redirect("target", plan.code)
            outlook = targets.foresee(scope, wish)
    page = {
        "form": form,
        "outlook": outlook,
        "factors": FACTORS,
        "weights": _weights_shown(request.POST),
        "categories": Category.objects.filter(depth__lte=2).order_by("code"),
        "brands": Brand.objects.order_by("name")[:500],
        "metrics": METRICS.values(),
    }
    return render(request, "console/target_new.html", page)


def _next_year() -> dict[str, Any]:
    year = clock.today().year + (clock.today().month > 6)  # noqa: PLR2004
    return {
        "name": _("Plan %(year)s") % {"year": year},
        "code": f"y{year}",
        "first_on": date(year, 1, 1),
        "last_on": date(year, 12, 31),
        "base_months": 12,
        "growth": 5,
    }


def _wish(told: dict[str, Any], posted: Any) -> Wish:
    amount, growth = told["amount"], told["growth"]
    return Wish(
        code=told["code"],
        name=told["name"],
        kind=told["kind"],
        first_on=told["first_on"],
        last_on=told["last_on"],
        base_months=told["base_months"],
        growth=None if amount is not None or growth is None else Fraction(growth) / 100,
        net_cents=None if amount is None else cents_of(amount),
        shares=told["shares"],
        weights=_weights(posted),
        category=get_category(told["category"]) if told["category"] else None,
        brand=get_brand(told["brand"]) if told["brand"] else None,
        metrics=tuple(_metric(line) for line in told["metrics"].splitlines() if line.strip()),
        comment=told["comment"],
    )


def _metric(line: str) -> tuple[str, Decimal]:
    code, _gap, text = line.strip().partition(" ")
    try:
        wanted = Decimal(text.strip())
    except InvalidOperation:
        wanted = Decimal("NaN")
    if not wanted.is_finite() or abs(wanted) >= 10**12:
        raise UserError(_("“%(line)s” is not like: new_members 500.") % {"line": line},
            field="metrics")  # fmt: skip
    is_money = code in METRICS and METRICS[code].unit == "cents"
    return code, wanted * 100 if is_money else wanted


def _weights(posted: Any) -> dict[str, dict[str, int]]:
    """Those parts whose weights were changed. Raises UserError for what is no per cent."""
    found: dict[str, dict[str, int]] = {}
    for part, usual in WEIGHTS.items():
        told = {name: posted.get(f"w-{part}-{name}", str(share)) for name, share in usual}
        if not all(text.isascii() and text.isdecimal() and len(text) < 4 for text in told.values()):  # noqa: PLR2004
            raise UserError(_("Weights are whole per cents from 0 to 999."))
        shares = {name: int(text) for name, text in told.items()}
        if shares != dict(usual):
            found[part] = shares
    return found


def _weights_shown(posted: Any) -> list[tuple[Any, list[tuple[str, str]]]]:
    return [
        (
            part_name(part),
            [
                (f"w-{part}-{name}", posted.get(f"w-{part}-{name}", str(share)))
                for name, share in zip(CHAIN, dict(usual).values(), strict=True)
            ],
        )
        for part, usual in WEIGHTS.items()
    ]
