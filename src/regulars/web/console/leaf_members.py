"""The members behind a leaf of the tree: whom to thank, and whom to win back."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.know.members.models import Member
from regulars.know.members.service import masked_phone, visible_members
from regulars.understand.metrics.service import (
    LeafMember,
    get_freshness,
    list_members_of_leaf,
    part_name,
)
from regulars.web.console import asking
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import CENTS, COUNT, DATE, Column, at, table_of

MOST_ROWS = 1_000
BUYING = {"": _("all"), "no": _("did not buy"), "yes": _("bought")}
DID_BUY = {"yes": True, "no": False}
UNKNOWN = _("Not on record.")
NEVER = _("Never before the period.")


@dataclass(frozen=True)
class Row:
    figures: LeafMember
    member: Member

    @property
    def phone(self) -> str:
        return masked_phone(self.member)

    @property
    def url(self) -> str:
        return reverse("member", args=[self.member.code])


COLUMNS = (
    Column("name", _("Member"), lambda row: str(row.member), link=at("url")),
    Column("phone", _("Phone"), at("phone"), reason=UNKNOWN, is_sortable=False),
    Column("home", _("Home store"), at("member.home_store.name"), reason=UNKNOWN),
    Column("joined", _("Joined"), at("figures.joined_on"), DATE),
    Column("last", _("Last purchase before"), at("figures.last_on"), DATE, reason=NEVER),
    Column("before", _("Spent in the window before"), at("figures.before_cents"), CENTS),
    Column("tickets", _("Tickets"), at("figures.tickets"), COUNT),
    Column("net", _("Net sales"), at("figures.net_cents"), CENTS),
)


@requires(Capability.SEE_MEMBERS)
def show(request: HttpRequest) -> HttpResponse:
    question, scope = asking.question_of(request), scope_of(request.user)
    part, bought = request.GET.get("part", ""), request.GET.get("bought", "")
    behind = list_members_of_leaf(
        scope, question, part, did_buy=DID_BUY.get(bought), most=MOST_ROWS
    )
    rows = _rows(behind.members, visible_members(scope))
    sort = "-before" if bought == "no" else "-net"
    table = table_of(request, rows, COLUMNS, sort=sort, find_in=("member.name", "member.code"))
    if wants_excel(request):
        return as_excel(request, table, f"{part}-{question.period.start}")
    page = {
        "question": question,
        "part_name": part_name(part),
        "bought": bought,
        "buying": BUYING,
        "behind": behind,
        "table": table,
        "most": MOST_ROWS,
        "places": asking.places_above(request, question),
        "freshness": get_freshness(),
    }
    return render(request, "console/leaf_members.html", page)


def _rows(figures: list[LeafMember], members: Any) -> list[Row]:
    known = members.select_related("home_store").in_bulk([each.member_id for each in figures])
    return [Row(each, known[each.member_id]) for each in figures if each.member_id in known]
