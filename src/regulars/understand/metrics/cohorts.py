"""Members by the month they joined: how many bought since then, and what they brought (LTV)."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.comparison import ONLY_BUYERS
from regulars.understand.metrics.kpis import NO_COST, WHOLE_NODES_ONLY
from regulars.understand.metrics.question import Question
from regulars.understand.metrics.trees import place_of

MOST_COHORTS = 24
LAST_MONTH = 12
MONTHS_A_YEAR = 12
NOT_OVER = _("unknown: that month is not over yet")
BEFORE_THE_RECORD = _("unknown: some of them joined before the first sale on record")
NOTHING = {"buyers": 0, "net_cents": 0, "margin_cents": 0, "without_cost": 0}


@dataclass(frozen=True)
class Worth:
    """What a cohort has come to, all told, since it joined: exact counts and cents. `margin_cents`
    is None where the cost of a line is not recorded."""

    members: int
    buyers: int
    net_cents: int
    margin_cents: int | None

    @property
    def bought_rate(self) -> Fraction | None:
        """Of the members, who have bought; None where only buyers are recorded."""
        return None if chain().only_buyers_recorded else Fraction(self.buyers, self.members)

    @property
    def net_per_member(self) -> Fraction:
        return Fraction(self.net_cents, self.members)

    @property
    def margin_per_member(self) -> Fraction | None:
        return None if self.margin_cents is None else Fraction(self.margin_cents, self.members)


@dataclass(frozen=True)
class Cohort:
    """Those who joined in the month that begins on `month_on`; always one member or more. `months`
    holds what they had come to by the end of that month and of each one after it that is over;
    `to_date` counts on to the last day. Unknown for a `reason`: no `months`, no `to_date`."""

    month_on: date
    members: int
    months: tuple[Worth, ...]
    to_date: Worth | None
    reason: Promise | None = None

    def after(self, months: int) -> Worth | None:
        """None for a month that is not over, and where nothing is known."""
        return self.months[months] if months < len(self.months) else None

    def why_unknown(self, worth: Worth | None, measure: str) -> Promise | None:
        """Why `measure` (a property of Worth) has no value; None where it has one."""
        if worth is None:
            return self.reason or NOT_OVER
        if getattr(worth, measure) is not None:
            return None
        return ONLY_BUYERS if measure == "bought_rate" else NO_COST


@dataclass(frozen=True)
class Cohorts:
    """The latest months in which anyone joined, the newest first. None, with a `reason`, where the
    question is not about whole members: within goods or a channel."""

    cohorts: tuple[Cohort, ...]
    reason: Promise | None = None


def get_cohorts(question: Question) -> Cohorts:
    """The 24 latest join cohorts of the question's node, by home store, up to the period's end or
    today; what they bought counts wherever they bought it, returns taken off."""
    if question.is_about_goods or question.channel:
        return Cohorts((), WHOLE_NODES_ONLY)
    end = min(question.period.end, clock.today() + timedelta(days=1))
    asked = place_of(question) | {"end": end, "most": MOST_COHORTS}
    joined = answer(named(__package__, "cohorts"), asked).to_pylist()
    on_record = [row["month_on"] for row in joined if row["is_on_record"]]
    came_in = _came_in(asked | {"since": min(on_record)}) if on_record else {}
    return Cohorts(tuple(_cohort(row, came_in, end) for row in joined))


Month = tuple[date, int]
"""A month of joining, and how many months later."""


def _came_in(parameters: dict[str, Any]) -> dict[Month, dict[str, int]]:
    found: dict[Month, dict[str, int]] = {}
    for name in ("cohort_sales", "cohort_margins"):
        for row in answer(named(__package__, name), parameters).to_pylist():
            month = row.pop("month_on"), row.pop("age")
            found[month] = found.get(month, NOTHING) | row
    return found


def _cohort(joined: dict[str, Any], came_in: dict[Month, dict[str, int]], end: date) -> Cohort:
    month_on, members = joined["month_on"], joined["members"]
    if not joined["is_on_record"]:
        return Cohort(month_on, members, (), None, BEFORE_THE_RECORD)
    months_over = (end.year - month_on.year) * MONTHS_A_YEAR + end.month - month_on.month
    worths, sums = [], NOTHING
    for age in range(months_over + 1):
        month = came_in.get((month_on, age), NOTHING)
        sums = {name: sums[name] + month[name] for name in NOTHING}
        worths.append(_worth(members, sums))
    over = worths[: min(months_over, LAST_MONTH + 1)]
    return Cohort(month_on, members, tuple(over), worths[-1])


def _worth(members: int, sums: dict[str, int]) -> Worth:
    margin_cents = None if sums["without_cost"] else sums["margin_cents"]
    return Worth(members, sums["buyers"], sums["net_cents"], margin_cents)
