"""Named SQL: one question a file, read once."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from sqlglot import exp, parse_one


@cache
def named(package: str, name: str) -> str:
    """The text of `queries/NAME.sql` of a room.

    Raises FileNotFoundError: a missing query is a fault of the program, not of the user.
    """
    return files(package).joinpath("queries", f"{name}.sql").read_text("utf-8")


def tree_of(package: str, name: str) -> exp.Select:
    """A room's question as a tree, to be part of a larger one."""
    told = parse_one(named(package, name).strip().removesuffix(";"), dialect="duckdb")
    assert isinstance(told, exp.Select)
    return told


def spoken_of(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `parameters` that the SQL names as `$name`: DuckDB refuses any other."""
    names = set(re.findall(r"\$(\w+)", sql))
    return {name: value for name, value in parameters.items() if name in names}
