"""Orders: taken in as a batch of the inbox, listed from the warehouse."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from regulars.ground.accounts.access import Capability, Scope, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Staff
from regulars.ground.org.service import list_stores
from regulars.know.catalog.models import Product
from regulars.know.collect import service as collect
from regulars.know.members.models import Member
from regulars.know.orders.service import list_tickets
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.paging import Cursor, position
from regulars.web.api.records import fault
from regulars.web.api.schemas import Batch, OrderIn, OrdersTaken, Page, TicketOut

router = Router(tags=["Orders"])
Known = Mapping[str, set[str]]


class PeriodIn(Cursor):
    first: date | None = Field(
        None, alias="from", description="First business date; left out: of this month."
    )
    last: date | None = Field(None, alias="to", description="Inclusive; left out: today.")


@router.get("/orders", auth=may(Capability.SEE_MEMBERS), response=answers(Page[TicketOut]))
def list_orders(
    request: HttpRequest, asked: Query[PeriodIn], store: str = "", member: str = ""
) -> dict[str, Any]:
    """The tickets of the caller's stores in a period, of one `store`, of one `member`."""
    last = asked.last or clock.today()
    first = asked.first or last.replace(day=1)
    if last < first:
        raise UserError(_("The end stands before the start."), field="to")
    tickets = list_tickets(
        scope_of(request.user),
        first,
        last + timedelta(days=1),
        store=store,
        member=member,
        after=position(asked),
        limit=asked.limit + 1,
    )
    shown = tickets[: asked.limit]
    has_more = len(tickets) > asked.limit
    return {"items": shown, "next": str(shown[-1]["ticket_id"]) if has_more else None}


@router.post("/orders", auth=may(Capability.IMPORT_DATA), response=answers(OrdersTaken))
def take_orders(request: HttpRequest, batch: Batch[OrderIn]) -> dict[str, Any]:
    """Take orders in. What is `accepted` is stored before this is answered, and is in the numbers
    within seconds; `GET /batches/{id}` tells when.

    An order is known by `order_id`: the same one sent again changes nothing, one with a higher
    `version` replaces it. A store, product, member or staff id that does not exist rejects its
    order; so does an `order_id` that occurs twice in what was sent.
    """
    orders = batch.records
    known = _known(scope_of(request.user), orders)
    times_sent = Counter(order.order_id for order in orders)
    faults = [_faults(order, known, times_sent[order.order_id]) for order in orders]
    lines = _flat(order for order, wrong in zip(orders, faults, strict=True) if not wrong)
    taken = collect.receive("lines", source="api", body={"records": lines}) if lines else None
    return {
        "batch_id": taken.pk if taken else None,
        "results": [
            {
                "index": index,
                "id": order.order_id,
                "outcome": "rejected" if wrong else "accepted",
                "faults": wrong,
            }
            for index, (order, wrong) in enumerate(zip(orders, faults, strict=True))
        ],
    }


def _known(scope: Scope, orders: Sequence[OrderIn]) -> Known:
    """Which of the ids that the orders name exist, stores inside the scope alone."""
    stores = list_stores(scope.node_id).filter(node__code__in={order.store_id for order in orders})
    return {
        "store": set(stores.values_list("node__code", flat=True)),
        "member": _existing(Member, (order.member_id for order in orders)),
        "staff": _existing(Staff, (order.staff_id for order in orders)),
        "product": _existing(Product, (line.product_id for o in orders for line in o.lines)),
    }


def _existing(model: type[Model], codes: Iterable[str | None]) -> set[str]:
    rows = model._default_manager.filter(code__in=set(codes) - {None})
    return set(rows.values_list("code", flat=True))


def _faults(order: OrderIn, known: Known, times_sent: int) -> list[dict[str, Any]]:
    named = [
        ("store_id", "store", order.store_id),
        ("member_id", "member", order.member_id),
        ("staff_id", "staff", order.staff_id),
        *(
            (f"lines.{number}.product_id", "product", line.product_id)
            for number, line in enumerate(order.lines)
        ),
    ]
    unknown = [
        fault(column, f"unknown_{noun}", code)
        for column, noun, code in named
        if code is not None and code not in known[noun]
    ]
    repeated = [fault("order_id", "sent_twice", order.order_id)] if times_sent > 1 else []
    return repeated + unknown


def _flat(orders: Iterable[OrderIn]) -> list[dict[str, Any]]:
    """One record a line, with the columns of its order: the layout "lines", as JSON holds it."""
    return [
        order.model_dump(mode="json", exclude={"lines"}, exclude_none=True)
        | line.model_dump(mode="json", exclude_none=True)
        for order in orders
        for line in order.lines
    ]
