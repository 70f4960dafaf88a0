"""What the leads of plays that answer a finding came to at its place."""

from datetime import timedelta
from typing import Any

import pyarrow as pa
from django.db import connection

from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import copy_to_temporary_table
from regulars.ground.kit.sql import named

SERVED_WITHIN = timedelta(weeks=4)
"""So long after a finding the leads of a play that answers it are put down to it."""
ANSWERED = pa.schema(
    [
        ("finding_id", pa.int64()),
        ("node_id", pa.int64()),
        ("play_id", pa.int64()),
        ("since", pa.date32()),
    ]
)


def count_served(answered: pa.Table) -> dict[tuple[int, int], tuple[int, int]]:
    """Of rows as `ANSWERED`: by finding and play how many leads about members were opened from the
    day `since` on at the place or below it, and how many of them are done. Those of which none was
    opened are not in it."""
    if not answered.num_rows:
        return {}
    copy_to_temporary_table("tasks_answered", answered)
    told: dict[str, Any] = {"day": clock.today(), "days": SERVED_WITHIN.days}
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "served"), told)
        return {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}
