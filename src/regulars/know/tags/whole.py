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
from regulars.ground.warehouse.service import WarehouseError, query, run
from regulars.know.tags import pipeline
from regulars.know.tags.columns import Columns
from regulars.know.tags.definitions import Rank, Tag
from regulars.know.tags.facts import relation
from regulars.know.tags.planner import OWNER, Scan, scans, select_of
from regulars.know.tags.registry import Defined, defined, narrowed
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import (
    cut,
    dropped,
    insert,
    last_change,
    made,
    named_statement,
    renamed,
    seen_as,
    settled,
    spoken,
)

log = logging.getLogger(__name__)
BLOCK = 2_000_000
OWNERS, RANKED = "desk.tag_owners", "desk.tag_ranked"


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
    run(made(OWNERS, _owners(found), day))
    _cut_ranks(told, counted, day)
    carrier = CARRIERS[subject]
    _fill(f"{carrier.counted}_next", told.columns, subject, counted, day)
    _fill(f"{carrier.idle}_next", told.columns, subject, None, day)
    done = [named_statement("changes_done", {"change": change})] if change is not None else []
    run(
        *renamed(f"{carrier.counted}_next", carrier.counted),
        *renamed(f"{carrier.idle}_next", carrier.idle),
        seen_as(carrier.uncounted, pipeline.uncounted(subject, told.columns)),
        seen_as(carrier.table, pipeline.everybody(subject, told.columns)),
        *settled(told, day),
        *(done if subject == Subject.MEMBER else []),
    )
    run(*map(dropped, (OWNERS, *map(_desk, range(len(found))))))
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
        run(made(table, exp.select(_nobody(), *nothing).where(exp.false()), day))
        error = str(failure)
    return Timing(scan.tags, time.monotonic() - began, error)


def _owners(found: Sequence[Scan]) -> exp.Select:
    """Everybody of whom something was counted, once."""
    whole = {scan.fact for scan in found if scan.has_every_owner}
    rows: exp.Query = exp.select(_nobody()).where(exp.false())
    for number, scan in enumerate(found):
        if scan.has_every_owner or scan.fact not in whole:
            rows = exp.union(rows, exp.select(OWNER).from_(_desk(number)), distinct=False)
    return exp.select(OWNER).distinct().from_(rows.subquery("found"))


def _nobody() -> Expr:
    return exp.cast(exp.null(), "BIGINT", dialect="duckdb").as_(OWNER)


def _cut_ranks(told: Defined, counted: pipeline.Counted, day: date) -> None:
    """Ranks need the values of all before the first row can be written: only those, of them."""
    ranks = [tag for tag in told.columns.stored if isinstance(tag.spec, Rank)]
    if not ranks:
        return
    upon = narrowed(told, {tag.spec.of for tag in ranks if isinstance(tag.spec, Rank)})
    run(made(RANKED, pipeline.rows_of(told.subject, upon.columns, counted), day))
    run(*cut(told, day, RANKED))
    run(dropped(RANKED))


def _fill(
    table: str, columns: Columns, subject: Subject, counted: pipeline.Counted | None, day: date
) -> None:
    """Make a table of those of whom something was counted; without `counted` of all others."""
    for number, block in enumerate(_blocks(subject, day)):
        # Named with its table: a bare `owner_id` becomes the column that the limit is said of.
        owners = exp.select(exp.column(OWNER, "had")).from_(exp.to_table(OWNERS).as_("had"))
        is_counted = exp.In(this=exp.column(OWNER), query=exp.Subquery(this=owners))
        if counted is None:
            among = exp.and_(block, exp.not_(is_counted))
            rows = pipeline.rows_of_idle(subject, columns, among)
        else:
            part = [(scan, select.where(block)) for scan, select in counted]
            rows = pipeline.rows_of(subject, columns, part, exp.and_(block, is_counted))
        run(made(table, rows, day) if number == 0 else insert(table, rows, day))


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
