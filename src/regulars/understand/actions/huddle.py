"""The morning huddle 晨会 of a store: yesterday, today's number, who is here, what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from regulars.ground.accounts.access import Scope
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import query
from regulars.understand.actions.giving import (
    give_action,
    list_actions,
    list_unanswered,
)
from regulars.understand.actions.models import Action, Promise
from regulars.understand.actions.people import Person, find_person
from regulars.understand.actions.roster import Roster, get_roster
from regulars.understand.diagnosis.models import Finding
from regulars.understand.metrics.service import Period, Question
from regulars.understand.targets.service import find_target_cents

DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEEKS_OF_USUAL = 4
MOST_TO_SAY = 3
TargetOf = Callable[[Question], int | None]
"""The target in cents of a question's place and period; None where there is none."""


@dataclass(frozen=True)
class Huddle:
    """Cents. `usual_cents` is what the same weekday brought on average over the last four weeks,
    None for a store without them; `target_cents` None where no target is set. `week_before_cents`
    is the same weekday as yesterday, a week earlier."""

    store: Node
    yesterday_cents: int
    week_before_cents: int | None
    today_cents: int
    usual_cents: Fraction | None
    target_cents: int | None
    roster: Roster
    to_do: list[Action]
    findings: list[Finding]
    promises: list[Promise]

    @property
    def aim_cents(self) -> int | Fraction | None:
        """Today's number: the target, else what such a day usually brings."""
        return self.usual_cents if self.target_cents is None else self.target_cents

    @property
    def left_cents(self) -> int | Fraction | None:
        return None if self.aim_cents is None else max(self.aim_cents - self.today_cents, 0)

    @property
    def done_share(self) -> Fraction | None:
        return Fraction(self.today_cents) / self.aim_cents if self.aim_cents else None


def get_huddle(scope: Scope, store: Node, target_of: TargetOf = find_target_cents) -> Huddle:
    """The screen of one store, as of today."""
    today = clock.today()
    sold = _sold_by_day(store, today)
    same_weekdays = [sold.get(today - week * WEEK) for week in range(1, WEEKS_OF_USUAL + 1)]
    usual = [cents for cents in same_weekdays if cents is not None]
    at_store = list_actions(scope).filter(node=store)
    return Huddle(
        store=store,
        yesterday_cents=sold.get(today - DAY, 0),
        week_before_cents=sold.get(today - DAY - WEEK),
        today_cents=sold.get(today, 0),
        usual_cents=Fraction(sum(usual), len(usual)) if usual else None,
        target_cents=target_of(Question(store, Period(today, today + DAY))),
        roster=get_roster(store),
        to_do=list(at_store.filter(state=Action.State.OPEN)),
        findings=list(list_unanswered(scope).filter(node=store)[:MOST_TO_SAY]),
        promises=list(Promise.objects.filter(node=store, is_kept=None).order_by("due_on", "pk")),
    )


def give_out(actor: User, scope: Scope, action: Action, key: str) -> Action:
    """One tap: someone of the store is to do today what the store was given."""
    person: Person = find_person(action.node, key)
    return give_action(
        actor,
        scope,
        node=action.node,
        what=action.what,
        person=person,
        due_on=clock.today(),
        finding=action.finding,
        parent=action,
        part=action.part,
        factor=action.expected_factor,
    )


def _sold_by_day(store: Node, today: date) -> dict[date, int]:
    period = {"start": today - (WEEKS_OF_USUAL + 1) * WEEK, "end": today + DAY, "as_of": today}
    rows = query(named(__package__, "days_of_place"), period | {"node": store.pk}).to_pylist()
    return {row["business_on"]: row["net_cents"] for row in rows}
