"""What the warehouse knows of the organisation."""

import pyarrow as pa

from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.sql import named

TABLES = {
    "nodes": pa.schema(
        [
            ("node_id", pa.int32()),
            ("code", pa.string()),
            ("name", pa.string()),
            ("kind", pa.string()),
            ("parent_id", pa.int32()),
        ]
    ),
    "store_nodes": pa.schema(
        [
            ("node_id", pa.int32()),
            ("store_id", pa.int32()),
            ("valid_from", pa.date32()),
            ("valid_to", pa.date32()),
        ]
    ),
    "stores": pa.schema(
        [
            ("store_id", pa.int32()),
            ("code", pa.string()),
            ("name", pa.string()),
            ("format", pa.string()),
            ("area_m2", pa.int32()),
            ("opened_on", pa.date32()),
            ("closed_on", pa.date32()),
        ]
    ),
    "staff": pa.schema([("staff_id", pa.int32()), ("code", pa.string()), ("name", pa.string())]),
    "positions": pa.schema(
        [
            ("staff_id", pa.int32()),
            ("node_id", pa.int32()),
            ("kind", pa.string()),
            ("valid_from", pa.date32()),
            ("valid_to", pa.date32()),
        ]
    ),
}


def warehouse_tables() -> dict[str, pa.Table]:
    """The whole of each table of `queries/warehouse_schema.sql`, as of today."""
    parameters = {"nodes": [clock.today()]}
    return {
        name: arrow_from_query(named(__package__, name), parameters.get(name, []), schema)
        for name, schema in TABLES.items()
    }
