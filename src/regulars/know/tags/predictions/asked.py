"""Speaking to the warehouse: this folder's queries, and members in parts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from regulars.ground.kit.sql import named, spoken_of
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.tags.tables import renamed

PART = 2_000_000
"""Members at a time, so that memory stays bounded."""


def asked(name: str, **parameters: Any) -> pa.Table:
    """The answer of one of this folder's queries; parameters that it does not name are left out."""
    sql = named(__package__, name)
    return query(sql, spoken_of(sql, parameters))


def put(name: str, **parameters: Any) -> None:
    """Run one of this folder's statements."""
    sql = named(__package__, name)
    run(Statement(sql, spoken_of(sql, parameters)))


def first_day() -> date | None:
    """The day of the first purchase of a member; None before there is any."""
    day: date | None = asked("span")["first_on"][0].as_py()
    return day


def parts() -> Iterator[dict[str, int]]:
    """Parameters that part all members: `part` of `parts`."""
    number = count_parts()
    for part in range(number):
        yield {"part": part, "parts": number}


def count_parts() -> int:
    members: int = asked("span")["members"][0].as_py()
    return max(1, -(-members // PART))


def count_lines() -> int:
    """How many order lines there are to fit on."""
    count: int = asked("lines")["n"][0].as_py()
    return count


def begin(table: str) -> None:
    """An empty table beside a model's, which it takes the place of once it is filled."""
    run(Statement(named(__package__, f"{table}_begin")))


def finish(table: str) -> None:
    run(*renamed(f"{table}_next", table))
