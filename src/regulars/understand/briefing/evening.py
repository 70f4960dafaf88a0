"""The closing 日结: what the day came to, where it went well and where not, who acted, what stays
open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from django.db.models import Q

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.accounts.models import User
from regulars.ground.org.models import Node
from regulars.ground.org.service import get_place, list_children
from regulars.understand.actions.models import Action
from regulars.understand.actions.service import (
    Usage,
    list_actions,
    list_own,
    usage_by_place,
    usage_by_position,
)
from regulars.understand.briefing.morning import MOST_ACTIONS
from regulars.understand.briefing.numbers import Numbers, numbers_of_places, numbers_seen

MOST_PLACES = 3


@dataclass(frozen=True)
class Below:
    """A place below the reader's, and what the day came to there."""

    node: Node
    numbers: Numbers

    @property
    def score(self) -> Fraction | None:
        """What places are ranked by: completion, else the day beside the same weekday before."""
        if self.numbers.targets.day_cents is not None:
            return self.numbers.completion
        return self.numbers.beside_week


@dataclass(frozen=True)
class Closing:
    """Of the evening of `day`. `best` and `worst` are places just below the own one, no place in
    both. Counts leave out what was given out from another action. `usage` is by position, None
    where it is not the reader's concern."""

    place: Node
    day: date
    numbers: Numbers
    best: list[Below] = field(default_factory=list)
    worst: list[Below] = field(default_factory=list)
    done: list[Action] = field(default_factory=list)
    done_count: int = 0
    given: int = 0
    still_open: list[Action] = field(default_factory=list)
    open_count: int = 0
    usage: dict[str, Usage] | None = None
    least_used: list[tuple[Node, Usage]] = field(default_factory=list)


def get_closing(user: User, scope: Scope, day: date) -> Closing:
    """As a user sees the day: within the scope, and with what the role may see."""
    place = get_place(scope.node_id)
    numbers = numbers_seen(scope, place, day)
    if not scope.may(Capability.SEE_ACTIONS):
        return Closing(place, day, numbers)
    best, worst = ranked(_places_below(scope, place, day))
    actions = list_actions(scope)
    done = actions.filter(closed_on=day, state=Action.State.DONE)
    known = actions.filter(made_on__lte=day)
    open_then = known.filter(Q(closed_on=None) | Q(closed_on__gt=day))
    open_now = open_then.filter(Q(parent=None) | Q(pk__in=list_own(user, open_then)))
    is_head = scope.may(Capability.GIVE_ACTIONS)
    used = usage_by_place(place, day, day) if is_head and place.kind != Node.Kind.STORE else []
    return Closing(
        place=place,
        day=day,
        numbers=numbers,
        best=best,
        worst=worst,
        done=list(done.order_by("-closed_at")[:MOST_ACTIONS]),
        done_count=done.filter(parent=None).count(),
        given=actions.filter(made_on=day, parent=None).count(),
        still_open=list(open_now.order_by("due_on", "-pk")[:MOST_ACTIONS]),
        open_count=open_then.filter(parent=None).count(),
        usage=usage_by_position(place, day, day) if is_head else None,
        least_used=[(row.node, row.usage) for row in used[:MOST_PLACES]],
    )


def ranked(places: Sequence[Below]) -> tuple[list[Below], list[Below]]:
    """The best and the worst, each the farthest first; a place without a score is in neither."""
    known = [place for place in places if place.score is not None]
    known.sort(key=lambda place: (-(place.score or 0), place.node.name))
    most = min(MOST_PLACES, (len(known) + 1) // 2)
    best = known[:most]
    return best, known[len(best) :][-MOST_PLACES:][::-1]


def _places_below(scope: Scope, place: Node, day: date) -> list[Below]:
    children = [] if place.kind == Node.Kind.STORE else list(list_children(place, day))
    if not children:
        return []
    with_targets = scope.may(Capability.SEE_TARGETS)
    numbers = numbers_of_places(day, [child.pk for child in children], with_targets=with_targets)
    return [Below(child, numbers[child.pk]) for child in children]
