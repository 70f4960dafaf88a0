"""What the till can do."""

from regulars.act.pos.buyers import (
    Suggestion,
    find_buyers,
    get_buyer,
    get_buyer_here,
    sign_up,
    suggest,
    usual_goods_of,
    welcome,
)
from regulars.act.pos.closing import (
    Totals,
    close_drawer,
    list_closings,
    list_sales,
    list_unclosed,
    totals_by_cashier,
    totals_of,
)
from regulars.act.pos.goods import Article, find_goods, list_best
from regulars.act.pos.inbox import quantity_of
from regulars.act.pos.returning import get_sale, returned_milli, returns_of, take_back
from regulars.act.pos.selling import sell, seller_of, seller_token
from regulars.act.pos.wishes import Wish, WishedReturn, read

__all__ = [
    "Article",
    "Suggestion",
    "Totals",
    "Wish",
    "WishedReturn",
    "close_drawer",
    "find_buyers",
    "find_goods",
    "get_buyer",
    "get_buyer_here",
    "get_sale",
    "list_best",
    "list_closings",
    "list_sales",
    "list_unclosed",
    "quantity_of",
    "read",
    "returned_milli",
    "returns_of",
    "sell",
    "seller_of",
    "seller_token",
    "sign_up",
    "suggest",
    "take_back",
    "totals_by_cashier",
    "totals_of",
    "usual_goods_of",
    "welcome",
]
