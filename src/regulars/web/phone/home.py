"""The phone's first page: today's number, and the tree for one thumb."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, Scope, requires, scope_of
from regulars.ground.kit import clock
from regulars.understand.metrics.service import ask, get_freshness, get_tree
from regulars.web.parts.live import live_numbers

TODAY, MONTH, YEAR = "today", "month", "year"
PERIODS: dict[str, Promise] = {
    TODAY: _("Today"),
    MONTH: _("This month"),
    YEAR: _("This year"),
}


@requires(Capability.ENTER)
def show(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    asked = request.GET.get("period", MONTH)
    period = asked if asked in PERIODS else MONTH
    page: dict[str, Any] = {"periods": PERIODS, "period": period}
    if scope.may(Capability.SEE_METRICS):
        page |= tree_of(scope, period) | live_numbers(scope)
    return render(request, "phone/home.html", page)


def tree_of(scope: Scope, period: str) -> dict[str, Any]:
    """The tree of the scope's whole place, beside the same time before."""
    question = ask(
        scope, first=first_day(period).isoformat(), last=clock.today().isoformat(),
        compare="last_year" if period == YEAR else "previous",
    )  # fmt: skip
    comparison = get_tree(question)
    changes = [abs(part.change_cents or 0) for part in comparison.parts]
    return {
        "question": question,
        "comparison": comparison,
        "largest_change": max(changes, default=0),
        "freshness": get_freshness(),
    }


def first_day(period: str) -> date:
    today = clock.today()
    starts = {TODAY: today, MONTH: today.replace(day=1), YEAR: today.replace(month=1, day=1)}
    return starts[period]
