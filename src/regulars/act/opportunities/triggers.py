"""Which plays an event fires."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from regulars.act.opportunities.models import Play
from regulars.act.opportunities.reach import among
from regulars.act.opportunities.rules import awaited, fires
from regulars.ground.kit import clock
from regulars.ground.warehouse.service import query


def running(on: date | None = None) -> list[Play]:
    """Approved, and the day lies between its own: the most urgent first."""
    day = on or clock.today()
    plays = Play.objects.filter(
        state=Play.State.APPROVED, starts_on__lte=day, ends_on__gte=day
    ).select_related("experiment")
    return list(plays.order_by("-priority", "pk"))


def plays_triggered_by(
    name: str, properties: Mapping[str, Any], on: date | None = None
) -> list[Play]:
    """The running plays that an event of this name with these properties fires."""
    return [play for play in running(on) if fires(play.trigger, name, properties)]


def events_awaited(on: date | None = None) -> set[str]:
    """The names of the events that fire anything now: of all others nobody need ask."""
    return {awaited(play.trigger)[0] for play in running(on) if play.trigger}


def triggered(play: Play, member_ids: Sequence[int], on: date | None = None) -> pa.Table:
    """Of the members of whom a play's event came in, its candidates as `reach.candidates` has
    them: for all of them at once."""
    if not member_ids:
        return pa.table({"member_id": pa.array([], pa.int64())})
    relation = among(play, set(member_ids), on or clock.today())
    return query(relation.sql, relation.parameters)
