"""Alerts: what is past its threshold now, and what is watched."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.understand.actions import service
from regulars.understand.actions.models import Alert, AlertHit
from regulars.understand.metrics.service import METRICS
from regulars.web.parts.doing import place_asked, place_of_code
from regulars.web.parts.forms import Form
from regulars.web.parts.who import signed_in

MOST_HITS = 100
FACTS = (
    "name", "formula", "level", "days", "is_above", "is_change", "threshold",
    "least_tickets", "from_hour", "to_hour", "quiet_hours",
)  # fmt: skip


class AlertForm(Form):
    """`threshold` as people say it: money in major units, rates in per cent."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    org = forms.CharField(label=gettext_lazy("Id of the place"))
    formula = forms.CharField(
        label=gettext_lazy("Metric or formula"),
        help_text=gettext_lazy(
            "A metric, or several with + − * / and brackets; within these, money counts in cents."
        ),
        max_length=300,
        widget=forms.TextInput(attrs={"list": "metrics", "autocomplete": "off"}),
    )
    level = forms.ChoiceField(label=gettext_lazy("Looked at for"), choices=Alert.Level.choices)
    days = forms.ChoiceField(
        label=gettext_lazy("Over"), choices=Alert.Days.choices, initial=Alert.Days.YESTERDAY
    )
    is_above = forms.TypedChoiceField(
        label=gettext_lazy("Told when it is"),
        choices=(("no", gettext_lazy("below")), ("yes", gettext_lazy("above"))),
        coerce=lambda told: told == "yes",
    )
    threshold = forms.DecimalField(label=gettext_lazy("Threshold"), max_digits=16, decimal_places=4)
    is_change = forms.TypedChoiceField(
        label=gettext_lazy("The threshold is"),
        choices=(
            ("no", gettext_lazy("a value (money in whole units, rates in per cent)")),
            ("yes", gettext_lazy("a change against the same weekdays before, in per cent")),
        ),
        coerce=lambda told: told == "yes",
    )
    least_tickets = forms.IntegerField(
        label=gettext_lazy("Not judged under so many tickets"), min_value=0, initial=30
    )
    from_hour = forms.IntegerField(
        label=gettext_lazy("From hour"), min_value=0, max_value=23, initial=8
    )
    to_hour = forms.IntegerField(
        label=gettext_lazy("To hour"), min_value=1, max_value=24, initial=22
    )
    quiet_hours = forms.IntegerField(
        label=gettext_lazy("Not told again of the same place for so many hours"),
        min_value=0,
        max_value=24 * 30,
        initial=24,
    )


@requires(Capability.SEE_ACTIONS)
def show_all(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    hits = service.list_hits(scope)
    page = {
        "now": [_told(hit) for hit in hits.filter(cleared_at=None)[:MOST_HITS]],
        "before": [_told(hit) for hit in hits.exclude(cleared_at=None)[:MOST_HITS]],
        "alerts": service.list_alerts(scope),
        "view": "alerts",
    }
    return render(request, "console/alerts.html", page)


@requires(Capability.SET_ALERTS)
def create(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    form = AlertForm(
        request.POST or None, initial={"org": place_asked(request, scope, None).code}
    )  # fmt: skip
    return _edit(request, scope, form, None)


@requires(Capability.SET_ALERTS)
def change(request: HttpRequest, alert_id: int) -> HttpResponse:
    scope = scope_of(request.user)
    alert = service.get_alert(scope, alert_id)
    return _edit(request, scope, AlertForm(request.POST or None, initial=_initial(alert)), alert)


@require_POST
@requires(Capability.SET_ALERTS)
def switch(request: HttpRequest, alert_id: int) -> HttpResponse:
    alert = service.get_alert(scope_of(request.user), alert_id)
    service.switch_alert(signed_in(request), alert, not alert.is_active)
    return redirect("alerts")


def _edit(request: HttpRequest, scope: Scope, form: AlertForm, alert: Alert | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        with form.explaining():
            facts = {name: wish[name] for name in FACTS}
            facts["threshold"] = wish["threshold"] * _scale(wish["formula"], wish["is_change"])
            node = place_of_code(scope, wish["org"])
            service.set_alert(signed_in(request), scope, node, alert.pk if alert else None, **facts)
            return redirect("alerts")
    page = {"form": form, "alert": alert, "metrics": METRICS.values(), "view": "alerts"}
    return render(request, "console/alert_form.html", page)


def _scale(formula: str, is_change: bool) -> Decimal:
    """From how people say a threshold to how it is kept: cents, and rates of 0–1."""
    unit = "rate" if is_change else service.Formula(formula).unit
    return {"rate": Decimal("0.01"), "cents": Decimal(100)}.get(unit, Decimal(1))


def _initial(alert: Alert) -> dict[str, Any]:
    said = {name: getattr(alert, name) for name in FACTS}
    threshold = alert.threshold / _scale(alert.formula, alert.is_change)
    said["threshold"] = f"{threshold.normalize():f}"  # 60, not 6E+1
    yes_no = {name: "yes" if said[name] else "no" for name in ("is_above", "is_change")}
    return {**said, **yes_no, "org": alert.node.code}


def _told(hit: AlertHit) -> dict[str, Any]:
    unit = "rate" if hit.alert.is_change else service.Formula(hit.alert.formula).unit
    return {"hit": hit, "unit": unit, "what": _direction(hit.alert)}


def _direction(alert: Alert) -> str:
    return _("above") if alert.is_above else _("below")
