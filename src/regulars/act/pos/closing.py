"""The day's closing: what a store and each cashier took, and what was counted in the drawer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.act.pos.buyers import lock_counter
from regulars.act.pos.models import Closing, Sale
from regulars.ground.accounts.access import Capability, check, may_see_node
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.models import Node

MOST_CENTS = 10**10
LONGEST_NOTE = 500


@dataclass
class Totals:
    """Of some tickets: how many sales and returns, what they came to, net by way of payment."""

    sales: int = 0
    returns: int = 0
    sold_cents: int = 0
    returned_cents: int = 0
    discount_cents: int = 0
    by_method: dict[str, int] = field(default_factory=dict)

    @property
    def net_cents(self) -> int:
        return self.sold_cents + self.returned_cents

    @property
    def cash_cents(self) -> int:
        return self.by_method.get(Sale.Method.CASH, 0)

    @property
    def methods(self) -> list[tuple[str, int]]:
        """Every way to pay with what came in by it less what went out."""
        labels = dict(Sale.Method.choices)
        return [(str(labels[name]), cents) for name, cents in sorted(self.by_method.items())]

    def add(self, sale: Sale) -> None:
        """Count one ticket."""
        if sale.is_return:
            self.returns += 1
            self.returned_cents += sale.net_cents
        else:
            self.sales += 1
            self.sold_cents += sale.net_cents
        self.discount_cents += sale.discount_cents
        self.by_method[sale.method] = self.by_method.get(sale.method, 0) + sale.net_cents


def list_sales(store: Node, on: date) -> QuerySet[Sale]:
    """A store's tickets of a day, the latest first."""
    sales = Sale.objects.filter(store=store, business_on=on)
    return sales.select_related("store", "cashier", "staff", "member", "original").order_by(
        "-number"
    )


def totals_of(sales: Iterable[Sale]) -> Totals:
    totals = Totals()
    for sale in sales:
        totals.add(sale)
    return totals


def totals_by_cashier(sales: Iterable[Sale]) -> list[tuple[User, Totals]]:
    """Of one look at some tickets; cashiers by name."""
    found: dict[int, tuple[User, Totals]] = {}
    for sale in sales:
        found.setdefault(sale.cashier_id, (sale.cashier, Totals()))[1].add(sale)
    return sorted(found.values(), key=lambda pair: str(pair[0]))


def list_unclosed(store: Node, cashier: User) -> QuerySet[Sale]:
    """The cashier's tickets that no sheet closes yet, of whatever day."""
    return Sale.objects.filter(store=store, cashier=cashier, closing=None).order_by("number")


def list_closings(store: Node, on: date) -> QuerySet[Closing]:
    closings = Closing.objects.filter(store=store).filter(
        Q(business_on=on) | Q(sales__business_on=on)
    )
    return closings.select_related("cashier").distinct().order_by("-closed_at")


def close_drawer(
    actor: User, store: Node, *, float_cents: int, counted_cents: int, note: str = ""
) -> Closing:
    """Close all of one's own tickets that no sheet closes: a ticket that comes later, from a till
    without network, is on the next sheet. Raises UserError when there is none."""
    scope = check(actor, Capability.RUN_TILL)
    if not may_see_node(scope, store.pk):
        raise NotAllowed(_("“%(name)s” lies outside what you may change.") % {"name": store.name})
    if not (0 <= float_cents <= MOST_CENTS and 0 <= counted_cents <= MOST_CENTS):
        raise UserError(_("What lies in a drawer is not less than nothing."), field="counted")
    lock_counter(store)
    sales = list(list_unclosed(store, actor))
    if not sales:
        raise UserError(_("There is nothing to close: no ticket since the last sheet."))
    totals = totals_of(sales)
    closing = Closing.objects.create(
        store=store,
        cashier=actor,
        business_on=clock.today(),
        float_cents=float_cents,
        expected_cents=float_cents + totals.cash_cents,
        counted_cents=counted_cents,
        totals=as_json(totals),
        note=note.strip()[:LONGEST_NOTE],
    )
    Sale.objects.filter(pk__in=[sale.pk for sale in sales]).update(closing=closing)
    record(
        actor, "till.closed", "closing", closing.pk, store=store.code,
        difference_cents=closing.difference_cents,
    )  # fmt: skip
    return closing


def as_json(totals: Totals) -> dict[str, Any]:
    return {
        "sales": totals.sales,
        "returns": totals.returns,
        "sold_cents": totals.sold_cents,
        "returned_cents": totals.returned_cents,
        "discount_cents": totals.discount_cents,
        "by_method": totals.by_method,
    }
