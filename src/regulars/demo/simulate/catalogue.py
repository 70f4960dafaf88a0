"""The catalogue: products on shelves, and which of them a family of an age takes."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regulars.demo.simulate.arrays import Bools, Floats, Ints, quantiles
from regulars.demo.simulate.goods import SHELVES, WEIGHED, Shelf
from regulars.demo.simulate.names import BRANDS, VARIANTS
from regulars.demo.simulate.needs import FIRST_MONTH, GIFT, MONTHS, NEEDS, value_table
from regulars.demo.simulate.plan import Plan

PICKS = 1_024
SHELF_PICKS = 64
PAYERS = 3
CHAIN_PAYS, BRAND_PAYS, SUPPLIER_PAYS = range(PAYERS)
PAYER_SHARES = (0.36, 0.42, 0.22)
SUPPLIERS = 24
OWN_BRAND = BRANDS["赠品"][0]


@dataclass(frozen=True)
class Catalogue:
    """Products by index. `shelf_by_age[need, month]` holds quantiles of shelves, and
    `product_on[shelf]` quantiles of products, the best selling brand first."""

    shelf: Ints
    need: Ints
    list_cents: Ints
    cost_cents: Ints
    content: Ints
    payer: Ints
    is_gift: Bools
    is_weighed: Bools
    shelf_by_age: Ints
    product_on: Ints
    table: pa.Table

    @property
    def product_ids(self) -> pa.Array:
        return self.table["product_id"].combine_chunks()

    @property
    def paths(self) -> list[str]:
        """Each product's category, from the top: "A > B > C"."""
        return list(self.table["category"].to_pylist())


@dataclass(frozen=True)
class _Product:
    shelf: int
    brand: str
    name: str
    price: float
    popularity: float


def build_catalogue(plan: Plan) -> Catalogue:
    """The same goods for every size of chain; prices differ with the seed."""
    products = [
        product
        for shelf, row in enumerate(SHELVES)
        for product in _products(shelf, row, plan.random("prices", shelf))
    ]
    shelf = np.array([product.shelf for product in products], dtype=np.int16)
    price = np.array([product.price for product in products])
    weighed = np.array([row.name == WEIGHED for row in SHELVES])[shelf]
    list_cents = np.where(weighed, np.round(price * 100), np.round(price) * 100 - 10)
    list_cents = list_cents.astype(np.int32)
    margin = np.array([row.margin for row in SHELVES])[shelf]
    rng = plan.random("suppliers")
    payer = rng.choice(PAYERS, len(products), p=PAYER_SHARES)
    payer[[product.brand == OWN_BRAND for product in products]] = CHAIN_PAYS
    cost_cents = np.maximum(1, list_cents * (1 - margin) * 0.97).astype(np.int32)
    return Catalogue(
        shelf=shelf,
        need=np.array([row.need for row in SHELVES], dtype=np.int8)[shelf],
        list_cents=list_cents,
        cost_cents=cost_cents,
        content=np.array([row.content for row in SHELVES], dtype=np.int32)[shelf],
        payer=payer.astype(np.int8),
        is_gift=np.array([row.need == GIFT for row in SHELVES])[shelf],
        is_weighed=weighed,
        shelf_by_age=_shelf_by_age(),
        product_on=_product_on(products),
        table=_table(products, list_cents, cost_cents, rng.integers(1, SUPPLIERS, len(products))),
    )


def _products(shelf: int, row: Shelf, rng: np.random.Generator) -> list[_Product]:
    brands = BRANDS[row.top]
    tiers = np.linspace(0.75, 0.25, len(brands)) + rng.uniform(-0.2, 0.2, len(brands))
    made = []
    for number in range(row.products):
        variant, brand = divmod(number, len(brands))
        place = float(np.clip(tiers[brand] + rng.uniform(-0.12, 0.12), 0, 1))
        made.append(_Product(
            shelf, brands[brand], _name(brands[brand], VARIANTS[variant % len(VARIANTS)], row),
            row.low + place * (row.high - row.low),
            1 / ((brand + 1.5) ** 0.8 * (variant + 1) ** 0.9),
        ))  # fmt: skip
    return sorted(made, key=lambda product: brands.index(product.brand))


def _name(brand: str, variant: str, row: Shelf) -> str:
    size = f" {row.content}{row.unit}" if row.content > 1 else ""
    return f"{brand}{variant}{row.name}{size}"


def _shelf_by_age() -> Ints:
    """Needs × months × quantiles → shelf: only shelves that fit the age, by weight."""
    table = np.zeros((len(NEEDS), MONTHS, SHELF_PICKS), dtype=np.int16)
    for need in range(len(NEEDS)):
        for index in range(MONTHS):
            shares = [_fit(row, need, index + FIRST_MONTH) for row in SHELVES]
            if sum(shares) > 0:
                table[need, index] = quantiles(shares, SHELF_PICKS)
            elif index > 0:
                table[need, index] = table[need, index - 1]
    return table


def _fit(row: Shelf, need: int, month: int) -> float:
    overlap = min(row.to_month, month + 1) - max(row.from_month, month)
    return row.weight * max(0.0, overlap) if row.need == need else 0.0


def _product_on(products: list[_Product]) -> Ints:
    shelves = np.array([product.shelf for product in products])
    popularity = np.array([product.popularity for product in products])
    firsts = np.searchsorted(shelves, np.arange(len(SHELVES)))
    lasts = np.append(firsts[1:], len(products))
    rows = [
        first + quantiles(popularity[first:last], PICKS)
        for first, last in zip(firsts, lasts, strict=True)
    ]
    return np.stack(rows).astype(np.int16)


def _replenish_days(row: Shelf, daily: Floats) -> int | None:
    """Days one pack lasts a child of the shelf's middle age; None for what is not used up."""
    if not NEEDS[row.need].is_replenished or row.name == WEIGHED:
        return None
    uses = daily[row.need]
    months = np.arange(FIRST_MONTH, FIRST_MONTH + MONTHS)
    fits = (months >= np.floor(row.from_month)) & (months < row.to_month) & (uses > 0)
    return max(1, round(row.content / float(uses[fits].mean())))


def _table(
    products: list[_Product], list_cents: Ints, cost_cents: Ints, supplier: Ints
) -> pa.Table:
    rows = [SHELVES[product.shelf] for product in products]
    daily = value_table()
    days = {row.name: _replenish_days(row, daily) for row in SHELVES}
    return pa.table({
        "product_id": [f"P{number:05d}" for number in range(1, len(products) + 1)],
        "name": [product.name for product in products],
        "category": [f"{row.top} > {row.middle} > {row.name}" for row in rows],
        "brand": [product.brand for product in products],
        "supplier": [
            "自有品牌中心" if product.brand == OWN_BRAND else f"供应商{number:02d}"
            for product, number in zip(products, supplier, strict=True)
        ],
        "barcode": [_barcode(number) for number in range(1, len(products) + 1)],
        "unit_rule": ["one" if row.name == WEIGHED else "units" for row in rows],
        "replenish_days": pa.array([days[row.name] for row in rows], pa.int32()),
        "pack_content": pa.array([row.content or None for row in rows], pa.int32()),
        "is_gift": [row.need == GIFT for row in rows],
        "list_cents": pa.array(list_cents, pa.int64()),
        "cost_cents": pa.array(cost_cents, pa.int64()),
    })  # fmt: skip


def _barcode(number: int) -> str:
    """An EAN-13 of the range kept for use inside a shop, so it is no real product's."""
    body = f"29{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"
