"""One member: who she is, her family, what she buys, who looks after her."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.know.members import service
from regulars.know.orders.service import (
    Month,
    list_categories_bought,
    list_months,
    list_visits,
)
from regulars.know.tags.service import Subject
from regulars.web.console.persons import about_person
from regulars.web.parts import charts
from regulars.web.parts.tags_of import tags_page
from regulars.web.parts.who import signed_in

MONTHS_SHOWN = 24
MONTHS_A_YEAR = 12


@requires(Capability.SEE_MEMBERS)
def show(request: HttpRequest, code: str) -> HttpResponse:
    member = service.get_member(scope_of(request.user), code)
    months = list_months(member.pk)
    categories = list_categories_bought(member.pk)
    page = {
        "member": member,
        "profile": service.get_profile(member),
        "visits": list_visits(member.pk),
        "categories": categories,
        "largest_cents": max((category.net_cents for category in categories), default=0),
        "totals": _totals(months),
        "baskets": baskets_chart(months) if months else None,
        **tags_page(request, Subject.MEMBER, member.pk, member.code),
        **about_person(member),
    }
    return render(request, "console/member.html", page)


@require_POST
@requires(Capability.REVEAL_PHONE)
def reveal_phone(request: HttpRequest, code: str) -> HttpResponse:
    """The whole phone, as a fragment; the audit log has it before the reader does."""
    member = service.get_member(scope_of(request.user), code)
    phone = service.reveal_phone(signed_in(request), member)
    return render(request, "console/member/phone.html", {"phone": phone})


def baskets_chart(months: list[Month]) -> charts.Chart:
    """The last two years with purchases, months without a ticket as nought."""
    known = {month.month_on: month.net_cents for month in months}
    last = max(known)
    shown = [_months_before(last, back) for back in reversed(range(MONTHS_SHOWN))]
    shown = [month for month in shown if month >= min(known)]
    labels = [month.strftime("%Y-%m") for month in shown]
    series = charts.Series(_("Net sales"), [known.get(month, 0) for month in shown])
    return charts.bars("baskets", _("Spent by month"), "cents", labels, series)


def _months_before(day: Any, months: int) -> Any:
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 - months, MONTHS_A_YEAR)
    return day.replace(year=year, month=month + 1)


def _totals(months: list[Month]) -> dict[str, int]:
    return {
        "net_cents": sum(month.net_cents for month in months),
        "tickets": sum(month.tickets for month in months),
    }
