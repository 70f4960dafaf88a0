"""Identifiers made at receipt."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUIDv7: unique, and roughly in order of time."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
