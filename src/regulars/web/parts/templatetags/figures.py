"""Tags that put numbers on a page: tabular, exact on hover, never a colour alone.

What is unknown is a dash that says why.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.ground.kit.deployment import chain
from regulars.web.parts import dates, figures
from regulars.web.parts.figures import Figure, Number
from regulars.web.parts.live import Shown

register = template.Library()

FLAT_BELOW = Fraction(5, 10_000)


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def figure_of(value: Number, unit: str, *, signed: bool = False) -> Figure:
    """`unit` is "cents", "count", "days", "rate" or "ratio"."""
    if unit == "cents":
        return figures.money(value, chain().currency, chinese=is_chinese(), signed=signed)
    if unit in ("count", "days"):
        return figures.count(value, chinese=is_chinese(), signed=signed)
    return figures.rate(value) if unit == "rate" else figures.ratio(value)


@register.simple_tag
def figure(value: Number | None, unit: str, reason: object = "") -> SafeString:
    """`value` in `unit`; None is unknown, for `reason`."""
    return unknown(reason) if value is None else shown(figure_of(value, unit))


@register.simple_tag
def money(cents: Number | None, reason: object = "") -> SafeString:
    return figure(cents, "cents", reason)


@register.simple_tag
def exact(cents: int) -> SafeString:
    """Money to the cent: what a receipt says."""
    figure = figures.money(cents, chain().currency, chinese=is_chinese())
    return format_html('<span class="num">{}</span>', figure.exact)


@register.simple_tag
def count(number: Number | None, reason: object = "") -> SafeString:
    return figure(number, "count", reason)


@register.simple_tag
def rate(share: Number | None, reason: object = "") -> SafeString:
    return figure(share, "rate", reason)


@register.simple_tag
def signed(value: Number | None, unit: str = "cents", reason: object = "") -> SafeString:
    """A difference, coloured by its direction."""
    if value is None:
        return unknown(reason)
    return format_html(
        '<span class="{}">{}</span>',
        direction(value),
        shown(figure_of(value, unit, signed=True)),
    )


@register.simple_tag
def change(now: Number | None, before: Number | None, unit: str = "cents") -> SafeString:
    """How far `now` is from `before`: per cent, or percentage points for a rate."""
    if now is None or before is None:
        return unknown(_("There is nothing to compare with."))
    if unit == "rate":
        return _arrow(Fraction(now) - Fraction(before), _("pp"))
    if before <= 0:
        return unknown(_("The comparison period has no value above zero."))
    return _arrow((Fraction(now) - Fraction(before)) / Fraction(before), "%")


@register.simple_tag
def change_rate(difference: Number | None, reason: object = "") -> SafeString:
    """A rate of change that is already known as a share of one."""
    return unknown(reason) if difference is None else _arrow(Fraction(difference), "%")


@register.simple_tag
def live_figure(numbers: Mapping[str, Shown], name: str) -> SafeString:
    """A figure that goes on by itself; a dash until it is counted for the first time."""
    shown = numbers.get(name, Shown("—"))
    title = format_html(' title="{}"', shown.title) if shown.title else ""
    return format_html(
        '<span class="num {}" data-live="{}"{}>{}</span>', shown.direction, name, title, shown.text
    )


@register.filter
def bar_width(value: Number | None, largest: Number) -> str:
    """The CSS width of a bar, where `largest` fills half of its box."""
    if not value or not largest:
        return "0%"
    return f"{float(abs(Fraction(value)) / abs(Fraction(largest)) * 50):.2f}%"


@register.filter
def share_of(part: Number | None, whole: Number | None) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if part is not None and whole else None


@register.filter
def exactly(value: float | None) -> Fraction | None:
    """An estimate, to be shown like any other figure."""
    return None if value is None else Fraction(value)


@register.filter
def whole(value: float) -> int:
    """An estimate rounded to whole ones."""
    return round(value)


@register.filter
def as_number(value: Number | None) -> float:
    """For the length of a bar, and where a figure is rounded by hand."""
    return float(value or 0)


@register.filter
def currency_symbol(unit: str) -> str:
    """The chain's currency sign where `unit` is money."""
    return figures.symbol_of(chain().currency) if unit == "cents" else ""


@register.filter
def since(day: date) -> str:
    return dates.since(day)


def direction(value: Number) -> str:
    """The CSS class: which of up and down is red depends on the language."""
    return "up" if value > 0 else "down" if value < 0 else "flat"


def shown(number: Figure) -> SafeString:
    if number.short == number.exact:
        return format_html('<span class="num">{}</span>', number.short)
    return format_html('<span class="num" title="{}">{}</span>', number.exact, number.short)


def unknown(reason: object) -> SafeString:
    why: Any = reason or _("Not known.")
    return format_html(
        '<span class="unknown" title="{}">—<span class="visually-hidden">{}</span></span>', why, why
    )


def _arrow(difference: Fraction, unit: str) -> SafeString:
    size = figures.rounded(abs(difference) * 100, 1)
    if abs(difference) < FLAT_BELOW:
        return format_html('<span class="flat num">＝ {}{}</span>', size, unit)
    mark, word = ("▲", _("up")) if difference > 0 else ("▼", _("down"))
    return format_html(
        '<span class="{} num"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span> {}{}</span>',
        direction(difference), mark, word, size, unit,
    )  # fmt: skip
