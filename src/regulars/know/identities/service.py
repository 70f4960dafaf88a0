"""One-ID for other rooms."""

from regulars.know.identities.changes import schema, statements_for_all, statements_for_changes
from regulars.know.identities.resolving import resolve
from regulars.know.identities.rules import Kind

__all__ = ["Kind", "resolve", "schema", "statements_for_all", "statements_for_changes"]
