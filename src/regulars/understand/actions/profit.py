"""What one store earns and costs in a month, how many members it takes, and what moves it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit.errors import UserError
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import query
from regulars.understand.actions.benchmark import home_cents, members_at_home
from regulars.understand.actions.models import StoreCost
from regulars.understand.actions.rules import Profit, break_even_members, sensitivity
from regulars.understand.metrics.service import Period, Question, Tree, trees_of_places

ONE_PER_CENT = Fraction(1, 100)
COSTS = ("staff_cents", "rent_cents", "marketing_cents")


@dataclass(frozen=True)
class StoreMonth:
    """`is_margin_assumed`: the margin's rate was given by hand, as not every line has its cost.
    `costs` are the latest known up to the month: None where none were ever given. `members` are
    those at home, `break_even` as many as cover the costs."""

    store: Node
    month: Period
    profit: Profit
    is_margin_assumed: bool
    known_line_share: Fraction | None
    costs: StoreCost | None
    members: int | None
    break_even: int | None
    gains: dict[str, Fraction | None]


def get_store_month(store: Node, month: Period) -> StoreMonth:
    """The model of a calendar month, whole or so far."""
    row = _margin_row(store, month)
    costs = find_costs(store, month.start)
    measured = row["lines"] and row["lines"] == row["known_lines"] and row["net_cents"] > 0
    assumed = None if costs is None or costs.margin_rate is None else Fraction(costs.margin_rate)
    rate = Fraction(row["known_margin_cents"], row["net_cents"]) if measured else assumed
    profit = Profit(
        row["net_cents"], rate, *(None if costs is None else getattr(costs, name) for name in COSTS)
    )
    tree = trees_of_places(Question(store, month), [store.pk])[0].get(store.pk, Tree({}))
    members, own_cents = members_at_home(tree), home_cents(tree)
    return StoreMonth(
        store=store,
        month=month,
        profit=profit,
        is_margin_assumed=not measured and rate is not None,
        known_line_share=Fraction(row["known_lines"], row["lines"]) if row["lines"] else None,
        costs=costs,
        members=members,
        break_even=break_even_members(profit, members or 0, own_cents),
        gains=sensitivity(profit, own_cents, ONE_PER_CENT),
    )


def find_costs(store: Node, month_on: date) -> StoreCost | None:
    """The store's costs of a month, else those last given before it."""
    known = StoreCost.objects.filter(node=store, month_on__lte=month_on)
    return known.order_by("-month_on").first()


def set_costs(
    actor: User,
    store: Node,
    month_on: date,
    *,
    staff_cents: int | None,
    rent_cents: int | None,
    marketing_cents: int | None,
    margin_rate: Decimal | None,
) -> StoreCost:
    """Say what a store costs in a month; None is not known. Raises UserError for less than nothing,
    or a margin that is no share of sales."""
    given = dict(zip(COSTS, (staff_cents, rent_cents, marketing_cents), strict=True))
    for name, cents in given.items():
        if cents is not None and cents < 0:
            raise UserError(_("A cost cannot be less than nothing."), field=name)
    if margin_rate is not None and not 0 < margin_rate < 1:
        raise UserError(_("A margin lies between 0 and 100 %."), field="margin_rate")
    costs, _made = StoreCost.objects.update_or_create(
        node=store, month_on=month_on.replace(day=1), defaults={**given, "margin_rate": margin_rate}
    )
    told = {**given, "margin_rate": None if margin_rate is None else str(margin_rate)}
    record(actor, "store.costs_set", "node", store.pk, month=month_on.isoformat(), after=told)
    return costs


def _margin_row(store: Node, month: Period) -> dict[str, int]:
    parameters = {"start": month.start, "end": month.end, "store": store.pk}
    (row,) = query(named(__package__, "margin_of_store"), parameters).to_pylist()
    return dict(row)
