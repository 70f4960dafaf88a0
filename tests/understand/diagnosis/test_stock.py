"""Sold-out goods are looked at before anybody is blamed."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from tests.kept_chain import stand_on
from tests.understand.metrics.small_chain import bring, bring_chain

from regulars.ground.org.service import get_node, store_ids_under
from regulars.ground.warehouse.engine import Engine
from regulars.know.catalog.models import Category
from regulars.understand.diagnosis.findings import STOCK
from regulars.understand.diagnosis.guards import Looked, guards_of
from regulars.understand.diagnosis.stock import stock_guard
from regulars.understand.metrics.service import WHOLE, Period

pytestmark = pytest.mark.django_db
MARCH = Period(date(2020, 3, 1), date(2020, 4, 1))
FEBRUARY = Period(date(2020, 2, 1), date(2020, 3, 1))
DIAPERS = {"product_id": "P2", "name": "Diapers", "category": "Diapers"}


@pytest.fixture(autouse=True)
def _chain(warehouse: Engine) -> None:
    stand_on("two stores", bring_chain, warehouse)
    bring("products", DIAPERS)


def keep(product: str, store: str, first: date, quantities: list[int]) -> None:
    bring("stock", *(
        {"stock_on": str(first + timedelta(days=at)), "store_id": store, "product_id": product,
         "quantity": quantity}
        for at, quantity in enumerate(quantities)
    ))  # fmt: skip


def looked(store: str = "S1", category: str | None = None) -> tuple[bool, tuple[str, ...]] | None:
    node = get_node(store)
    goods = None if category is None else [Category.objects.get(code=category).pk]
    guard = stock_guard(store_ids_under(node.pk), goods, MARCH, FEBRUARY)
    return None if guard is None else (guard.is_it, guard.notes)


def test_what_was_sold_out_more_often_than_before_is_told_with_its_name() -> None:
    keep("P1", "S1", FEBRUARY.start, [4, 0, 5, 6])
    keep("P1", "S1", MARCH.start, [3, 2, 1, 1])
    keep("P2", "S1", FEBRUARY.start, [9, 9, 9, 9])
    keep("P2", "S1", MARCH.start, [0, 0, 0, 9])
    assert looked() == (True, ("38 % sold out (before: 12 %), most of all Diapers",))
    assert looked(category="Diapers") == (
        True, ("75 % sold out (before: 0 %), most of all Diapers",),
    )  # fmt: skip
    assert looked(category="Milk") == (False, ())


def test_other_stores_and_days_do_not_count() -> None:
    keep("P1", "S1", FEBRUARY.start, [4, 4])
    keep("P1", "S1", MARCH.start, [4, 4])
    keep("P1", "S2", MARCH.start, [0, 0])
    keep("P1", "S1", date(2020, 1, 5), [0, 0])
    assert looked() == (False, ())


@pytest.mark.parametrize(
    ("cents", "is_raised", "is_looked_at"),
    [(-100_00, True, True), (100_00, True, False), (-100_00, False, False)],
)
def test_it_stands_with_what_a_raised_cause_lost(
    cents: int, is_raised: bool, is_looked_at: bool
) -> None:
    keep("P1", "S1", FEBRUARY.start, [4])
    keep("P1", "S1", MARCH.start, [0])
    store = get_node("S1").pk
    exact = SimpleNamespace(
        stores_of={store: (store,)},
        comparison=lambda node: SimpleNamespace(before=None),
        returns_change=lambda node: 0,
    )
    looked = Looked(store, None, WHOLE, "units", 500.0, cents, is_raised)
    found = guards_of(
        looked, exact, calendar_share=0.0, moved=(), period=MARCH, compared=FEBRUARY  # type: ignore[arg-type]
    )  # fmt: skip
    assert [guard.is_it for guard in found if guard.code == STOCK] == [True] * is_looked_at


def test_without_stock_on_record_for_both_periods_nothing_is_said() -> None:
    assert looked() is None
    keep("P1", "S1", MARCH.start, [0, 0])
    assert looked() is None
