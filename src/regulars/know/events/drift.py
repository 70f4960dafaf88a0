"""Schema drift: a property that vanished, or whose values changed their type."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.events.models import Drift
from regulars.know.events.rules import is_improbable_silence

LOOKED_BACK = timedelta(days=15)
SAMPLED = 2_000
KEY = ("source", "name", "property", "kind")
TOLD = ("was", "became", "last_at", "since")
Row = dict[str, Any]


def list_properties(source: str, event: str) -> list[Row]:
    """The properties of one event in a sample of its latest records, as `properties.sql`."""
    return _asked(source, event)


def list_drifts() -> QuerySet[Drift]:
    """What has changed and nobody has dismissed, the latest found first."""
    return Drift.objects.filter(is_dismissed=False).order_by("-found_at", "pk")


def dismiss_drift(actor: AbstractBaseUser | None, drift_id: int) -> None:
    """It is meant: not told again, unless it goes and comes back. Raises NotFound."""
    drift = list_drifts().filter(pk=drift_id).first()
    if drift is None:
        raise NotFound(_("This is settled already."))
    drift.is_dismissed = True
    drift.save(update_fields=["is_dismissed"])
    record(
        actor, "event_drift.dismissed", "event", drift.name, source=drift.source,
        property=drift.property, kind=drift.kind,
    )  # fmt: skip


def look_for_drift() -> int:
    """Bring the drifts up to date with the events: new ones are added, those that are over go.
    How many there are, dismissed ones counted."""
    found = [drift for row in _asked(None, None) for drift in drifts_of(row)]
    standing = {_key(drift) for drift in found}
    over = [drift.pk for drift in Drift.objects.all() if _key(drift) not in standing]
    Drift.objects.filter(pk__in=over).delete()
    Drift.objects.bulk_create(found, update_conflicts=True, unique_fields=KEY, update_fields=TOLD)
    return len(found)


def drifts_of(row: Row) -> Iterator[Drift]:
    """What has changed about one property; `row` as `properties.sql` has it."""
    about = {"source": row["source"], "name": row["event"], "property": row["property"]}
    told = row["records"] - row["silent_records"]
    if is_improbable_silence(row["present"], told, row["silent"]):
        yield Drift(
            **about,
            kind=Drift.Kind.VANISHED,
            was=row["usual_type"],
            last_at=row["last_at"],
            since=row["silent_records"],
        )
    earlier = row["present"] - row["other_records"]
    if is_improbable_silence(row["usual_records"], earlier, row["other"]):
        yield Drift(
            **about,
            kind=Drift.Kind.TYPE,
            was=row["usual_type"],
            became=row["latest_type"],
            last_at=row["usual_last_at"],
            since=row["other_records"],
        )


def _asked(source: str | None, event: str | None) -> list[Row]:
    parameters = {
        "since": clock.now() - LOOKED_BACK, "most": SAMPLED, "source": source, "event": event,
    }  # fmt: skip
    rows: list[Row] = query(named(__package__, "properties"), parameters).to_pylist()
    return rows


def _key(drift: Drift) -> tuple[str, ...]:
    return tuple(getattr(drift, name) for name in KEY)
