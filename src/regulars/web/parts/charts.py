"""Charts: ECharts options made here from data, with the same numbers as a table beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from regulars.web.parts.figures import Number

ACCENT, EARLIER, QUIET, GRID = "#0b5d7a", "#9fb4bf", "#667784", "#e6ebef"
GENERATIONS = (ACCENT, "#4fa3c0", "#7a9e3f", "#c08a2d")
CENTS = 100


@dataclass(frozen=True)
class Series:
    """One line or set of bars: a value for each label, None where unknown."""

    name: str | Promise
    values: Sequence[Number | None]


@dataclass(frozen=True)
class Chart:
    """`option` is for ECharts; `labels` and `series` are what the table beside it shows."""

    name: str
    title: str | Promise
    unit: str
    labels: Sequence[str]
    series: Sequence[Series]
    option: dict[str, Any]

    @property
    def option_id(self) -> str:
        return f"{self.name}-option"

    @property
    def rows(self) -> list[tuple[str, list[Number | None]]]:
        columns = [series.values for series in self.series]
        return [(label, [values[i] for values in columns]) for i, label in enumerate(self.labels)]


def lines(
    name: str, title: str | Promise, unit: str, labels: Sequence[str], *series: Series
) -> Chart:
    """A trend: the first series strong, later ones (comparisons) quiet and dashed."""
    option = _option(labels, [_drawn(s, unit, _line(i == 0)) for i, s in enumerate(series)])
    return Chart(name, title, unit, labels, series, option)


def times_of(moments: Sequence[datetime]) -> list[str]:
    """Labels for moments of one day, by the chain's clock."""
    return [timezone.localtime(moment).strftime("%H:%M") for moment in moments]


def generations(
    name: str, title: str | Promise, unit: str, labels: Sequence[str], *series: Series
) -> Chart:
    """Up to four lines of equal rank, told apart by colour; each ends where no more is known."""
    styles = [_line(is_first=True) | {"color": color} for color in GENERATIONS]
    drawn = [_drawn(s, unit, style) for s, style in zip(series, styles, strict=False)]
    return Chart(name, title, unit, labels, series, _option(labels, drawn))


def bars(
    name: str, title: str | Promise, unit: str, labels: Sequence[str], *series: Series
) -> Chart:
    """A distribution, or amounts side by side."""
    option = _option(labels, [_drawn(s, unit, _bar(i == 0)) for i, s in enumerate(series)])
    return Chart(name, title, unit, labels, series, option)


def _drawn(series: Series, unit: str, style: dict[str, Any]) -> dict[str, Any]:
    data = [_plotted(value, unit) for value in series.values]
    return {"name": str(series.name), "data": data, **style}


def _option(labels: Sequence[str], drawn: list[dict[str, Any]]) -> dict[str, Any]:
    has_legend = len(drawn) > 1
    top = 36 if has_legend else 12
    return {
        "animation": False,
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 16, "top": top, "bottom": 4, "containLabel": True},
        "legend": {
            "show": has_legend, "top": 0, "left": 0,
            "icon": "roundRect", "itemHeight": 4, "itemWidth": 16,
        },
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {
            "type": "category",
            "data": list(labels),
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": QUIET},
        },
        "yAxis": {
            "type": "value",
            "splitLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": QUIET},
        },
        "series": drawn,
    }  # fmt: skip


def _line(is_first: bool) -> dict[str, Any]:
    return {
        "type": "line",
        "symbol": "circle" if is_first else "none",
        "symbolSize": 5,
        "color": ACCENT if is_first else EARLIER,
        "lineStyle": {"width": 2, "type": "solid" if is_first else "dashed"},
    }


def _bar(is_first: bool) -> dict[str, Any]:
    return {"type": "bar", "barMaxWidth": 28, "color": ACCENT if is_first else EARLIER}


def _plotted(value: Number | None, unit: str) -> float | int | None:
    """What ECharts draws: major units of money, per cent of rates."""
    if value is None:
        return None
    scaled = Fraction(value) / CENTS if unit == "cents" else Fraction(value)
    scaled = scaled * 100 if unit == "rate" else scaled
    return int(scaled) if scaled.denominator == 1 else float(scaled)
