"""Who is in each segment is brought up to date, and every change is told once.

Members, changes and what is to be told of them are one warehouse transaction; Postgres is told
after it, under the change's own id.
"""

import logging
import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from sqlglot import exp

from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.sql import named, spoken_of
from regulars.ground.warehouse.service import (
    Statement,
    WarehouseAway,
    WarehouseError,
    WarehouseTooSlow,
    query,
    run,
)
from regulars.know.language.errors import TextError
from regulars.know.language.parsing import parsed
from regulars.know.segments.compiling import who
from regulars.know.segments.models import Segment, SegmentChange
from regulars.know.segments.reach import names_of, select_ids
from regulars.know.segments.registry import in_order
from regulars.know.tags.service import Subject, defined, spoken, state_of

log = logging.getLogger(__name__)
TAKEN = ("note_entries", "note_exits", "take_exits", "take_entries", "tell")
REST = 20.0
"""Of so many parts of the time one goes into bringing segments up to date."""


@dataclass
class _Stand:
    """What the segments stand on, and whether that has changed since."""

    is_due: bool = True
    changed_at: datetime | None = None
    day: date | None = None
    rests_until: float = 0.0


_stand = _Stand()


def keep_up(*, are_tags_new: bool) -> int:
    """Bring every active segment up to date where tags, definitions or the day are others than
    before; how many changed. What comes while it rests is not forgotten; a definition that
    changed does not wait."""
    tell()
    changed_at = Segment.objects.aggregate(latest=Max("changed_at"))["latest"]
    is_redefined, day = changed_at != _stand.changed_at, clock.today()
    _stand.is_due |= are_tags_new or is_redefined or day != _stand.day
    is_resting = time.monotonic() < _stand.rests_until
    if not _stand.is_due or (is_resting and not is_redefined):
        return 0
    began = time.monotonic()
    count = refresh_all()
    ended = time.monotonic()
    _stand.is_due, _stand.changed_at, _stand.day = False, changed_at, day
    _stand.rests_until = ended + REST * (ended - began)
    return count


def refresh_all() -> int:
    """Every active segment, those that others stand on before these, and everybody told; how many
    changed."""
    if state_of(Subject.MEMBER) is None:
        return 0
    segments = Segment.objects.filter(is_active=True).order_by("pk")
    changed = sum(refresh(segment) for segment in in_order(segments))
    tell()
    return changed


def refresh(segment: Segment) -> bool:
    """Who meets it now; whether anybody entered or left. It is told by whoever keeps up, so that
    no request that comes to nothing can have told it."""
    names = {"change_id": str(new_id()), "segment": segment.pk, "day": clock.today()}
    try:
        noted = run(_meeting(segment), *(_statement(name, names) for name in TAKEN))
    except (WarehouseAway, WarehouseTooSlow):
        raise
    except (TextError, WarehouseError) as error:
        # A tag that it stands on was switched off, or its table is being made anew: whoever is in
        # it stays, and the others do not wait for it.
        log.warning("segment %s: %s", segment.code, error)
        return False
    return bool(noted.num_rows)


def tell() -> int:
    """Tell Postgres, and whoever listens, of the changes that it was not told of; how many."""
    waiting = query("FROM segment_outbox").to_pylist()
    for row in waiting:
        with transaction.atomic():
            _tell(row)
        run(_statement("told", {"change_id": str(row["change_id"])}))
    return len(waiting)


def _tell(row: dict[str, Any]) -> None:
    segment = Segment.objects.filter(pk=row["segment_id"]).first()
    if segment is None or SegmentChange.objects.filter(pk=row["change_id"]).exists():
        return
    counts = {name: row[name] for name in ("entered", "left", "size", "changed_on")}
    SegmentChange.objects.create(id=row["change_id"], segment=segment, **counts)
    for what in ("entered", "left"):
        if row[what]:
            told = {"segment": segment.code, "change": str(row["change_id"]), "members": row[what]}
            publish(f"segment.{what}", **told)


def _meeting(segment: Segment) -> Statement:
    if segment.kind == Segment.Kind.LIST:
        ids = list(segment.listed.values_list("member_id", flat=True))
        return Statement(named(__package__, "listed_now"), {"ids": ids})
    tree = parsed(segment.text)
    select = select_ids().where(who(tree, names_of(defined(Subject.MEMBER))))
    table = exp.to_table("meeting")
    create = exp.Create(
        this=table,
        kind="TABLE",
        replace=True,
        expression=select,
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )
    return Statement(create.sql("duckdb"), spoken(select, clock.today()))


def _statement(name: str, parameters: dict[str, Any]) -> Statement:
    sql = named(__package__, name)
    return Statement(sql, spoken_of(sql, parameters))
