"""One holder at a time: the next one's start is the last one's end.

A branch has one parent at a time, a member one consultant; from a day on it is another one, until
the next change that is already known.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql

from regulars.ground.kit.upsert import make_table


def make_successions() -> None:
    """The temporary table `successions` that `succeed` reads: at most one row an owner."""
    make_table("successions", "line_no bigint, owner_id bigint, holder_id bigint, from_on date")


def succeed(model: type[Model], owner: str, holder: str) -> None:
    """Carry out `successions` in a dated table, whose columns `owner` and `holder` are.

    What already holds is left as it is, and taken out of `successions`.
    """
    parts = {
        "table": sql.Identifier(model._meta.db_table),
        "owner": sql.Identifier(owner),
        "holder": sql.Identifier(holder),
    }
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE successions")
        for step in _STEPS:
            cursor.execute(sql.SQL(step).format(**parts))


@transaction.atomic
def succeed_once(
    model: type[Model], owner: str, holder: str, *, owner_id: int, holder_id: int, from_on: date
) -> None:
    """One succession: from a day on, `holder_id` holds for `owner_id`."""
    make_successions()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO successions VALUES (NULL, %s, %s, %s)", [owner_id, holder_id, from_on]
        )
    succeed(model, owner, holder)


_LEAVE_WHAT_HOLDS = """
DELETE FROM successions AS s USING {table} AS t
WHERE t.{owner} = s.owner_id AND t.{holder} = s.holder_id
  AND daterange(t.valid_from, t.valid_to) @> s.from_on
"""

_REPLACE_WHAT_STARTS_THAT_DAY = """
DELETE FROM {table} AS t USING successions AS s
WHERE t.{owner} = s.owner_id AND t.valid_from = s.from_on
"""

_END_WHAT_HELD = """
UPDATE {table} AS t SET valid_to = s.from_on FROM successions AS s
WHERE t.{owner} = s.owner_id AND daterange(t.valid_from, t.valid_to) @> s.from_on
"""

_BEGIN = """
INSERT INTO {table} ({owner}, {holder}, valid_from, valid_to)
SELECT s.owner_id, s.holder_id, s.from_on,
       (SELECT min(t.valid_from) FROM {table} AS t
        WHERE t.{owner} = s.owner_id AND t.valid_from > s.from_on)
FROM successions AS s
"""

_STEPS: Sequence[str] = (
    _LEAVE_WHAT_HOLDS, _REPLACE_WHAT_STARTS_THAT_DAY, _END_WHAT_HELD, _BEGIN,
)  # fmt: skip
