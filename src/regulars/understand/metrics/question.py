"""What is asked: of which place, which goods, which channel, for which period, beside which."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Scope, may_see_brand, may_see_category, may_see_node
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office, get_node
from regulars.know.catalog.models import Brand, Category
from regulars.know.catalog.service import get_brand, get_category
from regulars.understand.metrics.contributions import Method
from regulars.understand.metrics.periods import (
    PREVIOUS,
    Period,
    compared_with,
    month_of,
    parse_date,
    period_of,
)


@dataclass(frozen=True)
class Question:
    """No categories, no brands, no channel: all of them. `method` shares out what changed;
    `is_as_closed` asks for a month as it stood when it was closed, see `closed.as_closed`."""

    org: Node
    period: Period
    compared: Period | None = None
    categories: tuple[Category, ...] = ()
    brands: tuple[Brand, ...] = ()
    channel: str | None = None
    method: Method = Method.SHAPLEY
    is_as_closed: bool = False

    @property
    def is_about_goods(self) -> bool:
        return bool(self.categories or self.brands)

    @property
    def is_chain(self) -> bool:
        return self.org.kind == Node.Kind.HEAD_OFFICE

    def for_period(self, period: Period) -> "Question":
        return replace(self, period=period, compared=None)


def ask(
    scope: Scope,
    *,
    org: str = "",
    category: str = "",
    brand: str = "",
    channel: str = "",
    first: str = "",
    last: str = "",
    compare: str = PREVIOUS,
    by: str = Method.SHAPLEY,
) -> Question:
    """A question from what stands in an address: codes, ISO dates (both inclusive), `compare` as
    in `periods.compared_with`, `by` a Method's value. What is left out is as wide as the
    scope, for the month of today.

    Raises UserError naming what is wrong, NotFound, or NotAllowed for what lies outside the scope.
    """
    period = _period(first, last)
    return Question(
        org=_org(scope, org),
        period=period,
        compared=compared_with(period, compare or PREVIOUS),
        categories=_categories(scope, category),
        brands=_brands(scope, brand),
        channel=channel or None,
        method=_method(by or Method.SHAPLEY),
    )


def _method(value: str) -> Method:
    try:
        return Method(value)
    except ValueError:
        message = _("“%(value)s” is no way to share out a change; there are: %(known)s.")
        facts = {"value": value, "known": ", ".join(Method)}
        raise UserError(message % facts, field="by") from None


def _period(first: str, last: str) -> Period:
    if not first and not last:
        return month_of(clock.today())
    start = parse_date(first, "from") if first else month_of(parse_date(last, "to")).start
    return period_of(start, parse_date(last, "to") if last else clock.today())


def _org(scope: Scope, code: str) -> Node:
    if code:
        node = get_node(code)
    elif scope.node_id is None:
        node = ensure_head_office()
    else:
        node = Node.objects.get(pk=scope.node_id)
    if not may_see_node(scope, node.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": node.name})
    return node


def _categories(scope: Scope, code: str) -> tuple[Category, ...]:
    if not code:
        return tuple(Category.objects.filter(code__in=scope.category_codes).order_by("code"))
    if not may_see_category(scope, code):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": code})
    return (get_category(code),)


def _brands(scope: Scope, code: str) -> tuple[Brand, ...]:
    if not code:
        return tuple(Brand.objects.filter(code__in=scope.brand_codes).order_by("code"))
    if not may_see_brand(scope, code):
        raise NotAllowed(_("“%(name)s” lies outside what you may see.") % {"name": code})
    return (get_brand(code),)
