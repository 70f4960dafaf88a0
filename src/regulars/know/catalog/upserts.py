"""Products from files, the API or the console, many at once, with their categories and brands."""

import pyarrow as pa
from django.db import transaction

from regulars.ground.kit import upsert
from regulars.ground.kit.outcome import Outcome
from regulars.know.catalog.models import Product
from regulars.know.catalog.rules import LEVELS, SEPARATOR

PRODUCT_COLUMNS = pa.schema(
    [
        ("product_id", pa.string()),
        ("name", pa.string()),
        ("category", pa.string()),
        ("brand", pa.string()),
        ("supplier", pa.string()),
        ("barcode", pa.string()),
        ("unit_rule", pa.string()),
        ("replenish_days", pa.int64()),
        ("pack_content", pa.int64()),
        ("is_gift", pa.bool_()),
        ("list_cents", pa.int64()),
        ("cost_cents", pa.int64()),
    ]
)


@transaction.atomic
def upsert_products(rows: pa.Table) -> Outcome:
    """Make or change products, with the categories and brands that the rows name.

    Absent columns and nulls leave what is there. `category` is a path of up to three levels,
    "A > B > C"; a brand is known by its name.
    """
    upsert.lock(Product)
    upsert.stage(rows, PRODUCT_COLUMNS, required=["product_id", "category"], key=["product_id"])
    limits = {"levels": LEVELS, "unit_rules": Product.UnitRule.values}
    upsert.run(__package__, "product_rejects", limits)
    upsert.drop_rejected()
    _make_categories()
    upsert.run(__package__, "new_brands")
    upsert.incoming(Product, __package__, "incoming_products", separator=SEPARATOR)
    upsert.merge(Product)
    return upsert.answer(Product, "product_id")


def _make_categories() -> None:
    upsert.make_table("paths_given", "category text, levels text[]")
    upsert.run(__package__, "paths_given")
    for depth in range(1, LEVELS + 1):
        upsert.run(__package__, "new_categories", {"depth": depth, "separator": SEPARATOR})
