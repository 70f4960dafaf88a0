"""Dynamic events: a click is picked, named and narrowed, and is an event from then on and back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit.errors import UserError
from regulars.know.events.models import Rule
from regulars.know.events.service import (
    Definition,
    Preview,
    Touch,
    change_rule,
    count_rules,
    definition_of,
    get_one,
    get_rule,
    list_rules,
    list_versions,
    make_rule,
    preview,
    restore_rule,
    set_rule_active,
)
from regulars.web.console.event_form import (
    RuleForm,
    initial_of,
    initial_of_rule,
    sources_of_properties,
)
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.sparkline import Sparkline
from regulars.web.parts.tables import COUNT, MOMENT, Column, at, table_of
from regulars.web.parts.who import signed_in

SWITCHED_OFF = gettext_lazy("Switched off: counted nowhere.")
COLUMNS = (
    Column("name", gettext_lazy("Event"), at("rule.name"), link=lambda row: row.url),
    Column("touch", gettext_lazy("What is done"), lambda row: Touch(row.of.touch).label),
    Column("page", gettext_lazy("Page"), lambda row: row.of.host + row.of.path),
    Column("events", gettext_lazy("Last 30 days"), at("events"), COUNT, reason=SWITCHED_OFF),
    Column("days", gettext_lazy("By day"), at("days"), is_sortable=False, reason=SWITCHED_OFF),
    Column("last_at", gettext_lazy("Last seen"), at("last_at"), MOMENT),
    Column("version", gettext_lazy("Version"), at("rule.version"), COUNT),
    Column("state", gettext_lazy("State"), lambda r: _("on") if r.rule.is_active else _("off")),
)


class Row:
    """A rule as the list shows it."""

    def __init__(self, rule: Rule, counts: dict[int, Any]) -> None:
        counted = counts.get(rule.pk)
        self.rule, self.of = rule, definition_of(rule)
        self.url = reverse("event_rule", args=[rule.pk])
        self.events = counted.events if counted else None
        self.days = Sparkline(list(counted.by_day.values())) if counted else None
        self.last_at = counted.last_at if counted else None


@requires(Capability.MANAGE_EVENTS)
def show_all(request: HttpRequest) -> HttpResponse:
    counts = count_rules()
    rows = [Row(rule, counts) for rule in list_rules()]
    table = table_of(request, rows, COLUMNS, sort="name", find_in=("rule.name", "of.path"))
    if wants_excel(request):
        return as_excel(request, table, "dynamic-events")
    return render(request, "console/event_rules.html", {"table": table})


@requires(Capability.MANAGE_EVENTS)
def create(request: HttpRequest) -> HttpResponse:
    """A new event; `?event=KEY` starts from one that was picked."""
    key = request.GET.get("event", "")
    sample = get_one(key) if key else None
    form = RuleForm(request.POST or None, initial=initial_of(sample) if sample else {"path": "/*"})
    if request.method == "POST" and form.is_valid():
        with form.explaining():
            rule = make_rule(signed_in(request), form.cleaned_data["name"], form.definition())
            messages.success(request, _("“%(name)s” is an event now.") % {"name": rule.name})
            return redirect("event_rule", rule.pk)
    page = {"form": form, "sample": sample, "sources": sources_of_properties(sample)}
    return render(request, "console/event_rule.html", page)


@requires(Capability.MANAGE_EVENTS)
def show(request: HttpRequest, rule_id: int) -> HttpResponse:
    """A rule to look at and to change."""
    rule = get_rule(rule_id)
    definition = definition_of(rule)
    sample = next(iter(preview(definition).samples), None)
    initial = initial_of_rule(rule.name, definition, sample)
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.explaining():
            changed = change_rule(
                signed_in(request), rule, form.cleaned_data["name"], form.definition()
            )
            messages.success(request, _("Saved as version %(n)s.") % {"n": changed.version})
            return redirect("event_rule", rule_id)
    page = {
        "form": form,
        "rule": rule,
        "versions": [
            {"of": version, "definition": Definition(**version.definition)}
            for version in list_versions(rule)
        ],
        "sources": sources_of_properties(sample),
    }
    return render(request, "console/event_rule.html", page)


@require_POST
@requires(Capability.MANAGE_EVENTS)
def look(request: HttpRequest) -> HttpResponse:
    """What the form, as it stands, would match: a fragment beside it."""
    form = RuleForm(request.POST)
    form.fields["name"].required = False
    found, wrong = None, ""
    if form.is_valid():
        try:
            found = preview(form.definition())
        except UserError as error:
            wrong = str(error)
    else:
        wrong = str(next(iter(form.errors.values()))[0])
    page = {"found": found, "wrong": wrong, "days": _days(found)}
    return render(request, "console/events/preview.html", page)


@require_POST
@requires(Capability.MANAGE_EVENTS)
def switch(request: HttpRequest, rule_id: int) -> HttpResponse:
    rule = get_rule(rule_id)
    set_rule_active(signed_in(request), rule, request.POST.get("is_active") == "1")
    told = _("Switched on: counted, before and from now on.") if rule.is_active else SWITCHED_OFF
    messages.success(request, told)
    return redirect("event_rule", rule_id)


@require_POST
@requires(Capability.MANAGE_EVENTS)
def restore(request: HttpRequest, rule_id: int) -> HttpResponse:
    number = request.POST.get("version", "")
    rule = restore_rule(
        signed_in(request), get_rule(rule_id), int(number) if number.isdecimal() else 0
    )
    messages.success(request, _("Saved as version %(n)s.") % {"n": rule.version})
    return redirect("event_rule", rule_id)


def _days(found: Preview | None) -> Sparkline | None:
    return Sparkline(list(found.by_day.values())) if found else None
