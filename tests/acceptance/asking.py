"""Questions as someone at head office asks them, and the levels that they can be asked of."""

from calendar import monthrange
from datetime import date
from typing import Any

from regulars.ground.accounts.access import CAPABILITIES, Scope
from regulars.ground.accounts.models import User
from regulars.ground.org.models import Node
from regulars.know.catalog.models import Brand, Category
from regulars.understand.metrics.identity import Tree
from regulars.understand.metrics.service import Question, ask
from regulars.understand.metrics.trees import BY_BRAND, BY_CATEGORY, trees_of_goods, trees_of_places

HEAD_OFFICE = Scope(0, User.Role.OPERATIONS, CAPABILITIES[User.Role.OPERATIONS])
GOODS = {"department": 1, "category": 2, "type": 3}


def of_month(month: int, **where: str) -> Question:
    return of_days(date(2017, month, 1), date(2017, month, monthrange(2017, month)[1]), **where)


def of_days(first: date, last: date, **where: Any) -> Question:
    days = {"first": first.isoformat(), "last": last.isoformat(), "compare": "none"}
    return ask(HEAD_OFFICE, **days, **where)


def by_place(question: Question, kind: str) -> dict[str, Tree]:
    """The trees of all nodes of a level, by code."""
    codes = dict(Node.objects.filter(kind=kind).values_list("pk", "code"))
    return {codes[pk]: tree for pk, tree in trees_of_places(question, list(codes))[0].items()}


def by_category(question: Question, level: str) -> dict[str, Tree]:
    categories = Category.objects.filter(depth=GOODS[level])
    codes = {category.pk: category.code for category in categories}
    trees, _ = trees_of_goods(question, BY_CATEGORY, categories)
    return {codes[pk]: tree for pk, tree in trees.items()}


def by_brand(question: Question) -> dict[str | None, Tree]:
    codes: dict[int | None, str | None] = dict(Brand.objects.values_list("pk", "code"))
    return {codes.get(pk): tree for pk, tree in trees_of_goods(question, BY_BRAND)[0].items()}
