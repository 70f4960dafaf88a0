"""A subject's wide table made anew: scan by scan, then block by block."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.kit import clock
from regulars.ground.kit.progress import Progress, silent
from regulars.ground.warehouse.service import Statement, WarehouseError, query, run
from regulars.know.collect.service import refresh
from regulars.know.tags import pipeline
from regulars.know.tags.definitions import Kind, Tag
from regulars.know.tags.facts import relation
from regulars.know.tags.planner import OWNER, Scan, scans, select_of
from regulars.know.tags.registry import Defined, defined
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import (
    cut,
    dropped,
    last_change,
    made,
    named_statement,
    renamed,
    settled,
    spoken,
)

log = logging.getLogger(__name__)
BLOCK = 2_000_000


@dataclass(frozen=True)
class Timing:
    """How long the scan of these tags took, or why it failed."""

    tags: Sequence[Tag]
    seconds: float
    error: str = ""


def compute_all(
    subject: Subject, today: date | None = None, progress: Progress = silent
) -> list[Timing]:
    """Make a subject's wide table anew, as of `today`; the one before answers until then. A scan
    that fails leaves its tags unknown and says why."""
    told, day = defined(subject), today or clock.today()
    change = last_change()
    found = scans(pipeline.counted_tags(told.columns))
    counted, timings = [], []
    for number, scan in enumerate(found):
        progress(subject.value, number, len(found) + 1)
        timings.append(_scanned(scan, subject, _desk(number), day))
        counted.append((scan, exp.select("*").from_(_desk(number))))
    _fill(told, counted, day)
    if any(tag.kind == Kind.RANK for tag in told.columns.stored):
        run(*cut(told, day))
        _fill(told, counted, day)
    run(*(dropped(_desk(number)) for number in range(len(found))))
    done = [named_statement("changes_done", {"change": change})] if change is not None else []
    run(*settled(told, day), *(done if subject == Subject.MEMBER else []))
    progress(subject.value, len(found) + 1, len(found) + 1)
    return timings


def _scanned(scan: Scan, subject: Subject, table: str, day: date) -> Timing:
    began = time.monotonic()
    error = ""
    try:
        run(made(table, select_of(scan, subject), day))
    except WarehouseError as failure:
        log.exception("tags could not be counted: %s", [tag.code for tag in scan.tags])
        nothing = [exp.null().as_(tag.code) for tag in scan.tags]
        owner = exp.cast(exp.null(), "BIGINT", dialect="duckdb").as_(OWNER)
        run(made(table, exp.select(owner, *nothing).where(exp.false()), day))
        error = str(failure)
    return Timing(scan.tags, time.monotonic() - began, error)


def _fill(told: Defined, counted: pipeline.Counted, day: date) -> None:
    """Beside the table that is there, which it then takes the place of."""
    table = CARRIERS[told.subject].table
    beside = f"{table}_next"
    for number, among in enumerate(_blocks(told.subject, day)):
        part = [(scan, rows.where(among)) for scan, rows in counted]
        rows = pipeline.rows_of(told.subject, told.columns, part, among)
        if number == 0:
            run(made(beside, rows, day))
        else:
            inserted = exp.insert(rows, exp.to_table(beside)).sql("duckdb")
            run(Statement(inserted, spoken(rows, day)))
    run(*renamed(beside, table), refresh())


def _blocks(subject: Subject, day: date) -> Iterator[Expr]:
    """Conditions on `owner_id` that part all owners, so that memory stays bounded."""
    carrier = CARRIERS[subject]
    most = exp.select(exp.func("MAX", exp.column(carrier.key)).as_("last"))
    most = most.from_(relation(carrier.rows, "told"))
    last = query(most.sql("duckdb"), spoken(most, day))["last"][0].as_py() or 0
    for start in range(0, last + 1, BLOCK):
        yield exp.and_(exp.column(OWNER) >= start, exp.column(OWNER) < start + BLOCK)


def _desk(number: int) -> str:
    return f"desk.tag_scan_{number}"
