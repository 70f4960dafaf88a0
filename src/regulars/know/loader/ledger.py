"""Do both stores hold the same batches? The inbox says what is loaded, the warehouse what it holds.

They part when one of them is restored, lost or broken without the other. Stretches of ids are
compared by number and checksum, so that only where these differ ids are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.collect.models import Batch

MOST_ADDED = 10_000
FIRST, LAST = "0-0000-0000-0000-000000000000", "f-ffff-ffff-ffff-ffffffffffff"


@dataclass(frozen=True)
class Apart:
    """What only one of the stores knows: `lacking` the warehouse does not hold, `unheard_of` the
    inbox does not say is loaded; neither is told of a warehouse that holds nothing (`is_empty`)."""

    lacking: set[UUID] = field(default_factory=set)
    unheard_of: set[UUID] = field(default_factory=set)
    is_empty: bool = False

    @property
    def can_be_added(self) -> bool:
        """Whether the warehouse is only behind: it lacks the last batches and no earlier one."""
        if self.unheard_of or not 0 < len(self.lacking) <= MOST_ADDED:
            return False
        first = Batch.objects.filter(pk__in=self.lacking).order_by("loaded_at", "id")[:1].get()
        with connection.cursor() as cursor:
            place = {"loaded_at": first.loaded_at, "id": first.pk}
            cursor.execute(named(__package__, "ledger_since"), place)
            return {id_ for (id_,) in cursor.fetchall()} == self.lacking


def not_in_warehouse(batches: Sequence[Batch]) -> list[Batch]:
    """Those of them that the warehouse has yet to take in."""
    sql = "SELECT batch_id FROM loaded_batches WHERE batch_id IN (SELECT unnest($ids::UUID[]))"
    known = query(sql, {"ids": [str(batch.id) for batch in batches]})["batch_id"].to_pylist()
    held = {UUID(str(each)) for each in known}
    return [batch for batch in batches if batch.id not in held]


def find_difference() -> Apart | None:
    """None when both stores hold the same. Whoever asks holds the lock `PASS` and has drained."""
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "ledger_here"))
        here = {stretch: rest for stretch, *rest in cursor.fetchall()}
    there = {
        row["stretch"]: [row["n"], row["checksum"]]
        for row in query(named(__package__, "ledger_there")).to_pylist()
    }
    if here == there:
        return None
    apart = Apart(is_empty=not there)
    if apart.is_empty:
        return apart
    for stretch in sorted(here.keys() | there.keys()):
        if here.get(stretch) != there.get(stretch):
            ours, theirs = _ids(stretch)
            apart.lacking.update(ours - theirs)
            apart.unheard_of.update(theirs - ours)
    return apart


def _ids(stretch: str) -> tuple[set[UUID], set[UUID]]:
    span = {"first": stretch + FIRST, "last": stretch + LAST}
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "ledger_ids_here"), span)
        ours = {id_ for (id_,) in cursor.fetchall()}
    theirs = query(named(__package__, "ledger_ids_there"), span)["batch_id"].to_pylist()
    return ours, {UUID(str(id_)) for id_ in theirs}
