"""The ledger 闭环账, and usage: from finding to money, and who acts at all."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit import clock
from regulars.understand.actions import service
from regulars.understand.diagnosis.service import finding_of, sentence_of
from regulars.understand.metrics.service import ask
from regulars.web.parts import charts
from regulars.web.parts.doing import place_asked
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.ledger import lines_of
from regulars.web.parts.tables import COUNT, DATE, RATE, SIGNED, Column, at, table_of

DAYS_SHOWN = 27
NOT_COUNTED = gettext_lazy("Not counted for this finding.")


def _of(whole: int) -> str:
    return _("of %(n)s") % {"n": whole} if whole else ""


LEDGER = (
    Column(
        "place",
        gettext_lazy("Place"),
        at("finding.node.name"),
        note=lambda line: line.finding.made_on.isoformat(),
    ),
    Column(
        "about",
        gettext_lazy("Cause"),
        lambda line: sentence_of(finding_of(line.finding)),
        link=lambda line: f"{reverse('action_new')}?finding={line.finding.pk}",
    ),
    Column("gap", gettext_lazy("Gap of the place"), at("finding.gap_cents"), SIGNED),
    Column(
        "brought", gettext_lazy("Of it by this cause"), at("finding.contribution_cents"), SIGNED
    ),
    Column(
        "members",
        gettext_lazy("Members concerned"),
        at("finding.members_concerned"),
        COUNT,
        reason=NOT_COUNTED,
    ),
    Column(
        "done",
        gettext_lazy("Actions done"),
        at("entry.done"),
        COUNT,
        note=lambda line: _of(len(line.entry.actions)),
    ),
    Column(
        "leads",
        gettext_lazy("Leads served"),
        at("served"),
        COUNT,
        reason=at("why_no_leads"),
        note=lambda line: _of(line.opened or 0),
    ),
    Column(
        "gained",
        gettext_lazy("Sales gained"),
        at("gained"),
        SIGNED,
        reason=at("why_no_gain"),
        link=lambda line: reverse("play", args=[line.plays[0].code]) if line.opened else "",
        note=at("interval"),
    ),
)
EXPORTED = (
    *LEDGER,
    Column("low", gettext_lazy("at least"), at("low"), SIGNED),
    Column("high", gettext_lazy("at most"), at("high"), SIGNED),
    Column("on", gettext_lazy("Found on"), at("finding.made_on"), DATE),
    Column("actions", gettext_lazy("Actions given out"), at("entry.given"), COUNT),
    Column("opened", gettext_lazy("Leads opened"), at("opened"), COUNT),
    Column("late", gettext_lazy("Late actions"), at("entry.late"), COUNT),
)
"""A file has room for more."""
USAGE = (
    Column(
        "place",
        gettext_lazy("Place"),
        at("node.name"),
        link=lambda row: f"?org={row.node.code}",
    ),
    Column("rate", gettext_lazy("Acted ÷ on shift"), at("usage.rate"), RATE),
    Column("acted", gettext_lazy("Person-days acted"), at("usage.acted"), COUNT),
    Column("on_shift", gettext_lazy("Person-days on shift"), at("usage.on_shift"), COUNT),
    Column("unkept", gettext_lazy("of these without a roster"), at("usage.unkept"), COUNT),
)


@requires(Capability.SEE_ACTIONS)
def show(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    first, last = _days(request)
    ledger = service.get_ledger(scope, first, last)
    find_in = ("finding.node.name", "finding.part")
    columns = EXPORTED if wants_excel(request) else LEDGER
    table = table_of(request, lines_of(ledger), columns, sort="brought", find_in=find_in)
    if wants_excel(request):
        return as_excel(request, table, "ledger")
    page = {"ledger": ledger, "table": table, "first": first, "last": last, "view": "ledger"}
    return render(request, "console/ledger.html", page)


@requires(Capability.GIVE_ACTIONS)
def show_usage(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    node = place_asked(request, scope, None)
    first, last = _days(request)
    table = table_of(request, service.usage_by_place(node, first, last), USAGE, sort="rate")
    if wants_excel(request):
        return as_excel(request, table, "usage")
    page: dict[str, Any] = {
        "node": node,
        "table": table,
        "positions": service.usage_by_position(node, first, last),
        "trend": _trend(service.usage_by_day(node, first, last)),
        "first": first,
        "last": last,
        "view": "usage",
    }
    return render(request, "console/usage.html", page)


def _days(request: HttpRequest) -> tuple[date, date]:
    """The four weeks to today, unless the address says otherwise. Raises UserError."""
    today = clock.today()
    first = request.GET.get("from") or (today - timedelta(days=DAYS_SHOWN)).isoformat()
    last = request.GET.get("to") or today.isoformat()
    period = ask(scope_of(request.user), first=first, last=last, compare="none").period
    return period.start, period.last_day


def _trend(days: dict[date, service.Usage]) -> charts.Chart | None:
    if not days:
        return None
    series = charts.Series(_("Acted ÷ on shift"), [usage.rate for usage in days.values()])
    return charts.lines(
        "usage", _("Usage by day"), "rate", [day.isoformat() for day in days], series
    )
