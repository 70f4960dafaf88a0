"""Leads across stores: who is to be served, who does it, what came of it; for whoever leads."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from regulars.act.opportunities.service import list_plays
from regulars.act.tasks import service
from regulars.act.tasks.models import Lead
from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.org.service import get_node, get_staff
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.names import masked_name
from regulars.web.parts.playing import name_of
from regulars.web.parts.tables import CENTS, DATE, MOMENT, Column, Table, at, table_of
from regulars.web.parts.who import signed_in

MOST_ROWS = 10_000
TO_DO = "to_do"
NOBODY = _("Nobody has it yet.")
NO_MEMBER = _("A task about nobody in particular.")


def _who(lead: Lead) -> str | None:
    return masked_name(lead.member) if lead.member else None


def _page_of(lead: Lead) -> str:
    return reverse("member", args=[lead.member.code]) if lead.member else ""


def _play(lead: Lead) -> str | None:
    return name_of(lead.play) if lead.play else None


FOUND_IN = ("reason", "title", "store__name", "staff__name", "play__name")
COLUMNS = (
    Column("who", _("Member"), _who, link=_page_of, reason=NO_MEMBER, is_sortable=False),
    Column("reason", _("Why"), lambda lead: lead.reason or lead.title, is_sortable=False),
    Column("store", _("Store"), at("store.name"), order="store__name"),
    Column("staff", _("By whom"), at("staff.name"), order="staff__name", reason=NOBODY),
    Column("play", _("Play"), _play, order="play__name", reason=_("Of no play.")),
    Column("state", _("State"), lambda lead: str(lead.get_state_display()), order="state"),
    Column("result", _("Result"), lambda lead: str(lead.get_result_display()), order="result"),
    Column("value", _("Value"), at("value_cents"), CENTS, order="value_cents",
           reason=_("Nobody knows what it is worth.")),
    Column("due_on", _("Until"), at("due_on"), DATE),
    Column("closed_at", _("Done"), at("closed_at"), MOMENT, reason=_("Not done yet.")),
)  # fmt: skip


@requires(Capability.SEE_LEADS)
def show_all(request: HttpRequest) -> HttpResponse:
    scope, asked = scope_of(request.user), filters_of(request)
    leads = service.list_leads(scope, **asked)
    table = table_of(request, leads, COLUMNS, sort="-value", find_in=FOUND_IN, most=MOST_ROWS)
    if wants_excel(request):
        return _exported(request, scope, table)
    page = {
        "table": table,
        "states": [(TO_DO, _("to be done")), *Lead.State.choices],
        "state": request.GET.get("state", TO_DO),
        "plays": [(play.code, name_of(play)) for play in list_plays(scope)],
        "play": request.GET.get("play", ""),
        "is_cut": table.total >= MOST_ROWS,
    }
    return render(request, "console/leads.html", page)


@require_POST
@requires(Capability.APPROVE_PLAYS)
def launch(request: HttpRequest) -> HttpResponse:
    """Open what plays approved since the morning have for today; a second press opens nothing."""
    before = service.count_opened_on(clock.today())
    service.begin(clock.today())
    opened = service.count_opened_on(clock.today()) - before
    record(signed_in(request), "leads.launched", "day", clock.today().isoformat(), opened=opened)
    messages.success(request, said(opened))
    return redirect("leads")


def said(opened: int) -> str:
    """What a launch by hand came to."""
    if not opened:
        return gettext("Nothing new: every running play was launched today, or found nobody.")
    told = ngettext("%(count)s lead is opened.", "%(count)s leads are opened.", opened)
    return told % {"count": opened}


def filters_of(request: HttpRequest) -> dict[str, Any]:
    """What the address narrows by; what is to be done where it says nothing. Raises UserError or
    NotFound naming what is wrong."""
    given = request.GET
    return {
        "store": get_node(given["store"]) if given.get("store") else None,
        "staff": get_staff(given["staff"]) if given.get("staff") else None,
        "play": given.get("play", ""),
        "state": given.get("state", TO_DO),
        "is_late": given.get("late") == "1",
    }


def _exported(request: HttpRequest, scope: Scope, table: Table) -> HttpResponse:
    """The file; the audit log has who took which leads out before it is there."""
    response = as_excel(request, table, "leads")
    told = {name: value for name, value in request.GET.items() if name != "export"}
    record(signed_in(request), "leads.exported", "node", scope.node_id, rows=table.total, **told)
    return response
