"""Who serves whom: her own consultant, else whoever has the skill, else whoever has least to do; of
those here who have the play's role."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.ground.kit.arrow_postgres import copy_to_temporary_table
from regulars.ground.kit.sql import named
from regulars.ground.kit.upsert import make_table, run


def give_out(rows: pa.Table, on: date) -> None:
    """Make the temporary table `tasks_staffed` (row_no, staff_id; null: nobody) for the rows of
    `tasks_chosen`, in order of value; needs `tasks_people`. Sets of rows: one statement for each
    role and skill that is asked for."""
    plays = Play.objects.filter(pk__in=pc.unique(rows["play_id"]).drop_null().to_pylist())
    skilled = opportunities.who_can(list(plays.exclude(skill={})))
    copy_to_temporary_table("tasks_skilled", skilled)
    make_table("tasks_wanted", "row_no bigint, role text, skill text")
    make_table("tasks_fit", "store_id bigint, staff_id bigint, role text, place integer")
    make_table("tasks_staffed", "row_no bigint, staff_id bigint")
    run(__package__, "wanted")
    run(__package__, "fit")
    run(__package__, "staffed_own", {"day": on})
    for role, skill in _wants():
        run(__package__, "staffed_by_want", {"role": role, "skill": skill})


def _wants() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "wants"))
        return [(role, skill) for role, skill, *_order in cursor.fetchall()]
