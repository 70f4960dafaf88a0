"""Products, as far as the caller's goods go."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from regulars.ground.accounts.access import (
    Capability,
    Role,
    Scope,
    may_see_brand,
    may_see_category,
    scope_of,
)
from regulars.know.catalog import service as catalog
from regulars.know.catalog.models import Product
from regulars.web.api.answers import answers
from regulars.web.api.auth import may, outside_scope
from regulars.web.api.paging import Cursor, page
from regulars.web.api.records import Faults, upsert
from regulars.web.api.schemas import Batch, Page, ProductIn, ProductOut, Upserted

router = Router(tags=["Catalogue"])


@router.get("/products", auth=may(Capability.SEE_CATALOG), response=answers(Page[ProductOut]))
def list_products(
    request: HttpRequest, cursor: Query[Cursor], category: str = "", brand: str = ""
) -> dict[str, Any]:
    """The products inside the caller's categories and brands; of one `category` with all below it,
    of one `brand`."""
    scope = scope_of(request.user)
    found = catalog.list_products(scope, category=category, brand=brand)
    shows_cost = scope.role != Role.BRAND_PARTNER
    return page(found, cursor, lambda shown: _described(shown, shows_cost=shows_cost))


@router.post("/products", auth=may(Capability.EDIT_CATALOG), response=answers(Upserted))
def upsert_products(request: HttpRequest, batch: Batch[ProductIn]) -> dict[str, Any]:
    """Make or change products by `product_id`, with the categories and brands they name.

    Someone bound to categories or brands may change products inside them alone.
    """
    refused = _outside(scope_of(request.user), batch.records)
    write = catalog.upsert_products
    return upsert("products", batch.records, write, notice="changed.catalog", refused=refused)


def _outside(scope: Scope, records: Sequence[ProductIn]) -> Faults:
    """Records that would change goods outside the scope, or put goods there."""
    if not scope.category_codes and not scope.brand_codes:
        return {}
    sent = Product.objects.filter(code__in=[record.product_id for record in records])
    existing = set(sent.values_list("code", flat=True))
    own = set(catalog.visible_products(scope).filter(pk__in=sent).values_list("code", flat=True))
    refused = {}
    for index, record in enumerate(records):
        keeps_brand = record.brand is None and record.product_id in own
        if record.product_id in existing - own:
            refused[index] = [outside_scope("product_id", record.product_id)]
        elif not may_see_category(scope, record.category):
            refused[index] = [outside_scope("category", record.category)]
        elif not keeps_brand and not may_see_brand(scope, record.brand):
            refused[index] = [outside_scope("brand", record.brand or "")]
    return refused


def _described(products: Sequence[Product], *, shows_cost: bool) -> list[dict[str, Any]]:
    return [
        {
            "product_id": product.code,
            "name": product.name,
            "category": product.category.code,
            "brand": product.brand.code if product.brand else None,
            "supplier": product.supplier,
            "barcode": product.barcode,
            "unit_rule": product.unit_rule,
            "replenish_days": product.replenish_days,
            "pack_content": product.pack_content,
            "is_gift": product.is_gift,
            "list_cents": product.list_cents,
            "cost_cents": product.cost_cents if shows_cost else None,
        }
        for product in products
    ]
