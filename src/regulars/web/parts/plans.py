"""The plan that matters to someone now, and its present month seen from the own place."""

from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock
from regulars.understand.metrics.service import Question
from regulars.understand.targets import service as targets
from regulars.understand.targets.models import Plan
from regulars.understand.targets.service import Sight


def find_plan_at_hand(scope: Scope, code: str = "") -> Plan | None:
    """The plan asked for; else one that waits for proposals, one that runs, or the latest."""
    plans = list(targets.visible_plans(scope))
    today = clock.today()

    def rank(plan: Plan) -> tuple[bool, bool, bool]:
        runs = plan.first_on <= today <= plan.last_on
        return plan.code == code, plan.state == Plan.State.PROPOSED, runs

    return max(plans, key=rank, default=None)


def this_month_of(plan: Plan, question: Question) -> Sight:
    """The plan in the month of today; all of its months together where today lies outside."""
    months = targets.stretches_of(plan)
    now = next((each for each in months if each.has_begun and not each.is_over), None)
    return targets.look(plan, question.org, now.month_on if now else None, question.categories)
