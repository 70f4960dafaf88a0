"""Where Django's database is, for connections beside Django's own."""

from django.db import connections
from psycopg.conninfo import make_conninfo

PARTS = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}


def postgres_address(name: str) -> str:
    """A conninfo; PostgreSQL lists the connection as `name`."""
    told = connections["default"].settings_dict
    found = {part: told[theirs] for part, theirs in PARTS.items() if told.get(theirs)}
    return make_conninfo(**found, application_name=name)
