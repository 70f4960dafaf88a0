"""Places like one another: beside whom one is looked at."""

from collections.abc import Sequence

from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import query
from regulars.understand.metrics.service import Period

MOST_PEERS = 20
MOST_TIMES_LARGER = 3


def peers_of_stores(store_ids: Sequence[int], period: Period) -> dict[int, list[int]]:
    """By store, those of its format that traded all through the period and had a third to three
    times as many members at home at its start; the most alike first, at most `MOST_PEERS`."""
    parameters = {
        "stores": list(store_ids), "start": period.start, "end": period.end, "most": MOST_PEERS,
        "most_times_larger": MOST_TIMES_LARGER,
    }  # fmt: skip
    found: dict[int, list[int]] = {}
    for row in query(named(__package__, "peers"), parameters).to_pylist():
        found.setdefault(row["store_id"], []).append(row["peer_id"])
    return found


def peers_of(node: Node, period: Period) -> list[int]:
    """Nodes like one: stores as `peers_of_stores` has them, else all others of its kind."""
    if node.kind == Node.Kind.STORE:
        return peers_of_stores([node.pk], period).get(node.pk, [])
    others = Node.objects.filter(kind=node.kind).exclude(pk=node.pk)
    return list(others.order_by("code").values_list("pk", flat=True))
