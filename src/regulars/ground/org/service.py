"""What the organisation offers: its tree, its stores, its people.

Verbs take the user who acts (`actor`, None for the system itself) and write to the audit log.
"""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.models import Node, Placement, Position, Staff, Store
from regulars.ground.org.tree import (
    HEAD_OFFICE,
    count_headcount,
    ensure_head_office,
    find_node,
    get_node,
    list_above,
    list_children,
    node_ids_under,
    path_of,
    place_node,
    store_ids_under,
)
from regulars.ground.org.upserts import upsert_staff, upsert_stores
from regulars.ground.org.warehouse import warehouse_tables

__all__ = [
    "HEAD_OFFICE",
    "add_node",
    "assign_position",
    "close_store",
    "count_headcount",
    "end_position",
    "ensure_head_office",
    "find_node",
    "get_node",
    "get_place",
    "get_staff",
    "get_store",
    "list_above",
    "list_children",
    "list_placements",
    "list_positions",
    "list_staff",
    "list_stores",
    "move_store",
    "node_ids_under",
    "open_store",
    "path_of",
    "place_node",
    "rename_node",
    "store_ids_under",
    "upsert_staff",
    "upsert_stores",
    "warehouse_tables",
]

Actor = AbstractBaseUser | None


def get_store(code: str) -> Store:
    """Raises NotFound, naming the code."""
    try:
        return Store.objects.select_related("node").get(node__code=code)
    except Store.DoesNotExist:
        raise NotFound(
            _("There is no store “%(code)s”.") % {"code": code}, field="store_id"
        ) from None


def get_place(node_id: int | None) -> Node:
    """The node of an id; the head office for None, as scopes have it. Raises NotFound."""
    if node_id is None:
        return ensure_head_office()
    try:
        return Node.objects.get(pk=node_id)
    except Node.DoesNotExist:
        raise NotFound(_("There is no such place.")) from None


def list_placements(node: Node) -> QuerySet[Placement]:
    """Where a node hangs and has hung, the latest first."""
    return node.placements.select_related("parent").order_by("-valid_from")


def list_stores(node_id: int | None = None, text: str = "") -> QuerySet[Store]:
    """Stores below a node today (None: all), whose code or name holds `text`, by name."""
    stores = Store.objects.select_related("node").order_by("node__name", "node__code")
    if node_id is not None:
        stores = stores.filter(pk__in=store_ids_under(node_id))
    if text:
        stores = stores.filter(Q(node__name__icontains=text) | Q(node__code__icontains=text))
    return stores


def get_staff(code: str) -> Staff:
    """Raises NotFound, naming the code."""
    try:
        return Staff.objects.get(code=code)
    except Staff.DoesNotExist:
        raise NotFound(
            _("There is no member of staff “%(code)s”.") % {"code": code}, field="staff_id"
        ) from None


def list_staff(
    node_id: int | None = None, text: str = "", on: date | None = None
) -> QuerySet[Position]:
    """Positions held on a day (today), at a node or below it (None: everywhere)."""
    positions = (
        Position.objects.valid_on(on or clock.today())
        .select_related("staff", "node")
        .order_by("node__name", "staff__name", "id")
    )
    if node_id is not None:
        positions = positions.filter(node_id__in=node_ids_under(node_id, on))
    if text:
        positions = positions.filter(Q(staff__name__icontains=text) | Q(staff__code=text))
    return positions


def list_positions(staff: Staff) -> QuerySet[Position]:
    """What someone does and has done, the latest first."""
    return staff.positions.select_related("node").order_by("-valid_from", "-id")


def add_node(
    actor: Actor, kind: str, code: str, name: str, *, parent: Node, from_on: date | None = None
) -> Node:
    """Make a region, branch or store under a parent (`from_on` None: since always).

    Raises UserError when the code is taken or the place cannot hang there.
    """
    if find_node(code):
        raise UserError(_("The id “%(code)s” is taken.") % {"code": code}, field="code")
    node = Node.objects.create(kind=kind, code=code, name=name)
    if kind == Node.Kind.STORE:
        Store.objects.create(node=node)
    place_node(node, parent, from_on)
    record(actor, "node.added", "node", node.pk, code=code, name=name, parent=parent.code)
    return node


def rename_node(actor: Actor, node: Node, name: str) -> None:
    """Give a place another name. Raises UserError when it is empty."""
    if not name.strip():
        raise UserError(_("A place needs a name."), field="name")
    before, node.name = node.name, name.strip()
    node.save(update_fields=["name"])
    record(actor, "node.renamed", "node", node.pk, before=before, after=node.name)


def move_store(actor: Actor, store: Store, parent: Node, from_on: date | None = None) -> None:
    """Hang a store under another place from a day (today) on; what was before stays as it was.

    Raises UserError when a store cannot hang there.
    """
    starts = from_on or clock.today()
    before = Placement.objects.valid_on(starts).filter(node=store.node).first()
    place_node(store.node, parent, starts)
    record(
        actor,
        "store.moved",
        "node",
        store.pk,
        before=before.parent.code if before else None,
        after=parent.code,
        from_on=starts.isoformat(),
    )


def open_store(actor: Actor, store: Store, opened_on: date) -> None:
    """Set the day a store opens, and take back a closing."""
    _set_trading_days(actor, "store.opened", store, opened_on, None)


def close_store(actor: Actor, store: Store, closed_on: date) -> None:
    """Set the first day a store is closed. Raises UserError when it opened later than that."""
    if store.opened_on and closed_on < store.opened_on:
        raise UserError(
            _("“%(store)s” cannot close on %(closed)s: it opened on %(opened)s.")
            % {"store": store.node.name, "closed": closed_on, "opened": store.opened_on},
            field="closed_on",
        )
    _set_trading_days(actor, "store.closed", store, store.opened_on, closed_on)


def assign_position(
    actor: Actor, staff: Staff, node: Node, kind: str, from_on: date | None = None
) -> Position:
    """Put someone in a position at a place from a day (today) on, beside what else he does.

    Returns the position he already holds there then, if any. Raises UserError when he is already
    to hold it from a later day.
    """
    starts = from_on or clock.today()
    same = Position.objects.filter(staff=staff, node=node, kind=kind)
    if held := same.valid_on(starts).first():
        return held
    if later := same.filter(valid_from__gt=starts).first():
        raise UserError(
            _("%(staff)s holds this position from %(day)s already.")
            % {"staff": staff.name, "day": later.valid_from},
            field="from_on",
        )
    position = Position.objects.create(staff=staff, node=node, kind=kind, valid_from=starts)
    _record_position(actor, "position.assigned", position, starts)
    return position


def end_position(actor: Actor, position: Position, on: date | None = None) -> None:
    """End a position: `on` (today) is the first day without it. Raises UserError when it has not
    begun by then."""
    position.valid_to = on or clock.today()
    if position.valid_to < position.valid_from:
        raise UserError(
            _("A position that begins on %(from)s cannot end on %(to)s.")
            % {"from": position.valid_from, "to": position.valid_to},
            field="on",
        )
    position.save(update_fields=["valid_to"])
    _record_position(actor, "position.ended", position, position.valid_to)


def _set_trading_days(
    actor: Actor, action: str, store: Store, opened_on: date | None, closed_on: date | None
) -> None:
    before = _trading_days(store)
    store.opened_on, store.closed_on = opened_on, closed_on
    store.save(update_fields=["opened_on", "closed_on"])
    record(actor, action, "node", store.pk, before=before, after=_trading_days(store))


def _trading_days(store: Store) -> list[str | None]:
    return [day.isoformat() if day else None for day in (store.opened_on, store.closed_on)]


def _record_position(actor: Actor, action: str, position: Position, day: date) -> None:
    record(
        actor,
        action,
        "staff",
        position.staff_id,
        node=position.node.code,
        kind=position.kind,
        on=day.isoformat(),
    )
