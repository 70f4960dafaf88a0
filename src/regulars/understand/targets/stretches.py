"""The months of a plan, each as far as the plan reaches into it, and the days it is built on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.understand.metrics.service import Period, month_of, months_later
from regulars.understand.targets.models import Plan

A_DAY = timedelta(days=1)
MOST_BACK = 120


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
    return list(_stretches(plan))


def period_of_plan(plan: Plan) -> Period:
    return Period(plan.first_on, plan.last_on + A_DAY)


def base_of(plan: Plan, period: Period) -> Period:
    """The same days `base_months` earlier, or as many years before that as it takes for them to be
    over when the plan is made; whole months stay whole months."""
    months = plan.base_months
    while months < MOST_BACK and months_later(period.end, -months) > plan.made_on + A_DAY:
        months += 12
    return Period(months_later(period.start, -months), months_later(period.end, -months))


def base_periods(stretches: Iterable[Stretch]) -> list[Period]:
    """The days that a plan is built on, in as few pieces as they hang together."""
    found: list[Period] = []
    for base in sorted((each.base for each in stretches), key=lambda base: base.start):
        if found and found[-1].end == base.start:
            found[-1] = Period(found[-1].start, base.end)
        else:
            found.append(base)
    return found


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


def _stretches(plan: Plan) -> Iterator[Stretch]:
    whole = period_of_plan(plan)
    start = whole.start
    while start < whole.end:
        end = min(month_of(start).end, whole.end)
        period = Period(start, end)
        yield Stretch(period, base_of(plan, period))
        start = end
