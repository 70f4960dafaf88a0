"""Products from files, the tree they make, and who sees which."""

from typing import Any

import pytest
from tests.rows import outcomes, reasons, table

from regulars.ground.accounts.access import Scope
from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.outcome import Outcome
from regulars.know.catalog import rules, service
from regulars.know.catalog.models import Brand, Category, Product
from regulars.know.collect.models import Batch

pytestmark = pytest.mark.django_db

MILK = {"product_id": "P1", "name": "Milk 1", "category": "Baby > Food > Milk", "brand": "Cow"}
PUREE = {"product_id": "P2", "name": "Purée", "category": "Baby>Food >Purée", "brand": "Pear"}
NAPPY = {"product_id": "P3", "name": "Nappies", "category": "Baby > Care", "pack_content": 60}
BREAD = {"product_id": "P4", "name": "Bread", "category": "Bakery", "unit_rule": "one"}


def products(*rows: dict[str, Any]) -> Outcome:
    return service.upsert_products(table(*rows))


def scope(**bounds: Any) -> Scope:
    return Scope(user_id=1, role="category_manager", capabilities=frozenset(), **bounds)


def codes(found: Any) -> list[str]:
    return [product.code for product in found]


def test_a_products_file_makes_categories_and_brands_from_its_names() -> None:
    assert outcomes(products(MILK, PUREE, NAPPY, BREAD)) == ["created"] * 4
    assert list(Category.objects.order_by("code").values_list("code", "depth")) == [
        ("Baby", 1),
        ("Baby > Care", 2),
        ("Baby > Food", 2),
        ("Baby > Food > Milk", 3),
        ("Baby > Food > Purée", 3),
        ("Bakery", 1),
    ]
    milk = service.get_product("P1")
    assert (milk.category.code, milk.brand and milk.brand.code) == ("Baby > Food > Milk", "Cow")
    assert [c.name for c in service.path_of(milk.category)] == ["Baby", "Food", "Milk"]
    nappy = service.get_product("P3")
    assert (nappy.unit_rule, nappy.is_gift, nappy.pack_content) == ("units", False, 60)


def test_the_same_products_again_change_nothing() -> None:
    products(MILK, PUREE, NAPPY)
    assert outcomes(products(MILK, PUREE, NAPPY)) == ["unchanged"] * 3
    assert (Category.objects.count(), Brand.objects.count()) == (5, 2)


def test_only_what_differs_and_is_given_changes() -> None:
    products(MILK | {"list_cents": 12800, "replenish_days": 20}, NAPPY)
    outcome = products({"product_id": "P1", "category": "Baby > Care", "brand": None}, NAPPY)
    assert outcomes(outcome) == ["updated", "unchanged"]
    milk = service.get_product("P1")
    assert milk.category.code == "Baby > Care"
    assert (milk.name, milk.list_cents, milk.replenish_days) == ("Milk 1", 12800, 20)
    assert milk.brand and milk.brand.code == "Cow"


def test_bad_products_are_rejected_leave_no_category_behind_and_the_rest_goes_in() -> None:
    outcome = products(
        MILK | {"category": "A > B > C > D"},
        PUREE | {"category": "E > > F"},
        NAPPY | {"pack_content": -1},
        BREAD | {"category": None},
        {"product_id": "P5", "name": "Five", "category": "G", "unit_rule": "dozens"},
        {"product_id": "P6", "name": "Six", "category": "Toys"},
        {"product_id": "P6", "name": "Six", "category": "Toys"},
        {"product_id": "P7", "name": "Seven", "category": "Toys"},
        {"product_id": "P7", "name": "Seven", "category": "Books"},
    )
    assert reasons(outcome) == [
        (1, "category", "too_many_levels"),
        (2, "category", "empty_level"),
        (3, "pack_content", "out_of_range"),
        (4, "category", "required"),
        (5, "unit_rule", "unknown_unit_rule"),
        (8, "", "rows_differ"),
        (9, "", "rows_differ"),
    ]
    assert outcome.rejects["value"].to_pylist()[0] == "A > B > C > D"
    assert outcomes(outcome) == ["created", "unchanged"]
    assert list(Category.objects.values_list("code", flat=True)) == ["Toys"]
    assert codes(Product.objects.all()) == ["P6"]


def test_the_warehouse_learns_which_categories_lie_below_which() -> None:
    products(MILK, NAPPY)
    tables = service.warehouse_tables()
    ids = {row["code"]: row["category_id"] for row in tables["categories"].to_pylist()}
    below = {(row["node_id"], row["category_id"]) for row in tables["category_nodes"].to_pylist()}
    assert {c for node, c in below if node == ids["Baby"]} == set(ids.values())
    assert {c for node, c in below if node == ids["Baby > Food"]} == {
        ids["Baby > Food"],
        ids["Baby > Food > Milk"],
    }
    milk, nappy = sorted(tables["products"].to_pylist(), key=lambda row: str(row["code"]))
    assert (milk["code"], milk["category_id"]) == ("P1", ids["Baby > Food > Milk"])
    assert milk["brand_id"] == tables["brands"]["brand_id"][0].as_py()
    assert (nappy["brand_id"], nappy["is_gift"], nappy["pack_content"]) == (None, False, 60)


def test_products_are_seen_within_the_scope() -> None:
    products(MILK, PUREE, NAPPY, BREAD)
    assert len(service.visible_products(scope())) == 4
    assert codes(service.list_products(scope(category_codes=("Baby > Food",)))) == ["P1", "P2"]
    assert codes(service.list_products(scope(brand_codes=("Pear",)))) == ["P2"]


def test_products_are_found_by_name_id_category_and_brand() -> None:
    products(MILK, PUREE, NAPPY | {"barcode": "690123"}, BREAD)
    everything = scope()
    assert codes(service.list_products(everything, "milk")) == ["P1"]
    assert codes(service.list_products(everything, "P4")) == ["P4"]
    assert codes(service.list_products(everything, "690123")) == ["P3"]
    assert codes(service.list_products(everything, category="Baby")) == ["P1", "P3", "P2"]
    assert codes(service.list_products(everything, brand="Cow")) == ["P1"]
    assert [(b.name, b.product_count) for b in service.list_brands()] == [("Cow", 1), ("Pear", 1)]


def test_a_new_replenishment_interval_is_audited_and_sent_to_the_inbox() -> None:
    products(MILK | {"replenish_days": 20})
    milk = service.get_product("P1")
    service.change_replenish_days(None, milk, 25)
    entry = Entry.objects.get(action="product.replenish_days_changed")
    assert entry.detail == {"before": 20, "after": 25}
    assert Batch.objects.get(kind="changed.catalog").body == {"ids": [milk.pk]}
    with pytest.raises(UserError, match="0"):
        service.change_replenish_days(None, milk, 0)


def test_a_name_that_does_not_exist_is_said() -> None:
    for get in (service.get_category, service.get_brand, service.get_product):
        with pytest.raises(NotFound, match="nothing"):
            get("nothing")


def test_category_codes_are_paths() -> None:
    assert rules.codes_of_path("A > B > C") == ["A", "A > B", "A > B > C"]
    assert rules.is_below("A > B", "A")
    assert rules.is_below("A", "A")
    assert not rules.is_below("AB", "A")
