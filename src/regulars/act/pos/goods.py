"""What a till can sell: found by name, id or barcode, each with a price that it may ask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing

from regulars.act.opportunities.service import guarded_products
from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import WarehouseError, query
from regulars.know.catalog.models import Product
from regulars.know.catalog.service import list_products, visible_products
from regulars.know.members.models import Member

MOST_FOUND, MOST_USUAL, MOST_KEPT = 20, 8, 500
PRICE_DAYS, SOLD_DAYS, USUAL_DAYS = 180, 90, 365
QUOTE_SALT, QUOTE_DAYS = "pos.quote", 7


@dataclass(frozen=True)
class Article:
    """`price_cents`: the catalogue's, else what it last sold for; None when neither is known.
    `quote` is that price signed, so that the till may ask it later, and offline. `is_guarded`: by
    the rules of the trade nothing is taken off it."""

    code: str
    name: str
    barcode: str
    price_cents: int | None
    quote: str
    is_guarded: bool


def find_goods(scope: Scope, store: Node, text: str) -> list[Article]:
    """By name, whole id or barcode; that which the text names exactly comes first and alone."""
    if exact := list(visible_products(scope).filter(barcode=text)[:MOST_FOUND] if text else []):
        return _articles(store, exact)
    found = list(list_products(scope, text)[:MOST_FOUND])
    return _articles(store, [each for each in found if each.code == text] or found)


def list_usual(scope: Scope, store: Node, member: Member) -> list[Article]:
    """What she buys again and again; nothing while the warehouse is away."""
    ids = _ids("usual_goods", member=member.pk, most=MOST_USUAL, days=USUAL_DAYS)
    return _of_ids(scope, store, ids)


def list_best(scope: Scope, store: Node) -> list[Article]:
    """What the store sells most often: kept in the till for when there is no network."""
    ids = _ids("best_goods", store=store.pk, most=MOST_KEPT, days=SOLD_DAYS)
    return _of_ids(scope, store, ids)


def list_named(scope: Scope, store: Node, codes: Sequence[str]) -> list[Article]:
    """Goods of these ids, in their order; those that nobody knows are left out."""
    found = {each.code: each for each in visible_products(scope).filter(code__in=codes)}
    return _articles(store, [found[code] for code in codes if code in found])


def get_quoted(quote: str) -> tuple[str, str, int | None] | None:
    """Store, product and price of a quote of the last days; None of one that is not ours."""
    try:
        store, product, cents = signing.loads(
            quote, salt=QUOTE_SALT, max_age=timedelta(days=QUOTE_DAYS)
        )
    except signing.BadSignature:
        return None
    return str(store), str(product), cents


def _of_ids(scope: Scope, store: Node, ids: Sequence[int]) -> list[Article]:
    found = visible_products(scope).in_bulk(list(ids))
    return _articles(store, [found[id] for id in ids if id in found])


def _articles(store: Node, products: Sequence[Product]) -> list[Article]:
    unknown = [each.pk for each in products if each.list_cents is None]
    last = _last_prices(store, unknown) if unknown else {}
    guarded = guarded_among([each.code for each in products])
    return [_article(store, each, last.get(each.pk), guarded) for each in products]


def guarded_among(codes: Iterable[str]) -> set[str]:
    """Those of these goods that nobody may discount (infant formula of the first stages)."""
    return set(guarded_products().filter(code__in=list(codes)).values_list("code", flat=True))


def _article(store: Node, product: Product, last_cents: int | None, guarded: set[str]) -> Article:
    cents = product.list_cents if product.list_cents is not None else last_cents
    quote = signing.dumps([store.code, product.code, cents], salt=QUOTE_SALT)
    is_guarded = product.code in guarded
    return Article(product.code, product.name, product.barcode, cents, quote, is_guarded)


def _last_prices(store: Node, ids: Sequence[int]) -> dict[int, int]:
    rows = _rows("last_prices", store=store.pk, products=list(ids), days=PRICE_DAYS)
    return {row["product_id"]: row["price_cents"] for row in rows}


def _ids(name: str, **asked: Any) -> list[int]:
    return [row["product_id"] for row in _rows(name, **asked)]


def _rows(name: str, *, days: int, **asked: Any) -> list[dict[str, Any]]:
    """The till sells on while the warehouse is away: it then proposes nothing."""
    since = clock.today() - timedelta(days=days)
    try:
        rows: list[dict[str, Any]] = query(
            named(__package__, name), {**asked, "since": since}
        ).to_pylist()
    except WarehouseError:
        return []
    return rows
