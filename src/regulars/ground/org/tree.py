"""The dated tree: what hangs where, and since when."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.sql import named
from regulars.ground.kit.succession import succeed_once
from regulars.ground.org.models import Node, Placement
from regulars.ground.org.rules import may_hang_under

HEAD_OFFICE = "HQ"


def ensure_head_office() -> Node:
    """The top of the tree, made once under the chain's name."""
    return Node.objects.get_or_create(
        kind=Node.Kind.HEAD_OFFICE, defaults={"code": HEAD_OFFICE, "name": chain().name_zh}
    )[0]


def get_node(code: str) -> Node:
    """Raises NotFound, naming the code."""
    if (node := find_node(code)) is None:
        raise NotFound(
            _("There is no store, branch or region “%(code)s”.") % {"code": code}, field="org"
        )
    return node


def find_node(code: str) -> Node | None:
    return Node.objects.filter(code=code).first()


def list_children(node: Node, on: date | None = None) -> QuerySet[Node]:
    """The places directly below a node on a day (today), by name."""
    placements = Placement.objects.valid_on(on or clock.today()).filter(parent=node)
    return Node.objects.filter(pk__in=placements.values("node_id")).order_by("name", "code")


def path_of(node: Node, on: date | None = None) -> list[Node]:
    """From the top down to the node itself, on a day (today): the breadcrumb."""
    parameters = {"node": node.pk, "day": on or clock.today()}
    return list(Node.objects.raw(named(__package__, "path_of_node"), parameters))


def list_above(node_ids: Sequence[int], on: date | None = None) -> list[tuple[int, int]]:
    """Pairs of a node and one of `node_ids` that is it or hangs below it on a day (today)."""
    return _rows("above_nodes", {"nodes": list(node_ids), "day": on or clock.today()})


def store_ids_under(node_id: int, on: date | None = None) -> list[int]:
    """Ids of the stores below a node on a day (today); a store is below itself."""
    return [id for id, kind in _nodes_under(node_id, on) if kind == Node.Kind.STORE]


def node_ids_under(node_id: int, on: date | None = None) -> list[int]:
    """Ids of a node and of everything below it on a day (today)."""
    return [id for id, _kind in _nodes_under(node_id, on)]


def count_headcount(node: Node, on: date | None = None) -> int:
    """How many people hold a position at a node or below it on a day (today), each once."""
    return int(_rows("headcount", {"node": node.pk, "day": on or clock.today()})[0][0])


def place_node(node: Node, parent: Node, from_on: date | None = None) -> None:
    """Hang a node under a parent from a day on, until the next change already known.

    The first placement of a node without a day holds since always. Raises UserError when such a
    place cannot hang there.
    """
    if not may_hang_under(node.kind, parent.kind):
        raise UserError(
            _("“%(node)s” (%(kind)s) cannot hang under “%(parent)s” (%(above)s).")
            % {
                "node": node.name,
                "parent": parent.name,
                "kind": node.get_kind_display(),
                "above": parent.get_kind_display(),
            },
            field="parent",
        )
    succeed_once(
        Placement,
        "node_id",
        "parent_id",
        owner_id=node.pk,
        holder_id=parent.pk,
        from_on=from_on or (clock.today() if node.placements.exists() else date.min),
    )


def _nodes_under(node_id: int, on: date | None) -> list[tuple[Any, ...]]:
    return _rows("nodes_under", {"node": node_id, "day": on or clock.today()})


def _rows(query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, query), parameters)
        return list(cursor.fetchall())
