"""How a tree is drawn: its boxes, which of them is open, and its course over a year."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.deployment import chain
from regulars.understand.metrics.service import Comparison, Method, Part, Point
from regulars.web.parts import charts
from regulars.web.parts.part_notes import PART_NOTES

METHODS = {
    Method.SHAPLEY: _("All orders"),
    Method.CHAIN: _("First factor first"),
    Method.CHAIN_REVERSED: _("Last factor first"),
}


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
        "methods": METHODS,
        "largest_change": max(changes, default=0),
        "largest_step": max(steps, default=0),
    }


def opened_part(comparison: Comparison, wanted: str) -> Part | None:
    """The part asked for, else the one that moved most, else the one that weighs most."""

    def weight(part: Part) -> tuple[bool, int, int]:
        return part.code == wanted, abs(part.change_cents or 0), abs(part.net_cents)

    return max(comparison.parts, key=weight, default=None)


def trend_chart(points: Sequence[Point]) -> charts.Chart:
    months = [point.month_on.strftime("%Y-%m") for point in points]
    sales = charts.Series(_("Net sales"), [point.net_cents for point in points])
    return charts.lines("trend", _("Net sales by month"), "cents", months, sales)
