"""The months of a plan, each as far as the plan reaches into it, and the days it is built on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.understand.metrics.service import Period, month_of, months_later
from regulars.understand.targets.models import Plan


@dataclass(frozen=True)
class Stretch:
    """`period` are the days of one month that a plan covers, `base` the same days before."""

    period: Period
    base: Period

    @property
    def month_on(self) -> date:
        return month_of(self.period.start).start

    @property
    def is_over(self) -> bool:
        return self.period.end <= clock.today()

    @property
    def has_begun(self) -> bool:
        return self.period.start <= clock.today()


def stretches_of(plan: Plan) -> list[Stretch]:
    return list(_stretches(period_of_plan(plan), plan.base_months))


def period_of_plan(plan: Plan) -> Period:
    return Period(plan.first_on, date.fromordinal(plan.last_on.toordinal() + 1))


def base_of(period: Period, months: int) -> Period:
    """The same days some months earlier; whole months stay whole months."""
    return Period(months_later(period.start, -months), months_later(period.end, -months))


def stretch_of(plan: Plan, month_on: date) -> Stretch:
    """Raises UserError for a month that the plan does not reach into."""
    for stretch in stretches_of(plan):
        if stretch.month_on == month_on:
            return stretch
    raise UserError(
        _("%(month)s is no month of this plan.") % {"month": month_on.strftime("%Y-%m")},
        field="month",
    )


def seen_on(plan: Plan) -> date:
    """The day whose organisation the plan is split over: today, inside the plan."""
    return min(max(clock.today(), plan.first_on), plan.last_on)


def _stretches(whole: Period, months: int) -> Iterator[Stretch]:
    start = whole.start
    while start < whole.end:
        end = min(month_of(start).end, whole.end)
        period = Period(start, end)
        yield Stretch(period, base_of(period, months))
        start = end
