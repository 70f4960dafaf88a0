"""One-ID for other rooms."""

from regulars.know.identities.changes import schema, statements_for_all, statements_for_changes
from regulars.know.identities.merging import (
    Plan,
    list_merges,
    merge_members,
    plan_merge,
    unmerge_members,
)
from regulars.know.identities.recognising import recognise
from regulars.know.identities.resolving import resolve
from regulars.know.identities.rules import Kind

__all__ = [
    "Kind",
    "Plan",
    "list_merges",
    "merge_members",
    "plan_merge",
    "recognise",
    "resolve",
    "schema",
    "statements_for_all",
    "statements_for_changes",
    "unmerge_members",
]
