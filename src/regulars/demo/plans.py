"""The demo's plan: a target beside every number from the first minute on."""

from datetime import date, timedelta
from fractions import Fraction

from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.understand.metrics.service import months_later
from regulars.understand.targets.models import Plan
from regulars.understand.targets.service import Wish, foresee, make_plan, move_plan

GROWTH = Fraction(8, 100)
A_YEAR, A_QUARTER = 12, 3
A_DAY = timedelta(days=1)


def make_plan_in_force() -> None:
    """Plan this year beside the last one; where that is not known, this quarter beside the one
    before. With a plan in force already, and without anything to plan by, nothing is made."""
    if Plan.objects.exists():
        return
    hq = User.objects.get(username="hq")
    scope = scope_of(hq)
    for months in (A_YEAR, A_QUARTER):
        wish = _wish(clock.today(), months)
        if foresee(scope, wish).base_cents:
            plan = make_plan(hq, scope, wish)
            move_plan(hq, scope, plan, Plan.State.AGREED)
            return


def _wish(today: date, months: int) -> Wish:
    first_on = date(today.year, (today.month - 1) // months * months + 1, 1)
    quarter = f" Q{(first_on.month + 2) // A_QUARTER}" if months == A_QUARTER else ""
    return Wish(
        code=f"{first_on:%Y-%m}",
        name=f"{first_on.year}{quarter}",
        first_on=first_on,
        last_on=months_later(first_on, months) - A_DAY,
        base_months=months,
        growth=GROWTH,
    )
