"""What the warehouse knows of the catalogue."""

import pyarrow as pa

from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.sql import named

TABLES = {
    "categories": pa.schema(
        [
            ("category_id", pa.int32()),
            ("code", pa.string()),
            ("name", pa.string()),
            ("parent_id", pa.int32()),
            ("depth", pa.int16()),
        ]
    ),
    "category_nodes": pa.schema([("node_id", pa.int32()), ("category_id", pa.int32())]),
    "brands": pa.schema([("brand_id", pa.int32()), ("code", pa.string()), ("name", pa.string())]),
    "products": pa.schema(
        [
            ("product_id", pa.int32()),
            ("code", pa.string()),
            ("name", pa.string()),
            ("category_id", pa.int32()),
            ("brand_id", pa.int32()),
            ("unit_rule", pa.string()),
            ("is_gift", pa.bool_()),
            ("replenish_days", pa.int32()),
            ("pack_content", pa.int32()),
        ]
    ),
}


def warehouse_tables() -> dict[str, pa.Table]:
    """The whole of each table of `queries/warehouse_schema.sql`."""
    return {
        name: arrow_from_query(named(__package__, name), [], schema)
        for name, schema in TABLES.items()
    }
