"""Usage as a metric: people who acted ÷ people on shift, by position and store, daily.

Who acted did something that the audit log keeps: gave, took up or reported an action, set a roster
or a tag, changed a record. To look is not to act. An account that stands for no member of staff is
nobody on shift.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, Sum

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node, Position
from regulars.ground.org.service import list_children, store_ids_under
from regulars.understand.actions.models import UsageDay

DAY = timedelta(days=1)
COUNTED = ("on_shift", "acted", "unkept")


@dataclass(frozen=True)
class Usage:
    """Person-days on shift and how many of them acted. `unkept` of them stand on no roster: all
    staff of the store counted as on shift."""

    on_shift: int
    acted: int
    unkept: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.acted, self.on_shift) if self.on_shift else None

    @property
    def has_rosters(self) -> bool:
        return not self.unkept


@dataclass(frozen=True)
class Row:
    node: Node
    usage: Usage


@transaction.atomic
def count_usage(day: date) -> None:
    """Count a day anew, for all stores and positions in one statement."""
    begins, ends = moments_of(day)
    UsageDay.objects.filter(on=day).delete()
    with connection.cursor() as cursor:
        moments = {"day": day, "begins": begins, "ends": ends}
        cursor.execute(named(__package__, "usage_of_day"), moments)


def usage_by_place(node: Node, first: date, last: date) -> list[Row]:
    """Of the places just below a node (a store: itself), those who use it least first."""
    places = [node] if node.kind == Node.Kind.STORE else list(list_children(node))
    stores = {place.pk: store_ids_under(place.pk) for place in places}
    of_store = _usages(first, last, "node_id", [pk for ids in stores.values() for pk in ids])
    rows = [Row(place, _sum(of_store, stores[place.pk])) for place in places]
    counted = [row for row in rows if row.usage.on_shift]
    return sorted(counted, key=lambda row: (row.usage.rate or 0, row.node.name))


def usage_by_position(node: Node, first: date, last: date) -> dict[str, Usage]:
    """By position, in the order of positions."""
    found = _usages(first, last, "position", store_ids_under(node.pk))
    labels = dict(Position.Kind.choices)
    return {str(labels[code]): found[code] for code in labels if code in found}


def usage_by_day(node: Node, first: date, last: date) -> dict[date, Usage]:
    """Every day that was counted."""
    return dict(sorted(_usages(first, last, "on", store_ids_under(node.pk)).items()))


def moments_of(day: date) -> tuple[datetime, datetime]:
    """When a business date begins and ends by the wall's clock. A deployment that stands still "as
    of" a date lives through it, and the days around it, today."""
    ahead = clock.business_date(clock.now()) - clock.today()
    cutoff = time(chain().day_cutoff_hours)
    begins = datetime.combine(day + ahead, cutoff, clock.zone())
    return begins.astimezone(UTC), (begins + DAY).astimezone(UTC)


def _usages(first: date, last: date, by: str, store_ids: list[int]) -> dict[Any, Usage]:
    days = UsageDay.objects.filter(on__gte=first, on__lte=last, node_id__in=store_ids)
    unkept = Sum("on_shift", filter=Q(has_roster=False), default=0)
    rows = days.values(by).annotate(people=Sum("on_shift"), did=Sum("acted"), unkept=unkept)
    return {row[by]: Usage(row["people"], row["did"], row["unkept"]) for row in rows}


def _sum(of_store: Mapping[Any, Usage], store_ids: list[int]) -> Usage:
    counted = [of_store[pk] for pk in store_ids if pk in of_store]
    return Usage(*(sum(getattr(usage, name) for usage in counted) for name in COUNTED))
