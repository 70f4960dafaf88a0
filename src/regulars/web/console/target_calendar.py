"""The sales calendar: which days are unlike others, and what the days of the week are worth."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.understand.metrics.service import ask
from regulars.understand.targets import service as targets
from regulars.understand.targets.models import Day
from regulars.web.parts.forms import DateField, Form, given
from regulars.web.parts.who import signed_in

FIRST_YEAR, LAST_YEAR = 2000, 2100


class DaysForm(Form):
    first = DateField(label=gettext_lazy("From"))
    last = DateField(label=gettext_lazy("To"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Day.Kind.choices)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    weight_percent = forms.IntegerField(
        label=gettext_lazy("Sells, in per cent of an ordinary day"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("Empty: learnt from the days of the same name before."),
    )


class RemoveForm(Form):
    first, last = DateField(), DateField()


@requires(Capability.SEE_TARGETS)
def show(request: HttpRequest) -> HttpResponse:
    question = ask(scope_of(request.user))
    text = request.GET.get("year", "")
    is_year = text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text[:5]) <= LAST_YEAR
    year = int(text) if is_year else clock.today().year
    first, last = date(year, 1, 1), date(year, 12, 31)
    known = {each.day_on: each for each in targets.list_days(first, last)}
    days = [
        each for each in targets.list_day_weights(question.org, first, last) if each.day in known
    ]
    weekdays = targets.get_weekdays(question.org, first)
    page = {
        "question": question,
        "year": year,
        "days": days,
        "weekdays": weekdays,
        "named_weights": list(zip(WEEKDAYS.values(), weekdays.weights, strict=True)),
        "form": DaysForm(),
    }
    return render(request, "console/target_calendar.html", page)


@require_POST
@requires(Capability.SET_TARGETS)
def set_days(request: HttpRequest) -> HttpResponse:
    told = given(DaysForm(request.POST))
    count = targets.set_days(signed_in(request), **told)
    messages.success(request, _("%(count)s days set.") % {"count": count})
    return redirect("target_calendar")


@require_POST
@requires(Capability.SET_TARGETS)
def remove_days(request: HttpRequest) -> HttpResponse:
    told = given(RemoveForm(request.POST))
    count = targets.remove_days(signed_in(request), told["first"], told["last"])
    messages.success(request, _("%(count)s days are ordinary ones again.") % {"count": count})
    return redirect("target_calendar")
