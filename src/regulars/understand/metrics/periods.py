"""Periods of business dates, and what they are compared with."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

PREVIOUS, LAST_YEAR, NOTHING = "previous", "last_year", "none"
SEPARATOR = ".."


@dataclass(frozen=True)
class Period:
    """`start` up to but not including `end`."""

    start: date
    end: date

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def is_calendar_month(self) -> bool:
        return self == month_of(self.start)


def month_of(day: date) -> Period:
    return Period(day.replace(day=1), months_later(day.replace(day=1), 1))


def month_named(text: str) -> Period:
    """The month of "2026-10". Raises UserError."""
    return month_of(parse_date(f"{text}-01", "month"))


def period_of(first: date, last: date) -> Period:
    """Both days inclusive. Raises UserError when the end stands before the start."""
    if last < first:
        raise UserError(
            _("The end %(last)s stands before the start %(first)s.")
            % {"last": last.isoformat(), "first": first.isoformat()},
            field="to",
        )
    return Period(first, last + timedelta(days=1))


def compared_with(period: Period, compare: str) -> Period | None:
    """`previous` (the month before a calendar month, else as many days just before), `last_year`,
    `none`, or two dates as `2026-01-01..2026-01-31`. Raises UserError naming what is not so."""
    if compare == NOTHING:
        return None
    if compare == PREVIOUS:
        if period.is_calendar_month:
            return month_of(months_later(period.start, -1))
        return Period(period.start - timedelta(days=period.days), period.start)
    if compare == LAST_YEAR:
        return Period(months_later(period.start, -12), months_later(period.end, -12))
    first, found, last = compare.partition(SEPARATOR)
    if not found:
        raise UserError(
            _("“%(compare)s” is none of previous, last_year, none, or two dates A..B.")
            % {"compare": compare},
            field="compare",
        )
    return period_of(parse_date(first, "compare"), parse_date(last, "compare"))


def parse_date(text: str, field: str) -> date:
    """An ISO date. Raises UserError naming the field."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(
            _("%(field)s: “%(text)s” is not a date like 2026-01-31.")
            % {"field": field, "text": text},
            field=field,
        ) from None


def months_later(day: date, months: int) -> date:
    """The same day of another month; the last day of it where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, length))
