"""The morning: the day's leads, chosen across all plays and opened once, whatever is killed.

Choosing changes nothing that stays. All that does is one transaction of PostgreSQL, with the row
that says that this morning is launched.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from regulars.act.opportunities import service as opportunities
from regulars.act.opportunities.models import Play
from regulars.act.tasks.choosing import chosen, clear, reasons, weighed
from regulars.act.tasks.following_up import follow_up
from regulars.act.tasks.models import Launch
from regulars.act.tasks.opening import drawn, enter, find_people, laid_out, open_rows
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named

PLAYS = "plays"
"""Of the counts of a launch: the ids of the plays that it had."""


@transaction.atomic
def launch(on: date | None = None) -> Launch:
    """Open the leads of a day (today) by the plays that run: each play once a day, so that a
    second launch has those alone that were approved since the first. Another that launches at the
    same time waits for how this one ends."""
    day = on or clock.today()
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "begin_launch"), {"day": day, "now": clock.now()})
        is_first = bool(cursor.rowcount)
    made = Launch.objects.select_for_update().get(on=day)
    launched = made.counts.get(PLAYS, [])
    running = (play for play in opportunities.running(day) if not play.is_of_store)
    plays = [play for play in running if play.pk not in launched]
    if is_first or plays:
        made.counts = _launch(made, plays, day)
        made.counts[PLAYS] = [*launched, *(play.pk for play in plays)]
        made.save(update_fields=["counts"])
    return made


def _launch(made: Launch, plays: Sequence[Play], day: date) -> dict[str, Any]:
    """What was chosen and opened, in figures: of the last launch of the day."""
    followed = follow_up(made, day)
    rooms = find_people(day)
    if not plays:
        return {"candidates": 0, "followed_up": followed, "opened": 0}
    ranked = chosen(plays, rooms, day)
    tried: dict[int, int | None] = {
        play.pk: None if play.is_service else play.experiment_id for play in plays
    }
    numbered = ranked.append_column("row_no", pa.array(np.arange(1, ranked.num_rows + 1)))
    told = cut(drawn(numbered, tried))
    enter(told, day)
    reached = told.filter(pc.invert(told["is_held_out"]))
    opened = open_rows(laid_out(reasons(reached, plays, day)), day, made)
    counts = weighed() | {
        "held_out": told.num_rows - reached.num_rows,
        "chosen": reached.num_rows,
        "opened": opened.num_rows,
        "followed_up": followed,
        "room": int(pc.sum(rooms["room"]).as_py() or 0),
        "stores": len(set(opened["store_id"].to_pylist())),
    }
    clear()
    return counts


def cut(rows: pa.Table) -> pa.Table:
    """Of rows in order of store and value, with `is_held_out` and the store's `room`: down to the
    one that fills it. Whoever stands above is in, reached or held out."""
    store = rows["store_id"].to_numpy()
    reached = ~rows["is_held_out"].to_numpy(zero_copy_only=False)
    before = np.cumsum(reached) - reached
    is_first = np.r_[True, store[1:] != store[:-1]] if len(store) else np.array([], bool)
    base = before[is_first][np.cumsum(is_first) - 1] if len(store) else before
    return rows.filter(pa.array(before - base < rows["room"].to_numpy()))
