"""Who is in each segment is brought up to date, and every change is told once.

Members, changes and what is to be told of them are one warehouse transaction; Postgres is told
after it, under the change's own id.
"""

import logging
import time
from typing import Any

from django.db import transaction
from sqlglot import exp

from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.sql import named, spoken_of
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.collect.service import get_freshness
from regulars.know.language.errors import TextError
from regulars.know.language.parsing import parsed
from regulars.know.segments.compiling import who
from regulars.know.segments.counting import names_of, select_ids
from regulars.know.segments.models import Segment, SegmentChange
from regulars.know.tags.service import Subject, defined, spoken, state_of

log = logging.getLogger(__name__)
TAKEN = ("note_entries", "note_exits", "take_exits", "take_entries", "tell")
REST = 20.0
"""Of so many parts of the time one goes into bringing segments up to date."""

_stood_on: dict[str, Any] = {"version": -1, "changed_at": None, "until": 0.0}


def keep_up() -> int:
    """Bring every active segment up to date where anything changed since; how many changed."""
    tell()
    latest = Segment.objects.order_by("-changed_at").values_list("changed_at", flat=True).first()
    seen = {"version": get_freshness().version, "changed_at": latest}
    is_rested = time.monotonic() >= _stood_on["until"] or latest != _stood_on["changed_at"]
    if not is_rested or seen == {name: _stood_on[name] for name in seen}:
        return 0
    began = time.monotonic()
    count = refresh_all()
    _stood_on.update(seen, until=time.monotonic() + REST * (time.monotonic() - began))
    return count


def refresh_all() -> int:
    """Every active segment, those that others stand on before these; how many changed."""
    if state_of(Subject.MEMBER) is None:
        return 0
    segments = Segment.objects.filter(is_active=True).order_by("pk")
    changed = sum(refresh(segment) for segment in segments)
    tell()
    return changed


def refresh(segment: Segment) -> bool:
    """Who meets it now; whether anybody entered or left."""
    try:
        meeting = _meeting(segment)
    except TextError as error:
        # A tag that it stands on was switched off: whoever is in it stays until it is mended.
        log.warning("segment %s: %s", segment.code, error)
        return False
    change = new_id()
    names = {"change_id": str(change), "segment": segment.pk, "day": clock.today()}
    run(meeting, *(_statement(name, names) for name in TAKEN))
    return bool(tell())


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
