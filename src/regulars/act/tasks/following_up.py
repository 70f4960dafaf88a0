"""The next contact that somebody noted: the lead comes again on its day."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from regulars.act.tasks.models import Launch
from regulars.act.tasks.opening import CHOSEN, find_people, laid_out, open_rows, why_not
from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.sql import named

NAMES = (
    "row_no", "play_id", "member_id", "store_id", "staff_id", "parent_id", "value_cents", "title",
    "reason", "facts", "goods", "source", "source_id", "priority",
)  # fmt: skip
DUE = pa.schema([CHOSEN.field(name) for name in NAMES])


def follow_up(launch: Launch, on: date) -> int:
    """Open again what was to be asked again by this day, with the same person while he works
    there; how many. The member was in the play before, so that chance has no more to say; whether
    she may be approached is looked at anew."""
    due = arrow_from_query(named(__package__, "follow_up"), {"day": on}, DUE)
    if not due.num_rows:
        return 0
    rows = laid_out(due)
    is_by_hand = pa.array([True] * rows.num_rows, pa.bool_())
    rows = rows.set_column(rows.column_names.index("is_by_hand"), "is_by_hand", is_by_hand)
    free = pc.equal(why_not(rows, on)["why"], "")
    find_people(on)
    return int(open_rows(rows.filter(free), on, launch).num_rows)
