"""Live numbers for pages and streams: who may hear which, and what they are now."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, Scope, may_see_node
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.org.service import get_node, get_place
from regulars.understand.live.board import Board
from regulars.understand.live.rules import (
    INTERVAL,
    Counted,
    Course,
    Forecast,
    Live,
    Targets,
    live,
)
from regulars.understand.live.tickets import Ticket, read_ticket, signed
from regulars.understand.metrics.service import Period, Question, month_of
from regulars.understand.targets.service import find_target_cents

__all__ = [
    "INTERVAL",
    "MOST_PLACES",
    "Board",
    "Forecast",
    "Live",
    "Targets",
    "Ticket",
    "give_ticket",
    "may_hear",
    "numbers_now",
    "places_heard",
    "read_ticket",
]

MOST_PLACES = 40
TARGETS_KEPT_SECONDS = 30


def may_hear(scope: Scope) -> bool:
    """Live numbers count whole places: they are not for whoever sees a part of the goods alone."""
    is_bound_by_goods = bool(scope.category_codes or scope.brand_codes)
    return scope.may(Capability.SEE_METRICS) and not is_bound_by_goods


def places_heard(scope: Scope, codes: Sequence[str] = ()) -> list[Node]:
    """The places of these codes, the scope's own where none are named. Raises NotFound, NotAllowed
    for what lies outside the scope, UserError for too many, and for a scope of some goods alone."""
    if not may_hear(scope):
        raise UserError(_("Live numbers count whole places; your role sees some goods alone."))
    if len(codes) > MOST_PLACES:
        raise UserError(
            _("A stream tells of %(most)s places at most.") % {"most": MOST_PLACES}, field="org"
        )
    places = [get_node(code) for code in codes] or [get_place(scope.node_id)]
    for place in places:
        if not may_see_node(scope, place.pk):
            raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": place.name})
    return places


def give_ticket(scope: Scope, codes: Sequence[str] = (), language: str = "") -> str:
    """A ticket for a stream of these places' numbers, to be shown at once. Raises as
    `places_heard`."""
    places = places_heard(scope, codes)
    targets = {place.pk: _targets(place) for place in places}
    return signed(Ticket(clock.today(), targets, language))


def numbers_now(places: Sequence[Node]) -> list[Live]:
    """The numbers of places that `places_heard` gave, as they stand, in their order; a place that
    was not counted yet is left out."""
    found = {each[0].node: each for each in _counted([place.pk for place in places])}
    return [
        live(counted, course, _targets(place), as_of, clock.hours_over(as_of))
        for place in places
        if place.pk in found
        for counted, course, as_of in [found[place.pk]]
    ]


def _targets(place: Node) -> Targets:
    """As they stood within the last half minute: they are asked for with each look at a page."""
    day = clock.today()
    key = f"live-targets:{place.pk}:{day}"
    kept: Targets | None = cache.get(key)
    if kept is None:
        kept = _targets_of(place, day)
        cache.set(key, kept, TARGETS_KEPT_SECONDS)
    return kept


def _targets_of(place: Node, day: date) -> Targets:
    of_day = Question(place, Period(day, day + timedelta(days=1)))
    of_month = Question(place, month_of(day))
    return Targets(find_target_cents(of_day), find_target_cents(of_month))


def _counted(ids: Sequence[int]) -> list[tuple[Counted, Course | None, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "numbers_at"), {"nodes": list(ids)})
        return [
            (Counted(*row[1:9]), None if row[9] is None else Course(*row[9:]), row[0])
            for row in cursor.fetchall()
        ]
