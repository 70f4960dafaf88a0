"""Who has what to do in a store, and what came of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import NotAllowed, NotFound
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node, Staff
from regulars.ground.org.service import store_ids_under
from regulars.understand.actions.roster import get_roster

RESULTS_OVER = timedelta(days=30)


@dataclass(frozen=True)
class Load:
    """Someone's leads at a store. `staff` None: nobody has them. `room`: how many more fit today,
    0 for whoever is not on shift. `value_cents`: of what is to do, where it is known."""

    staff: Staff | None
    position: str
    is_on: bool
    room: int
    to_do: int = 0
    taken: int = 0
    late: int = 0
    value_cents: int = 0
    touched: int = 0
    done: int = 0
    bought: int = 0


@dataclass(frozen=True)
class Board:
    """A store's people with what each has, managers first; and what nobody has."""

    store: Node
    people: list[Load]
    nobody: Load

    @property
    def to_do(self) -> int:
        return self.nobody.to_do + sum(load.to_do for load in self.people)


def team_board(scope: Scope, store: Node) -> Board:
    """The store as it is now; `touched`, `done` and `bought` are today's. Whoever has leads here
    and no position any more comes last. Raises NotFound for a store out of sight."""
    _check_in_sight(scope, store)
    counts = _counts(store)
    roster = get_roster(store)
    on_shift = {person.staff.pk for person in roster.on_shift}
    people = [
        _load(each.staff, each.position, each.staff.pk in on_shift, counts.pop(each.staff.pk, {}))
        for each in roster.people
    ]
    nobody = _load(None, "", False, counts.pop(None, {}))
    gone = Staff.objects.in_bulk([pk for pk in counts if pk is not None])
    people += [_load(staff, "", False, counts[pk]) for pk, staff in sorted(gone.items())]
    return Board(store, people, nobody)


def _check_in_sight(scope: Scope, store: Node) -> None:
    if not scope.may(Capability.SEE_LEADS):
        raise NotAllowed(_("Your role does not see leads."))
    in_sight = scope.node_id is None or store.pk in store_ids_under(scope.node_id)
    if store.kind != Node.Kind.STORE or not in_sight:
        raise NotFound(_("There is no such store here."), field="store")


def _load(staff: Staff | None, position: str, is_on: bool, counts: dict[str, int]) -> Load:
    room = max(chain().leads_a_day - counts.get("to_do", 0), 0) if is_on else 0
    return Load(staff, position, is_on, room, **counts)


def _counts(store: Node) -> dict[int | None, dict[str, int]]:
    names = ("to_do", "taken", "late", "value_cents", "touched", "done", "bought")
    begins = clock.now() - timedelta(hours=float(clock.hours_over(clock.now())))
    with connection.cursor() as cursor:
        told: dict[str, Any] = {"store": store.pk, "day": clock.today(), "begins": begins}
        cursor.execute(named(__package__, "team"), told)
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in cursor.fetchall()}


@dataclass(frozen=True)
class Results:
    """What came of someone's leads within a time. `rank` of `ranked`: by what was bought, among
    those of the same store who closed any; None without one closed."""

    first_on: date
    last_on: date
    closed: int
    bought: int
    by_result: dict[str, int]
    touched: int
    rating: float | None
    rank: int | None
    ranked: int

    @property
    def bought_rate(self) -> float | None:
        return self.bought / self.closed if self.closed else None


def my_results(scope: Scope, staff: Staff) -> Results:
    """The last 30 days of someone at the stores in sight. Raises NotAllowed."""
    if not scope.may(Capability.SEE_LEADS):
        raise NotAllowed(_("Your role does not see leads."))
    last_on = clock.today()
    first_on = last_on - RESULTS_OVER + timedelta(days=1)
    stores = None if scope.node_id is None else store_ids_under(scope.node_id)
    told: dict[str, Any] = {"stores": stores, "since": clock.now() - RESULTS_OVER}
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "results"), told)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    if staff.pk not in found:
        return Results(first_on, last_on, 0, 0, {}, 0, None, None, len(found))
    closed, bought, by_result, touched, rating = found[staff.pk]
    better = sum(row[1] > bought for row in found.values())
    rank = better + 1 if closed else None
    return Results(
        first_on, last_on, closed, bought, by_result, touched,
        float(rating) if rating is not None else None, rank, len(found),
    )  # fmt: skip
