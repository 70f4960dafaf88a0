"""The tags of those whose facts changed, and of those whom a new day changes.

What is worked out is asked as a question, beside everything else that runs; only taking the rows in
holds up whoever writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlglot import exp

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import Statement, query, run, stage
from regulars.know.tags import pipeline
from regulars.know.tags.columns import Columns
from regulars.know.tags.definitions import Aggregate, Kind
from regulars.know.tags.facts import FACTS, relation
from regulars.know.tags.planner import OWNER
from regulars.know.tags.registry import Defined, defined
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import (
    cut,
    last_change,
    named_statement,
    parameter,
    settled,
    spoken,
    state_of,
)

FOLLOWS_FROM_THE_DAY = (Kind.ATTRIBUTE, Kind.RANK, Kind.RULE)


def update_changed(today: date | None = None) -> int:
    """Compute the members whose facts changed since the last time; how many that were. Whoever
    changes meanwhile waits for the next time."""
    told, day = defined(Subject.MEMBER), today or clock.today()
    change = last_change()
    if change is None:
        return 0
    names = {"change": change}
    question = _question(told)
    rows = query(question.sql, names | spoken(question.tree, day))
    stage("staged_tags", rows)
    run(
        named_statement("changed_clear", names),
        named_statement("changed_clear_idle", names),
        named_statement("changed_put"),
        named_statement("staged_drop"),
        named_statement("changes_done", names),
    )
    return int(rows.num_rows)


def sweep(today: date | None = None) -> None:
    """Bring everybody to a new day: first those of whom another thing is counted, or is on record;
    then, by their values, ranks are cut anew, and whoever stands elsewhere now follows."""
    told, day = defined(Subject.MEMBER), today or clock.today()
    state = state_of(Subject.MEMBER)
    if state is None:
        raise LookupError("the tags were never computed")
    crossing = [_touch(rows, day) for rows in _crossing(told.columns, state.as_of, day)]
    run(*crossing, _touch(_differing(told), day))
    update_changed(day)
    run(*cut(told, day, CARRIERS[Subject.MEMBER].table))
    run(_touch(_differing(told), day))
    update_changed(day)
    run(*settled(told, day))


def count_waiting() -> int:
    """How many members wait to be computed."""
    count: int = query(named(__package__, "count_waiting"))["n"][0].as_py()
    return count


@dataclass(frozen=True)
class _Question:
    tree: exp.Select
    sql: str


@lru_cache(maxsize=4)
def _question(told: Defined) -> _Question:
    """The tags of those who changed: as long as the definitions, so long that it is made once."""
    tree = pipeline.rows_of_few(told.subject, told.columns, _changed())
    return _Question(tree, tree.sql("duckdb"))


def _changed() -> exp.Expr:
    before = exp.column("change_id") <= parameter("change")
    ids = exp.select("member_id").from_("changed_members").where(before)
    return exp.In(this=exp.column(OWNER), query=exp.Subquery(this=ids))


def _crossing(columns: Columns, before: date, today: date) -> Iterator[exp.Select]:
    """Who has facts of days that left a window since `before`, or came into all of them."""
    specs = [tag.spec for tag in pipeline.counted_tags(columns)]
    windows: dict[str, set[int]] = {}
    for spec in specs:
        assert isinstance(spec, Aggregate)
        windows.setdefault(spec.fact, {0}).add(spec.window.days or 0)
    for fact, spans in sorted(windows.items()):
        for back in (timedelta(days=days) for days in sorted(spans)):
            yield _who_between(fact, before - back, today - back)


def _who_between(fact: str, after: date, until: date) -> exp.Select:
    told = FACTS[fact]
    ends = [exp.cast(exp.Literal.string(day.isoformat()), "DATE") for day in (after, until)]
    owner = exp.column(told.keys[Subject.MEMBER])
    day = exp.column(told.on)
    return (
        exp.select(owner)
        .distinct()
        .from_(relation(told.rows, "f"))
        .where(day > ends[0], day.copy() <= ends[1], owner.copy().is_(exp.null()).not_())
    )


def _differing(told: Defined) -> exp.Select:
    """Whose attributes, ranks or rules are not what they would be today."""
    carrier, columns = CARRIERS[told.subject], told.columns
    follows = [tag.code for tag in columns.stored if tag.kind in FOLLOWS_FROM_THE_DAY]
    stands = [tag.code for tag in columns.stored if tag.kind not in FOLLOWS_FROM_THE_DAY]
    base = pipeline.on_record(told.subject, columns)
    stored = exp.to_table(carrier.table).as_("stored", table=True)
    key = exp.column(carrier.key, "stored")
    base = base.join(stored, on=key.eq(exp.column(carrier.key, pipeline.ON_RECORD)))
    base = base.select(*(exp.column(code, "stored") for code in stands))
    now = pipeline.with_what_follows(base, columns, told.subject, follows)
    differs = [
        exp.NullSafeNEQ(this=exp.column(code, "now"), expression=exp.column(code, "stored"))
        for code in follows
    ]
    return (
        exp.select(exp.column(carrier.key, "now"))
        .from_(now.subquery("now"))
        .join(stored.copy(), on=key.copy().eq(exp.column(carrier.key, "now")))
        .where(exp.or_(exp.false(), *differs))
    )


def _touch(rows: exp.Select, day: date) -> Statement:
    inserted = exp.insert(rows, "changed_members", columns=["member_id"])
    return Statement(inserted.sql("duckdb"), spoken(rows, day))
