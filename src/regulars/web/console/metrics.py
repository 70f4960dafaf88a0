"""The metric tree: what sales are made of, what moved, and where."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.org.models import Node
from regulars.understand.metrics.service import (
    Child,
    Question,
    as_closed,
    get_closing,
    get_freshness,
    get_tree,
    list_channels,
    list_trend,
    open_question,
)
from regulars.web.console import asking
from regulars.web.parts import charts
from regulars.web.parts.drawing import drawing_of, trend_chart
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import CENTS, CHANGE, COUNT, RATE, SIGNED, Column, at, table_of

AXES = {
    "org": _("Places"),
    "category": _("Categories"),
    "brand": _("Brands"),
    "channel": _("Channels"),
}
GOODS_AXES = ("category", "brand")
PART, CLOSED = "X-Part", "closed"
NOTHING_BEFORE = _("There is nothing to compare with.")


@dataclass(frozen=True)
class Row:
    """A node one level down, beside the whole it belongs to."""

    child: Child
    whole_cents: int
    asked: QueryDict

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.child.net_cents, self.whole_cents) if self.whole_cents else None

    @property
    def spend_per_buyer(self) -> Fraction | None:
        total = self.child.total
        return Fraction(total.net_cents, total.buyers) if total.buyers else None

    @property
    def url(self) -> str:
        """The same address, asking about this node."""
        query = self.asked.copy()
        for name in ("sort", "find", "page", "open"):
            query.pop(name, None)
        query[self.child.axis] = self.child.code
        return f"?{query.urlencode()}"


COLUMNS = (
    Column("name", _("Name"), at("child.name"), link=at("url")),
    Column("net", _("Net sales"), at("child.net_cents"), CENTS),
    Column("rate", _("Growth"), at("child.change_rate"), CHANGE, reason=NOTHING_BEFORE),
    Column(
        "change",
        _("Brings to the change"),
        at("child.change_cents"),
        SIGNED,
        reason=NOTHING_BEFORE,
    ),
    Column("share", _("Share"), at("share"), RATE),
    Column("buyers", _("Buying members"), at("child.total.buyers"), COUNT),
    Column("tickets", _("Tickets"), at("child.total.tickets"), COUNT),
    Column("spend", _("Spend per buyer"), at("spend_per_buyer"), CENTS),
)


@requires(Capability.SEE_METRICS)
def show(request: HttpRequest) -> HttpResponse:
    """The page, or one part of it that the page fetches after its first paint."""
    question = asking.question_of(request)
    if request.GET.get("state") == CLOSED:
        question = as_closed(question)
    axes = axes_of(question)
    axis = request.GET.get("axis", "")
    axis = axis if axis in axes else next(iter(axes))
    if request.headers.get(PART) == "trend":
        return answer_part(request, "console/metrics/trend.html", {"trend": trend_of(question)})
    is_later = is_fetched_later(request, question)
    if is_later and axis in GOODS_AXES and request.headers.get(PART) != "table":
        comparison, table = get_tree(question), None
    else:
        comparison, children = open_question(question, axis)
        rows = [Row(child, comparison.net_cents, request.GET) for child in children]
        table = table_of(request, rows, COLUMNS, sort="-net", find_in=("child.name", "child.code"))
        if wants_excel(request):
            return as_excel(request, table, f"{axis}-{question.period.start}")
    if request.headers.get(PART) == "table":
        return answer_part(request, "parts/table.html", {"table": table})
    page = {
        "question": question,
        "axes": axes,
        "axis": axis,
        "table": table,
        "trend": None if is_later else trend_of(question),
        "freshness": get_freshness(),
        "closing": get_closing(question),
        **drawing_of(comparison, request.GET.get("open", "")),
        **controls_of(request, question),
    }
    return render(request, "console/metrics.html", page)


def is_fetched_later(request: HttpRequest, question: Question) -> bool:
    """Whether what takes long comes after the first paint: of goods, which are counted line by
    line, when a page is opened; not when it is sorted, searched or asked for in one piece."""
    wants_rows = {"sort", "find", "page", "export", "at_once"} & request.GET.keys()
    return question.is_about_goods and not wants_rows and "HX-Request" not in request.headers


def answer_part(request: HttpRequest, template: str, page: dict[str, Any]) -> HttpResponse:
    response = render(request, template, page)
    patch_vary_headers(response, [PART])
    return response


def axes_of(question: Question) -> dict[str, Any]:
    """The axes along which a question can be opened further."""
    if question.is_as_closed:
        return {"org": AXES["org"]}
    closed = {"channel"} if question.channel else set()
    if question.org.kind == Node.Kind.STORE:
        closed.add("org")
    return {axis: label for axis, label in AXES.items() if axis not in closed}


def trend_of(question: Question) -> charts.Chart:
    return trend_chart(list_trend(question))


def controls_of(request: HttpRequest, question: Question) -> dict[str, Any]:
    channels = list_channels(question)
    is_silent = bool(question.channel) and question.channel not in channels
    return {
        "presets": asking.presets_for(question),
        "comparisons": asking.COMPARISONS,
        "compare": request.GET.get("compare") or "previous",
        "channels": [*channels, question.channel] if is_silent else channels,
        "is_silent": is_silent,
        "places": asking.places_above(request, question),
        "goods": asking.goods_above(question),
    }
