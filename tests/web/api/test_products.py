"""Products through the API, inside one's own goods."""

import pytest

from regulars.ground.accounts.models import User
from regulars.know.catalog.models import Category, Product
from regulars.know.collect.models import Batch

Role = User.Role


@pytest.fixture
def products(hq) -> None:
    answer = hq.post(
        "products",
        {"product_id": "P1", "name": "Milk 1", "category": "Baby > Milk", "brand": "A",
         "list_cents": 19900, "cost_cents": 9900},
        {"product_id": "P2", "name": "Nappies M", "category": "Baby > Nappies", "brand": "B"},
        {"product_id": "P3", "name": "Apples", "category": "Fresh > Fruit", "unit_rule": "one"},
    )  # fmt: skip
    assert [result["outcome"] for result in answer.json()["results"]] == ["created"] * 3


def seen_by(caller, **filters: str) -> list[str]:
    answer = caller.get("products", **filters)
    return sorted(product["product_id"] for product in answer.json()["items"])


def test_products_are_told_with_their_path_and_in_cents(hq, products) -> None:
    (told,) = hq.get("products", brand="A").json()["items"]
    assert (told["category"], told["brand"]) == ("Baby > Milk", "A")
    assert (told["list_cents"], told["cost_cents"]) == (19900, 9900)
    assert Category.objects.filter(code="Baby").exists()


def test_each_sees_the_products_of_his_own_goods(caller, hq, products) -> None:
    assert seen_by(hq) == ["P1", "P2", "P3"]
    assert seen_by(caller(Role.CATEGORY_MANAGER, category_codes=["Baby"])) == ["P1", "P2"]
    assert seen_by(hq, category="Baby") == ["P1", "P2"]
    assert seen_by(hq, brand="A") == ["P1"]


def test_the_warehouse_hears_of_new_products_once(hq, products) -> None:
    assert len(Batch.objects.get(kind="changed.catalog").body["ids"]) == 3
    same = {"product_id": "P1", "name": "Milk 1", "category": "Baby > Milk"}
    assert hq.post("products", same).json()["results"][0]["outcome"] == "unchanged"
    assert Batch.objects.count() == 1


def test_a_category_manager_changes_goods_of_her_categories_alone(caller, products) -> None:
    manager = caller(Role.CATEGORY_MANAGER, category_codes=["Baby"])
    answer = manager.post(
        "products",
        {"product_id": "P1", "category": "Baby > Milk", "replenish_days": 30},
        {"product_id": "P3", "category": "Baby > Milk", "replenish_days": 30},
        {"product_id": "P2", "category": "Fresh > Fruit"},
        {"product_id": "P4", "name": "Milk 2", "category": "Baby > Milk"},
        {"product_id": "P5", "name": "Pears", "category": "Fresh > Fruit"},
    )
    outcomes = [result["outcome"] for result in answer.json()["results"]]
    assert outcomes == ["updated", "rejected", "rejected", "created", "rejected"]
    assert Product.objects.get(code="P3").replenish_days is None
    assert Product.objects.get(code="P2").category.code == "Baby > Nappies"


def test_money_with_decimals_is_refused(hq) -> None:
    answer = hq.post("products", {"product_id": "P1", "category": "Baby", "list_cents": 19.9})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == "Record 0: “list_cents” must be a whole number."
