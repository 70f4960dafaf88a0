"""Whom to approach this morning: the candidates of all plays, weighed in the warehouse."""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
from sqlglot import exp

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.tasks.opening import limits
from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.asking import ask
from regulars.ground.warehouse.service import Statement, query, run, stage

BLOCKED = pa.schema([("member_id", pa.int64()), ("why", pa.string()), ("is_hard", pa.bool_())])
MET = pa.schema([("play_id", pa.int64()), ("member_id", pa.int64())])
TABLES = (
    "tasks_candidates", "tasks_plays", "tasks_rooms", "tasks_blocked", "tasks_met",
    "tasks_reached",
)  # fmt: skip
MORE = 20
"""So many more of a store than its room and the share held out ask for: chance is not even."""
SAID = pa.schema([("row_no", pa.int64()), ("facts", pa.string()), ("reason", pa.string())])


def chosen(plays: Sequence[Play], rooms: pa.Table, day: date) -> pa.Table:
    """The best of each store by value, down to beyond its room: play_id, member_id, store_id,
    value_cents, room. `rooms` as `opening.ROOMS` has them."""
    told = {"day": day, "plays": [play.pk for play in plays]}
    stage("desk.tasks_plays", _plays(plays))
    stage("desk.tasks_rooms", rooms)
    stage("desk.tasks_blocked", arrow_from_query(_named("blocked"), limits(day), BLOCKED))
    stage("desk.tasks_met", arrow_from_query(_named("met"), told, MET))
    run(Statement(_named("candidates_table")), *(_candidates(play, day) for play in plays))
    rates = [float(play.holdout_rate) for play in plays if not play.is_service]
    return query(_named("ranked"), {"holdout": max(rates, default=0.0), "more": MORE})


def weighed() -> dict[str, int]:
    """What was chosen from: candidates, members, and why how many of these were left out."""
    counts: dict[str, int] = query(_named("weighed")).to_pylist()[0]
    return counts


def clear() -> None:
    """Leave the warehouse's memory to others."""
    tables = (exp.table_(name, db="desk") for name in TABLES)
    drops = (exp.Drop(tables=[table], kind="TABLE", exists=True) for table in tables)
    run(*(Statement(drop.sql("duckdb")) for drop in drops))


def reasons(rows: pa.Table, plays: Sequence[Play], day: date) -> pa.Table:
    """The rows with `facts` (JSON) and `reason`: why this member, in one line of the chain's
    language. Worked out for those alone who were chosen."""
    stage("desk.tasks_reached", rows.select(["row_no", "play_id", "member_id"]))
    told = pa.concat_tables([SAID.empty_table(), *(_said(play, day) for play in plays)])
    return rows.join(told, keys="row_no", join_type="left outer").sort_by("row_no")


def _said(play: Play, day: date) -> pa.Table:
    relation = opportunities.candidates(play, day)
    asked = {**relation.parameters, "play": play.pk}
    return ask(__package__, "said", asked, told=relation.select).cast(SAID)


def _candidates(play: Play, day: date) -> Statement:
    relation = opportunities.candidates(play, day)
    select = exp.select("play_id", "member_id", "store_id", "value_cents")
    select = select.from_(relation.select.subquery("candidates"))
    insert = exp.insert(select, exp.table_("tasks_candidates", db="desk"))
    return Statement(insert.sql("duckdb"), relation.parameters)


def _plays(plays: Sequence[Play]) -> pa.Table:
    return pa.table(
        {
            "play_id": pa.array([play.pk for play in plays], pa.int64()),
            "priority": pa.array([play.priority for play in plays], pa.int64()),
            "is_service": pa.array([play.is_service for play in plays], pa.bool_()),
        }
    )


def _named(name: str) -> str:
    return named(__package__, name)
