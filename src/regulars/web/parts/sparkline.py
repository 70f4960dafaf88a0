"""A row of small bars in a table's cell: how something went, day by day."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

WIDTH, GAP, HEIGHT = 4, 1, 24


class Sparkline(str):
    """As text, and in Excel, the counts themselves; in a page their bars."""

    values: Sequence[int]

    def __new__(cls, values: Sequence[int]) -> "Sparkline":
        made = super().__new__(cls, " ".join(map(str, values)))
        made.values = list(values)
        return made

    def __html__(self) -> SafeString:
        most = max(self.values, default=0)
        step = WIDTH + GAP
        bars = format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}"/>',
            (
                (place * step, HEIGHT - _height(value, most), WIDTH, _height(value, most))
                for place, value in enumerate(self.values)
            ),
        )
        label = ngettext("at most %(most)d a day", "at most %(most)d a day", most) % {"most": most}
        width = len(self.values) * step
        return format_html(
            '<svg class="day-bars" width="{}" height="{}" role="img" aria-label="{}">'
            "<title>{}</title>{}</svg>",
            width, HEIGHT, label, label, bars,
        )  # fmt: skip


def _height(value: int, most: int) -> int:
    """Nothing has no bar, anything at all has one."""
    return max(1, round(value / most * HEIGHT)) if value else 0
