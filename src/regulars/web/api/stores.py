"""Stores: what they are and where they hang today."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from regulars.ground.accounts.access import Capability, scope_of
from regulars.ground.kit import clock
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Placement, Store
from regulars.web.api.answers import answers
from regulars.web.api.auth import may, sees_the_whole_chain
from regulars.web.api.paging import Cursor, page
from regulars.web.api.records import upsert
from regulars.web.api.schemas import Batch, Page, StoreIn, StoreOut, Upserted

router = Router(tags=["Organisation"])


@router.get("/stores", auth=may(Capability.SEE_ORG), response=answers(Page[StoreOut]))
def list_stores(request: HttpRequest, cursor: Query[Cursor]) -> dict[str, Any]:
    """The stores inside the caller's scope."""
    return page(org.list_stores(scope_of(request.user).node_id), cursor, _described)


@router.post("/stores", auth=may(Capability.EDIT_ORG), response=answers(Upserted))
def upsert_stores(request: HttpRequest, batch: Batch[StoreIn]) -> dict[str, Any]:
    """Make or change stores by `store_id`, with the regions and branches they name.

    Sent twice, the second time is `unchanged`. One bad record does not keep the others out.
    """
    sees_the_whole_chain(request)
    return upsert("stores", batch.records, org.upsert_stores, notice="changed.org")


def _described(stores: Sequence[Store]) -> list[dict[str, Any]]:
    above = _above([store.pk for store in stores])
    return [
        {
            "store_id": store.node.code,
            "name": store.node.name,
            "region": above[store.pk].get(Node.Kind.REGION),
            "branch": above[store.pk].get(Node.Kind.BRANCH),
            "format": store.format,
            "area_m2": store.area_m2,
            "opened_on": store.opened_on,
            "closed_on": store.closed_on,
        }
        for store in stores
    ]


def _above(store_ids: Sequence[int]) -> defaultdict[int, dict[str, str]]:
    """Store id → the names of what it hangs under today, by kind."""
    today = Placement.objects.valid_on(clock.today()).select_related("parent")
    names: defaultdict[int, dict[str, str]] = defaultdict(dict)
    parents = {p.node_id: p.parent for p in today.filter(node_id__in=store_ids)}
    upper = {p.node_id: p.parent for p in today.filter(node__in=set(parents.values()))}
    for store_id, parent in parents.items():
        for node in (parent, upper.get(parent.pk)):
            if node is not None:
                names[store_id][node.kind] = node.name
    return names
