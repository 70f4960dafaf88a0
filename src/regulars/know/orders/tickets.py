"""Tickets one by one, for whoever may see the members behind them."""

from datetime import date, datetime
from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, Scope, may_see_node
from regulars.ground.kit.errors import NotAllowed
from regulars.ground.kit.sql import named
from regulars.ground.org.service import get_store, store_ids_under
from regulars.ground.warehouse.service import query
from regulars.know.members.service import get_member


class Ticket(TypedDict):
    """Ids are those of the chain; money and units are negative on returns. `member_id` is None
    for strangers and for members who lie outside the scope."""

    ticket_id: int
    order_id: str
    sold_at: datetime
    business_on: date
    store_id: str
    member_id: str | None
    staff_id: str | None
    channel: str | None
    original_order_id: str | None
    units: int
    lines: int
    net_cents: int


def list_tickets(
    scope: Scope,
    start: date,
    end: date,
    *,
    store: str = "",
    member: str = "",
    after: int = 0,
    limit: int = 100,
) -> list[Ticket]:
    """Tickets in the scope's stores with `start` <= business date < `end`, in order of
    `ticket_id`, those after `after`; of one `store`, of one `member` (codes).

    Raises NotAllowed, and NotFound for a store or member that is none, or none of the scope's.
    """
    if not scope.may(Capability.SEE_MEMBERS):
        raise NotAllowed(_("Only someone who may see members may see single tickets."))
    parameters = {
        "start": start,
        "end": end,
        "store_ids": _store_ids(scope, store),
        "member": get_member(scope, member).pk if member else None,
        "after": after,
        "most": limit,
    }
    return query(named(__package__, "tickets"), parameters).to_pylist()  # type: ignore[no-any-return]


def _store_ids(scope: Scope, store: str) -> list[int] | None:
    if store:
        found = get_store(store)
        if not may_see_node(scope, found.pk):
            raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": store})
        return [found.pk]
    return None if scope.node_id is None else store_ids_under(scope.node_id)
