"""Leads that were chosen are opened: a set at a time, each with whoever is to serve her."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.tasks.contacts import caps
from regulars.act.tasks.models import Launch
from regulars.act.tasks.staffing import give_out
from regulars.ground.accounts.models import User
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query, copy_to_temporary_table
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.kit.upsert import make_table, run
from regulars.understand.experiments import service as experiments

CHOSEN = pa.schema(
    [
        ("row_no", pa.int64()),
        ("play_id", pa.int64()),
        ("member_id", pa.int64()),
        ("store_id", pa.int64()),
        ("staff_id", pa.int64()),
        ("parent_id", pa.int64()),
        ("value_cents", pa.int64()),
        ("title", pa.string()),
        ("reason", pa.string()),
        ("facts", pa.string()),
        ("goods", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("priority", pa.int32()),
        ("is_outreach", pa.bool_()),
        ("is_by_hand", pa.bool_()),
        ("due_on", pa.date32()),
    ]
)
"""In order of value. `facts` and `goods` are JSON; what is null is the play's, or nothing. Where
`staff_id` is null somebody is found. `is_by_hand`: somebody wants this very member."""
OPENED = pa.schema([("lead_id", pa.int64()), ("store_id", pa.int64())])
WHY = pa.schema([("row_no", pa.int64()), ("why", pa.string())])
ROOMS = pa.schema([("store_id", pa.int64()), ("room", pa.int64())])
DRAWN = ("experiment_id", "member_id", "store_id")


def laid_out(rows: pa.Table) -> pa.Table:
    """Rows with any of the columns of `CHOSEN`, as it has them; numbered in their order."""
    usual: dict[str, Any] = {"is_outreach": True, "is_by_hand": False, "source": "play"}
    columns = {
        field.name: rows[field.name].cast(field.type)
        if field.name in rows.column_names
        else pa.array([usual.get(field.name)] * rows.num_rows, field.type)
        for field in CHOSEN
    }
    columns["row_no"] = pa.array(range(1, rows.num_rows + 1), pa.int64())
    return pa.table(columns, schema=CHOSEN)


def why_not(rows: pa.Table, on: date) -> pa.Table:
    """As `WHY`, for each of `CHOSEN` with a member: "" where a lead may be opened, else gone,
    elsewhere, has_one, lately (of the same play), consent or cap."""
    asked = ("row_no", "play_id", "member_id", "store_id", "is_outreach", "is_by_hand")
    copy_to_temporary_table("tasks_asked", rows.select(asked))
    return arrow_from_query(named(__package__, "why_not"), limits(on), WHY)


def limits(on: date) -> dict[str, Any]:
    """The caps as queries name them, on a day."""
    held = caps()
    return {
        "day": on,
        "since": clock.now() - timedelta(days=held.days),
        "unasked": held.unasked,
        "most_contacts": held.of_all,
        "most_calls": held.room("call"),
        "most_sms": held.room("sms"),
        "most_wecom": held.room("wecom"),
    }


def drawn(rows: pa.Table, experiment_of: Mapping[int, int | None]) -> pa.Table:
    """The rows with `experiment_id` and `is_held_out`: as the experiments' chance has it, once and
    for good; nobody of a play without an experiment."""
    ids = [experiment_of.get(play) for play in rows["play_id"].to_pylist()]
    rows = rows.append_column("experiment_id", pa.array(ids, pa.int64()))
    tried = rows.filter(pc.is_valid(rows["experiment_id"]))
    if not tried.num_rows:
        return rows.append_column("is_held_out", pa.array([False] * rows.num_rows, pa.bool_()))
    answer = experiments.draw(tried.select(DRAWN))
    told = tried.select(["row_no"]).append_column("is_held_out", answer["is_held_out"])
    joined = rows.join(told, keys="row_no", join_type="left outer").sort_by("row_no")
    place = joined.column_names.index("is_held_out")
    held_out = pc.fill_null(joined["is_held_out"], False)
    return joined.set_column(place, "is_held_out", held_out)


def enter(rows: pa.Table, on: date) -> None:
    """All of these have met their experiments: those held out too."""
    tried = rows.filter(pc.is_valid(rows["experiment_id"]))
    if tried.num_rows:
        experiments.enter(tried.select([*DRAWN, "is_held_out"]), on)


def experiments_of(rows: pa.Table) -> dict[int, int | None]:
    plays = Play.objects.filter(pk__in=pc.unique(rows["play_id"]).drop_null().to_pylist())
    return dict(plays.filter(is_service=False).values_list("pk", "experiment_id"))


def find_people(on: date) -> pa.Table:
    """Make the temporary table `tasks_people`; the room of each store as `ROOMS` has it."""
    make_table(
        "tasks_people", "store_id bigint, staff_id bigint, load bigint, room bigint, kinds text[]"
    )
    run(__package__, "people", {"day": on, "room": chain().leads_a_day})
    return arrow_from_query(named(__package__, "rooms"), {}, ROOMS)


def open_rows(
    rows: pa.Table, on: date, launch: Launch | None = None, actor: User | None = None
) -> pa.Table:
    """Leads of `CHOSEN` rows, as `OPENED`; needs `find_people` before it in the transaction. Whom
    somebody is to approach already is left out. One event tells of them all."""
    rows = opportunities.with_goods(rows.select(CHOSEN.names), on)
    copy_to_temporary_table("tasks_chosen", rows)
    give_out(rows, on)
    with connection.cursor() as cursor:
        told = {"launch": launch.pk if launch else None, "actor": actor.pk if actor else None}
        cursor.execute(named(__package__, "open"), {**told, "day": on, "now": clock.now()})
        found = cursor.fetchall()
    columns = list(zip(*found, strict=True)) or [(), ()]
    opened = pa.table([pa.array(c, pa.int64()) for c in columns], schema=OPENED)
    if opened.num_rows:
        publish(
            "lead.opened",
            lead_ids=opened["lead_id"].to_pylist(),
            store_ids=sorted(set(opened["store_id"].to_pylist())),
        )
    return opened
