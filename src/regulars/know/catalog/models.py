"""Goods: a category tree of up to three levels, brands, products."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.references import looked_up


class Category(models.Model):
    """`code` is the path of names from the top, "A > B > C": what files and links name it by."""

    code = models.TextField(unique=True)
    name = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "catalog_category"

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    code = models.TextField(unique=True)
    name = models.TextField()

    class Meta:
        db_table = "catalog_brand"

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """`unit_rule` one: a line counts as one unit whatever its quantity (weighed goods, fuel)."""

    class UnitRule(models.TextChoices):
        UNITS = "units", _("its quantity")
        ONE = "one", _("one a line")

    code = models.TextField()
    name = models.TextField()
    category = looked_up(Category)
    brand = looked_up(Brand, null=True)
    supplier = models.TextField(blank=True)
    barcode = models.TextField(blank=True)
    unit_rule = models.TextField(choices=UnitRule.choices, default=UnitRule.UNITS)
    is_gift = models.BooleanField(default=False)
    replenish_days = models.PositiveIntegerField(null=True)
    pack_content = models.PositiveIntegerField(null=True)
    list_cents = models.BigIntegerField(null=True)
    cost_cents = models.BigIntegerField(null=True)

    class Meta:
        db_table = "catalog_product"
        constraints = [models.UniqueConstraint(fields=["code"], name="catalog_product_code")]
        indexes = [
            models.Index(fields=["barcode"], name="catalog_product_barcode"),
            models.Index(fields=["name", "id"], name="catalog_product_name"),
        ]

    def __str__(self) -> str:
        return self.name
