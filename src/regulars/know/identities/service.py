"""One-ID for other rooms."""

from regulars.know.identities.changes import schema, statements_for_all, statements_for_changes
from regulars.know.identities.consent import (
    Channel,
    Purpose,
    list_standing,
    list_told,
    tell_consent,
)
from regulars.know.identities.finding import find_member_id
from regulars.know.identities.forgetting import (
    ABOUT_MEMBERS,
    FORGOTTEN,
    KEPT_OF_A_MEMBER,
    Traces,
    forget_member,
    get_forgetting,
    mark_done,
    statements_for_forgotten,
    traces_of,
)
from regulars.know.identities.giving import give_data
from regulars.know.identities.merging import (
    MERGED,
    Plan,
    list_merges,
    merge_members,
    plan_merge,
    standing_of_merge,
    unmerge_members,
)
from regulars.know.identities.recognising import recognise
from regulars.know.identities.resolving import resolve
from regulars.know.identities.review import (
    dismiss_suggestion,
    let_link,
    list_identities,
    list_shared,
    list_suggestions,
    set_apart,
)
from regulars.know.identities.rules import Kind

__all__ = [
    "ABOUT_MEMBERS",
    "FORGOTTEN",
    "KEPT_OF_A_MEMBER",
    "MERGED",
    "Channel",
    "Kind",
    "Plan",
    "Purpose",
    "Traces",
    "dismiss_suggestion",
    "find_member_id",
    "forget_member",
    "get_forgetting",
    "give_data",
    "let_link",
    "list_identities",
    "list_merges",
    "list_shared",
    "list_standing",
    "list_suggestions",
    "list_told",
    "mark_done",
    "merge_members",
    "plan_merge",
    "recognise",
    "resolve",
    "schema",
    "set_apart",
    "standing_of_merge",
    "statements_for_all",
    "statements_for_changes",
    "statements_for_forgotten",
    "tell_consent",
    "traces_of",
    "unmerge_members",
]
