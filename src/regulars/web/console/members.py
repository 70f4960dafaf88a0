"""Members: found by name, phone or number, narrowed by store, level, stage and consultant."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit.errors import UserError
from regulars.ground.org.service import get_node, get_staff
from regulars.know.members import service
from regulars.know.members.models import Member
from regulars.know.members.service import Stage
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import DATE, Column, at, table_of

MOST_ROWS = 10_000
UNKNOWN = _("Not on record.")
COLUMNS = (
    Column(
        "name",
        _("Member"),
        str,
        link=lambda member: reverse("member", args=[member.code]),
        is_sortable=False,
    ),
    Column("code", _("Number"), at("code")),
    Column("phone", _("Phone"), service.masked_phone, reason=UNKNOWN, is_sortable=False),
    Column("level", _("Level"), at("level"), reason=UNKNOWN),
    Column("home", _("Home store"), at("home_store.name"), order="home_store_id", reason=UNKNOWN),
    Column("joined_on", _("Joined"), at("joined_on"), DATE, order="joined_on"),
)


# Among very many only these orders stand in an index: any other would sort them all for one page.
ORDERED_BY_INDEX = tuple(
    replace(column, is_sortable=column.key in {"code", "joined_on"}) for column in COLUMNS
)


@requires(Capability.SEE_MEMBERS)
def show_all(request: HttpRequest) -> HttpResponse:
    found = service.search_members(scope_of(request.user), **filters_of(request))
    found = found.select_related("home_store")
    if request.GET.get("q") and (only := _only_one(found)):
        return redirect("member", only.code)
    count = service.count_members(found, MOST_ROWS + 1)
    columns = COLUMNS if count <= MOST_ROWS else ORDERED_BY_INDEX
    table = table_of(request, found, columns, sort="-joined_on", most=MOST_ROWS)
    if wants_excel(request):
        return as_excel(request, table, "members")
    page = {
        "table": table,
        "count": count,
        "is_cut": count > MOST_ROWS,
        "most": MOST_ROWS,
        "stages": Stage.choices,
    }
    return render(request, "console/members.html", page)


def filters_of(request: HttpRequest) -> dict[str, Any]:
    """What the address narrows by. Raises UserError or NotFound naming what is wrong."""
    given = request.GET
    stage = given.get("stage", "")
    if stage and stage not in Stage.values:
        raise UserError(_("There is no stage “%(stage)s”.") % {"stage": stage}, field="stage")
    return {
        "text": given.get("q", ""),
        "store": get_node(given["store"]) if given.get("store") else None,
        "consultant": get_staff(given["consultant"]) if given.get("consultant") else None,
        "level": given.get("level", ""),
        "stage": stage,
    }


def _only_one(found: Any) -> Member | None:
    first_two = list(found[:2])
    return first_two[0] if len(first_two) == 1 else None
