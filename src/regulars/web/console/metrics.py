"""The metric tree: what sales are made of, what moved, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit.deployment import chain
from regulars.ground.org.models import Node
from regulars.understand.metrics.service import (
    Child,
    Comparison,
    Part,
    Point,
    Question,
    get_freshness,
    get_tree,
    list_channels,
    list_children_of,
    list_trend,
)
from regulars.web.console import asking
from regulars.web.console.part_notes import PART_NOTES
from regulars.web.parts import charts
from regulars.web.parts.excel import as_excel, wants_excel
from regulars.web.parts.tables import CENTS, CHANGE, COUNT, RATE, SIGNED, Column, at, table_of

AXES = {
    "org": _("Places"),
    "category": _("Categories"),
    "brand": _("Brands"),
    "channel": _("Channels"),
}
NOTHING_BEFORE = _("There is nothing to compare with.")


@dataclass(frozen=True)
class Row:
    """A node one level down, beside the whole it belongs to."""

    child: Child
    whole_cents: int
    url: str

    @property
    def share(self) -> Fraction | None:
        net_cents = self.child.comparison.net_cents
        return Fraction(net_cents, self.whole_cents) if self.whole_cents else None

    @property
    def spend_per_buyer(self) -> Fraction | None:
        total = self.child.comparison.tree.total
        return Fraction(total.net_cents, total.buyers) if total.buyers else None


COLUMNS = (
    Column("name", _("Name"), at("child.name"), link=at("url")),
    Column("net", _("Net sales"), at("child.comparison.net_cents"), CENTS),
    Column("rate", _("Growth"), at("child.comparison.change_rate"), CHANGE, reason=NOTHING_BEFORE),
    Column(
        "change",
        _("Brings to the change"),
        at("child.comparison.change_cents"),
        SIGNED,
        reason=NOTHING_BEFORE,
    ),
    Column("share", _("Share"), at("share"), RATE),
    Column("buyers", _("Buying members"), at("child.comparison.tree.total.buyers"), COUNT),
    Column("tickets", _("Tickets"), at("child.comparison.tree.total.tickets"), COUNT),
    Column("spend", _("Spend per buyer"), at("spend_per_buyer"), CENTS),
)


@requires(Capability.SEE_METRICS)
def show(request: HttpRequest) -> HttpResponse:
    question = asking.question_of(request)
    comparison = get_tree(question)
    axes = axes_of(question)
    axis = request.GET.get("axis", "")
    axis = axis if axis in axes else next(iter(axes))
    rows = rows_of(request, question, comparison, axis)
    table = table_of(request, rows, COLUMNS, sort="-net", find_in=("child.name", "child.code"))
    if wants_excel(request):
        return as_excel(request, table, f"{axis}-{question.period.start}")
    page = {
        "question": question,
        "axes": axes,
        "axis": axis,
        "table": table,
        "trend": trend_chart(list_trend(question)),
        "freshness": get_freshness(),
        **drawing_of(comparison, request.GET.get("open", "")),
        **controls_of(request, question),
    }
    return render(request, "console/metrics.html", page)


def drawing_of(comparison: Comparison, wanted: str) -> dict[str, Any]:
    """What the picture of a tree needs: the boxes, which one is open, how long a bar may be."""
    opened = opened_part(comparison, wanted)
    changes = [abs(part.change_cents or 0) for part in comparison.parts]
    steps = [abs(f.contribution_cents or 0) for f in opened.factors] if opened else []
    note = PART_NOTES[opened.code] % {"window": chain().active_window_days} if opened else ""
    return {
        "comparison": comparison,
        "opened": opened,
        "opened_note": note,
        "largest_change": max(changes, default=0),
        "largest_step": max(steps, default=0),
    }


def opened_part(comparison: Comparison, wanted: str) -> Part | None:
    """The part asked for, else the one that moved most, else the one that weighs most."""

    def weight(part: Part) -> tuple[bool, int, int]:
        return part.code == wanted, abs(part.change_cents or 0), abs(part.net_cents)

    return max(comparison.parts, key=weight, default=None)


def axes_of(question: Question) -> dict[str, Any]:
    """The axes along which a question can be opened further."""
    closed = {"channel"} if question.channel else set()
    if question.org.kind == Node.Kind.STORE:
        closed.add("org")
    return {axis: label for axis, label in AXES.items() if axis not in closed}


def rows_of(
    request: HttpRequest, question: Question, comparison: Comparison, axis: str
) -> list[Row]:
    return [
        Row(child, comparison.net_cents, _narrowed(request, child))
        for child in list_children_of(question, axis)
    ]


def trend_chart(points: Sequence[Point]) -> charts.Chart:
    months = [point.month_on.strftime("%Y-%m") for point in points]
    sales = charts.Series(_("Net sales"), [point.net_cents for point in points])
    return charts.lines("trend", _("Net sales by month"), "cents", months, sales)


def controls_of(request: HttpRequest, question: Question) -> dict[str, Any]:
    return {
        "presets": [(preset, preset.is_asked_by(question)) for preset in asking.presets()],
        "comparisons": asking.COMPARISONS,
        "compare": request.GET.get("compare") or "previous",
        "channels": list_channels(question),
        "places": asking.places_above(request, question),
        "goods": asking.goods_above(question),
    }


def _narrowed(request: HttpRequest, child: Child) -> str:
    """This address, asking about one child."""
    query = request.GET.copy()
    for name in ("sort", "find", "page", "open"):
        query.pop(name, None)
    query[child.axis] = child.code
    return f"?{query.urlencode()}"
