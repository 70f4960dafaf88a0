"""Tickets: which leads a stream may hear of, signed, for the few seconds until it is opened.

Django decides once who may hear what; a stream reads it off its ticket and asks no database.
"""

from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit.errors import NotAllowed
from regulars.ground.org.service import store_ids_under

SALT = "regulars.leads"
VALID_SECONDS = 30


@dataclass(frozen=True)
class LeadTicket:
    """The stores whose leads are heard; None is every store."""

    store_ids: frozenset[int] | None


def give_lead_ticket(scope: Scope) -> str:
    """A ticket for the leads of the stores in a scope as of today. Raises NotAllowed."""
    if not scope.may(Capability.SEE_LEADS):
        raise NotAllowed(_("Your role does not see leads."))
    stores = None if scope.node_id is None else sorted(store_ids_under(scope.node_id))
    return signing.dumps({"stores": stores}, salt=SALT, compress=True)


def read_lead_ticket(text: str) -> LeadTicket | None:
    """None for what nobody here signed, or too long ago."""
    try:
        told = signing.loads(text, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    stores = told["stores"]
    return LeadTicket(None if stores is None else frozenset(stores))
