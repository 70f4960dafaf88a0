"""Stores and staff from files, the API or the console, many at once."""

import pyarrow as pa
from django.db import transaction

from regulars.ground.kit import clock, upsert
from regulars.ground.kit.outcome import Outcome
from regulars.ground.kit.phones import COLUMNS as PHONE_COLUMNS
from regulars.ground.kit.phones import seal_phones
from regulars.ground.kit.succession import make_successions, succeed
from regulars.ground.org.models import Node, Placement, Position, Staff, Store
from regulars.ground.org.tree import HEAD_OFFICE, ensure_head_office

STORE_COLUMNS = pa.schema(
    [
        ("store_id", pa.string()),
        ("name", pa.string()),
        ("region_id", pa.string()),
        ("region", pa.string()),
        ("branch_id", pa.string()),
        ("branch", pa.string()),
        ("format", pa.string()),
        ("area_m2", pa.int64()),
        ("opened_on", pa.date32()),
        ("closed_on", pa.date32()),
    ]
)
STAFF_COLUMNS = pa.schema(
    [
        ("staff_id", pa.string()),
        ("name", pa.string()),
        ("position", pa.string()),
        ("store_id", pa.string()),
        ("node_id", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        *PHONE_COLUMNS,
    ]
)
POSITIONS_GIVEN = (
    "line_no bigint, staff_code text, node_id bigint, kind text, position_id bigint, "
    "valid_from date, valid_to date"
)


@transaction.atomic
def upsert_stores(rows: pa.Table) -> Outcome:
    """Make or change stores, with the regions and branches that the rows name.

    Absent columns and nulls leave what is there. A region or branch without an id is known by its
    name. A place that hung nowhere hangs there since always; one that moves, from today.
    """
    upsert.lock(Node)
    head_office = ensure_head_office()
    upsert.stage(rows, STORE_COLUMNS, required=["store_id"])
    upsert.run(__package__, "known_by_name")
    upsert.run(__package__, "store_rejects")
    upsert.drop_rejected()
    upsert.incoming(Node, __package__, "incoming_nodes")
    upsert.incoming(Store, __package__, "incoming_stores")
    upsert.merge(Node)
    upsert.merge(Store)
    _hang(head_office)
    return upsert.answer(Store, "store_id", "node_id")


@transaction.atomic
def upsert_staff(rows: pa.Table) -> Outcome:
    """Make or change staff and their positions: a row is a position, someone may have several.

    Absent columns and nulls leave what is there. A row without `valid_from` says where someone
    stands now: when that is new, positions of the same kind that no row names end today. The `id`
    of a result is the staff's.
    """
    upsert.lock(Staff)
    ensure_head_office()
    upsert.stage(
        seal_phones(rows),
        STAFF_COLUMNS,
        required=["staff_id", "position"],
        key=["staff_id", "position", "store_id", "node_id", "valid_from"],
    )
    upsert.run(__package__, "staff_rejects", {"positions": Position.Kind.values})
    upsert.drop_rejected()
    upsert.make_table("positions_given", POSITIONS_GIVEN)
    today = {"today": clock.today()}
    upsert.run(__package__, "positions_given", today | {"head_office": HEAD_OFFICE})
    upsert.run(__package__, "position_overlaps")
    upsert.drop_rejected()
    upsert.incoming(Staff, __package__, "incoming_staff")
    upsert.incoming(Position, __package__, "incoming_positions")
    upsert.run(__package__, "positions_left", today)
    upsert.merge(Staff)
    upsert.merge(Position)
    return upsert.answer(Position, "staff_id", "staff_id")


def _hang(head_office: Node) -> None:
    make_successions()
    parameters = {"today": clock.today(), "head_office": head_office.pk}
    upsert.run(__package__, "successions_of_places", parameters)
    succeed(Placement, "node_id", "parent_id")
    upsert.mark_changed("successions")
