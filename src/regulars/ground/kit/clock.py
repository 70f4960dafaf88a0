"""The only source of now and today.

A business date is set by the chain's time zone and day cut-off; a deployment may stand still
"as of" a date, as the demo does at the end of its data.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from regulars.ground.kit.deployment import chain


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def business_date(at: datetime) -> date:
    """The business date of an aware moment."""
    local = at.astimezone(ZoneInfo(chain().time_zone))
    return (local - timedelta(hours=chain().day_cutoff_hours)).date()


def today() -> date:
    """The business date that pages stand on."""
    return chain().as_of or business_date(now())


def hours_over(at: datetime) -> Fraction:
    """How many hours of today, the business day, are over at a moment of it: 0 to 24. The day on
    which a deployment stands still is over."""
    if chain().as_of or business_date(at) > today():
        return Fraction(24)
    local = at.astimezone(ZoneInfo(chain().time_zone)) - timedelta(hours=chain().day_cutoff_hours)
    return local.hour + Fraction(local.minute * 60 + local.second, 3600)
