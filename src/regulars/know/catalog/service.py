"""What the catalogue offers: products, the category tree, brands."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Scope
from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.catalog.models import Brand, Category, Product
from regulars.know.catalog.rules import LEVELS, SEPARATOR, codes_of_path, is_below
from regulars.know.catalog.upserts import upsert_products
from regulars.know.catalog.warehouse import warehouse_tables
from regulars.know.collect.service import receive

__all__ = [
    "LEVELS",
    "SEPARATOR",
    "change_replenish_days",
    "get_brand",
    "get_category",
    "get_product",
    "is_below",
    "list_brands",
    "list_categories",
    "list_products",
    "path_of",
    "upsert_products",
    "visible_products",
    "warehouse_tables",
]

LONGEST_REPLENISHMENT = 3650


def get_category(code: str) -> Category:
    """Raises NotFound, naming the path."""
    try:
        return Category.objects.get(code=code)
    except Category.DoesNotExist:
        raise NotFound(
            _("There is no category “%(code)s”.") % {"code": code}, field="category"
        ) from None


def get_brand(code: str) -> Brand:
    """Raises NotFound, naming the brand."""
    try:
        return Brand.objects.get(code=code)
    except Brand.DoesNotExist:
        raise NotFound(_("There is no brand “%(code)s”.") % {"code": code}, field="brand") from None


def get_product(code: str) -> Product:
    """With its category and brand. Raises NotFound, naming the product."""
    try:
        return Product.objects.select_related("category", "brand").get(code=code)
    except Product.DoesNotExist:
        raise NotFound(
            _("There is no product “%(code)s”.") % {"code": code}, field="product_id"
        ) from None


def list_categories(parent: Category | None = None) -> QuerySet[Category]:
    """The categories directly below one (None: the top ones), by name."""
    return Category.objects.filter(parent=parent).order_by("name")


def path_of(category: Category) -> list[Category]:
    """From the top down to the category itself: the breadcrumb."""
    return list(Category.objects.filter(code__in=codes_of_path(category.code)).order_by("depth"))


def list_brands(text: str = "") -> QuerySet[Brand]:
    """Brands whose name holds `text`, by name; `product_count` on each."""
    brands = Brand.objects.annotate(product_count=Count("product")).order_by("name")
    return brands.filter(name__icontains=text) if text else brands


def visible_products(scope: Scope) -> QuerySet[Product]:
    """The products that a user may see: all, or those of the scope's categories and brands."""
    products = Product.objects.select_related("category", "brand")
    if scope.category_codes:
        products = products.filter(_in_categories(scope.category_codes))
    if scope.brand_codes:
        products = products.filter(brand__code__in=scope.brand_codes)
    return products


def list_products(
    scope: Scope, text: str = "", category: str | None = None, brand: str | None = None
) -> QuerySet[Product]:
    """Visible products by name: of a category (path) or below it, of a brand (code), whose name
    holds `text` or whose id or barcode it is."""
    products = visible_products(scope).order_by("name", "id")
    if text:
        products = products.filter(Q(name__icontains=text) | Q(code=text) | Q(barcode=text))
    if category:
        products = products.filter(_in_categories([category]))
    if brand:
        products = products.filter(brand__code=brand)
    return products


def change_replenish_days(
    actor: AbstractBaseUser | None, product: Product, days: int | None
) -> None:
    """Set after how many days a product is bought again (None: unknown). Raises UserError."""
    if days is not None and not 1 <= days <= LONGEST_REPLENISHMENT:
        raise UserError(
            _("A replenishment interval is 1 to %(most)s days, not %(days)s.")
            % {"most": LONGEST_REPLENISHMENT, "days": days},
            field="replenish_days",
        )
    before, product.replenish_days = product.replenish_days, days
    product.save(update_fields=["replenish_days"])
    record(
        actor, "product.replenish_days_changed", "product", product.pk, before=before, after=days
    )
    receive("changed.catalog", source="console", body={"ids": [product.pk]})


def _in_categories(codes: Iterable[str]) -> Q:
    wanted = Q()
    for code in codes:
        wanted |= Q(category__code=code) | Q(category__code__startswith=code + SEPARATOR)
    return wanted
