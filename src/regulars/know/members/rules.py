"""The stage of a child, as of a date."""

from calendar import monthrange
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MONTHS_A_YEAR = 12


class Stage(TextChoices):
    """What a child's age means for what is bought. The order is that of life."""

    PREGNANCY = "pregnancy", _("pregnancy")
    NEWBORN = "newborn", _("newborn, first month")
    YOUNG_INFANT = "young_infant", _("infant, 1–6 months")
    OLDER_INFANT = "older_infant", _("infant, 6–12 months")
    TODDLER = "toddler", _("toddler, 1–3 years")
    PRESCHOOL = "preschool", _("preschool, from 3 years")
    GRADUATED = "graduated", _("graduated")


STARTS_AT_MONTHS = {
    Stage.NEWBORN: 0,
    Stage.YOUNG_INFANT: 1,
    Stage.OLDER_INFANT: 6,
    Stage.TODDLER: 12,
    Stage.PRESCHOOL: 36,
}


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where there is no such."""
    years, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(born_on: date, on: date) -> int:
    """Age in completed months; negative before birth."""
    months = (on.year - born_on.year) * MONTHS_A_YEAR + on.month - born_on.month
    return months if add_months(born_on, months) <= on else months - 1


def stage_on(born_on: date, on: date, age_range_months: int) -> Stage:
    """The stage of a child born, or due, on a day. A due date that has passed counts as the birth
    until the birth is told; from `age_range_months` on the child has graduated."""
    months = months_between(born_on, on)
    if months < 0:
        return Stage.PREGNANCY
    if months >= age_range_months:
        return Stage.GRADUATED
    return [stage for stage, start in STARTS_AT_MONTHS.items() if start <= months][-1]


def births_in_stage(stage: Stage, on: date, age_range_months: int) -> tuple[date, date]:
    """The first and the last day of birth whose child is in a stage on a day. The first lies after
    the last when the stage lies beyond the age range."""
    if stage is Stage.PREGNANCY:
        return on + timedelta(days=1), date.max
    if stage is Stage.GRADUATED:
        return date.min, latest_birth(age_range_months, on)
    starts = [*STARTS_AT_MONTHS.values(), age_range_months]
    ends_at = starts[list(STARTS_AT_MONTHS).index(stage) + 1]
    last = latest_birth(STARTS_AT_MONTHS[stage], on)
    return latest_birth(min(ends_at, age_range_months), on) + timedelta(days=1), last


def latest_birth(months: int, on: date) -> date:
    """The last day of birth of those who are at least `months` old on a day."""
    is_month_end = on.day == monthrange(on.year, on.month)[1]
    day = add_months(on, -months)
    return day.replace(day=monthrange(day.year, day.month)[1]) if is_month_end else day
