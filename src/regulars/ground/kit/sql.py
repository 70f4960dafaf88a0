"""Named SQL: one question a file, read once."""

from functools import cache
from importlib.resources import files


@cache
def named(package: str, name: str) -> str:
    """The text of `queries/NAME.sql` of a room.

    Raises FileNotFoundError: a missing query is a fault of the program, not of the user.
    """
    return files(package).joinpath("queries", f"{name}.sql").read_text("utf-8")
