"""The only source of now and today.

A business date is set by the chain's time zone and day cut-off; a deployment may stand still
"as of" a date, as the demo does at the end of its data.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from regulars.ground.kit.deployment import chain

HOURS_A_DAY = 24


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def on_its_day(at: datetime) -> datetime:
    """Where a deployment stands still, the same hour of the business day on which it does, for a
    moment after that day: what is done there falls into its own today, in the order in which it was
    done. Elsewhere, and of what was before, the moment itself."""
    day = chain().as_of
    if day is None or business_date(at) <= day:
        return at
    return at.astimezone(zone()) + (day - business_date(at))


def business_date(at: datetime) -> date:
    """The business date of an aware moment."""
    local = at.astimezone(zone())
    return (local - timedelta(hours=chain().day_cutoff_hours)).date()


def today() -> date:
    """The business date that pages stand on."""
    return chain().as_of or business_date(now())


def hours_over(at: datetime) -> Fraction:
    """How many hours of today, the business day, are over at a moment of it: 0 to 24. The day on
    which a deployment stands still is over."""
    if chain().as_of or business_date(at) > today():
        return Fraction(HOURS_A_DAY)
    local = at.astimezone(zone()) - timedelta(hours=chain().day_cutoff_hours)
    return local.hour + Fraction(local.minute * 60 + local.second, 3600)


def is_past(hour: int) -> bool:
    """Whether an hour of the wall's clock, 0 to 23, lies behind in this business day."""
    return hours_over(now()) >= (hour - chain().day_cutoff_hours) % HOURS_A_DAY


def zone() -> ZoneInfo:
    """The chain's time zone."""
    return ZoneInfo(chain().time_zone)
