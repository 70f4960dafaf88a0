"""Identities and links in Postgres: a set at a time, new rows by COPY."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection
from psycopg import sql

from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.sql import named
from regulars.know.collect.service import receive

Columns = dict[str, npt.NDArray[np.int64]]

LOCK = "identities"
"""Whoever changes who is one person holds this lock to the end of the transaction: the loader's
pass and people at the desk never wait for each other in a circle."""

KNOWN = ("no", "id", "person_id", "first_us", "last_us")
KNOWN_LINKS = ("no", "first_us", "is_on_record", "is_held")
MEMBERS_OF = pa.schema(
    [
        ("no", pa.int64()),
        ("member_id", pa.int64()),
        ("code", pa.string()),
        ("joined_us", pa.int64()),
    ]
)
IDENTITY_COLUMNS = (
    "id", "kind", "value_hash", "value_sealed", "hint", "person_id", "follows_id", "member_id",
    "source", "first_seen_at", "last_seen_at", "is_shared", "is_exempt", "is_reviewed",
)  # fmt: skip
LINK_COLUMNS = (
    "follower_id", "followed_id", "first_seen_at", "is_on_record", "is_strong", "is_held",
    "is_reviewed",
)  # fmt: skip
MOVE_COLUMNS = ("identity_id", "from_person_id", "to_person_id", "cause", "moved_at", "is_told")


def lock() -> None:
    """Wait until nobody else changes who is one person; lasts as long as the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])


def look_up(kinds: Sequence[str], hashes: Sequence[bytes]) -> Columns:
    """Those that are known (`KNOWN`), by `no`, their place among what was given."""
    _copy_to_temporary(
        "sighted",
        "no integer, kind text, value_hash bytea",
        (
            f"{no}\t{kind}\t\\\\x{hashed.hex()}"
            for no, (kind, hashed) in enumerate(zip(kinds, hashes, strict=True))
        ),
    )
    return _numbers(named(__package__, "look_up"), KNOWN)


def look_up_links(followers: Sequence[int], followed: Sequence[int]) -> Columns:
    """Those that are known (`KNOWN_LINKS`), by `no`; `first_us` is -1 where it was never seen."""
    _copy_to_temporary(
        "paired",
        "no integer, follower_id bigint, followed_id bigint",
        (f"{no}\t{a}\t{b}" for no, (a, b) in enumerate(zip(followers, followed, strict=True))),
    )
    return _numbers(named(__package__, "look_up_links"), KNOWN_LINKS)


def members_of(
    kinds: Sequence[str], hashes: Sequence[bytes], values: Sequence[str], most: int
) -> pa.Table:
    """The members that phones, cards and member ids name, up to `most` a phone."""
    _copy_to_temporary(
        "newcomers",
        "no integer, kind text, value_hash bytea, code text",
        (
            f"{no}\t{kind}\t\\\\x{hashed.hex()}\t{'' if kind == 'phone' else escaped(value)}"
            for no, (kind, hashed, value) in enumerate(zip(kinds, hashes, values, strict=True))
        ),
    )
    return arrow_from_query(named(__package__, "members_of"), {"most": most}, MEMBERS_OF)


def new_ids(count: int) -> list[int]:
    """Numbers for new identities."""
    if not count:
        return []
    rows = fetch_sql(
        "SELECT nextval(pg_get_serial_sequence('identities_identity', 'id'))"
        " FROM generate_series(1, %(count)s)",
        {"count": count},
    )
    return [row[0] for row in rows]


def fetch(name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a named query; those of an empty list of ids are none."""
    return fetch_sql(named(__package__, name), parameters)


def fetch_sql(query: str | sql.Composed, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def execute(name: str, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, name), parameters)


def copy(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Add rows, each a line of COPY's text format."""
    text = "\n".join(lines)
    if not text:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as out:
        out.write(text.encode())


def tell_loader(ids: Sequence[int]) -> None:
    """Something is known of persons that the warehouse should hear of now."""
    receive("changed.persons", source="console", body={"ids": list(ids)})


def escaped(text: str) -> str:
    """A text as COPY reads it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def moments(us: Sequence[int]) -> list[str]:
    """Microseconds since 1970 as Postgres reads them."""
    stamps = np.asarray(us, dtype="datetime64[us]")
    return [f"{text}Z" for text in np.datetime_as_string(stamps).tolist()]


def _numbers(query: str, names: Sequence[str]) -> Columns:
    """The rows of a query that gives bytes, eight for each number. COPY would hand over row by row,
    which takes longer than finding them."""
    whole = sql.SQL("SELECT string_agg(packed, ''::bytea) FROM ({}) AS rows").format(sql.SQL(query))
    ((found,),) = fetch_sql(whole, {})
    rows = np.frombuffer(found or b"", dtype=">i8").reshape(-1, len(names)).astype(np.int64)
    return {name: rows[:, place] for place, name in enumerate(names)}


def _copy_to_temporary(name: str, definition: str, lines: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "DROP TABLE IF EXISTS {name};"
                " CREATE TEMPORARY TABLE {name} ({definition}) ON COMMIT DROP"
            ).format(name=sql.Identifier(name), definition=sql.SQL(definition))
        )
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as out:
            out.write("\n".join(lines).encode())
