"""A plan is made: an amount, shared out over months, places, parts and goods in one go."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Scope
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.know.catalog.models import Brand, Category
from regulars.understand.metrics.service import CHAIN, METRICS
from regulars.understand.targets import rules
from regulars.understand.targets.bases import Base, Mix, base_for, categories_of, places_of
from regulars.understand.targets.calendar import worth_of
from regulars.understand.targets.keeping import Place, Row, category_row, keep_version, tree_rows
from regulars.understand.targets.models import Plan, PlanMetric, Version
from regulars.understand.targets.rules import Places, Weights, settle, split_cents, target_tree
from regulars.understand.targets.stretches import Stretch, stretches_of

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
KEPT_WORDS = frozenset({"new", "calendar"})
MOST_MONTHS = 24
MOST_CENTS = 10**15


@dataclass(frozen=True)
class Wish:
    """What a new plan is to be. One of `growth` (0.05 is five per cent more than the base) and
    `net_cents` is None. `metrics` are wanted values by code of the registry, of a special plan."""

    code: str
    name: str
    first_on: date
    last_on: date
    kind: str = Plan.Kind.YEAR
    growth: Fraction | None = None
    net_cents: int | None = None
    base_months: int = 12
    shares: str = Plan.Shares.BASE
    weights: Mapping[str, Mapping[str, int]] | None = None
    category: Category | None = None
    brand: Brand | None = None
    metrics: tuple[tuple[str, Decimal], ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Outlook:
    """What a wish comes to: `base_cents` is None where nothing was sold in the days before."""

    base_cents: int | None
    net_cents: int | None


def foresee(scope: Scope, wish: Wish) -> Outlook:
    """What a plan would be built on and come to; nothing is kept. Raises UserError."""
    check_whole_chain(scope)
    plan = _plan(None, wish)
    stretches = stretches_of(plan)
    base = sum(base_for(plan, each, places_of(plan)).top_tree.net_cents for each in stretches)
    return Outlook(base or None, _total(wish, base) if base > 0 or wish.net_cents else None)


@transaction.atomic
def make_plan(actor: AbstractBaseUser | None, scope: Scope, wish: Wish) -> Plan:
    """Make a plan and its first version, a draft. Raises UserError for what cannot be planned, and
    NotAllowed for who does not see the whole chain."""
    check_whole_chain(scope)
    if Plan.objects.filter(code=wish.code).exists():
        raise UserError(_("The code “%(code)s” is taken.") % {"code": wish.code}, field="code")
    plan = _plan(actor, wish)
    plan.save()
    PlanMetric.objects.bulk_create(
        PlanMetric(plan=plan, code=code, wanted=wanted) for code, wanted in wish.metrics
    )
    version = _shared_out(actor, plan, wish)
    record(actor, "plan.made", "plan", plan.pk, code=plan.code, version=version.number)
    return plan


def _shared_out(actor: AbstractBaseUser | None, plan: Plan, wish: Wish) -> Version:
    """The wish's amount, shared out from the base: the first version of the plan."""
    places, stretches = places_of(plan), stretches_of(plan)
    bases = [base_for(plan, stretch, places) for stretch in stretches]
    total = _total(wish, sum(base.top_tree.net_cents for base in bases))
    months = _months(plan, total, stretches, bases)
    return keep_version(actor, plan, wish.comment, _rows(plan, stretches, bases, months))


def weights_of(plan: Plan) -> dict[str, Weights]:
    """How much of the growth each factor takes, by part: the plan's own, else the usual ones."""
    return {
        part: tuple((name, int(plan.weights[part].get(name, 0))) for name in CHAIN)
        if part in plan.weights
        else usual
        for part, usual in rules.WEIGHTS.items()
    }


def check_whole_chain(scope: Scope) -> None:
    """Raises NotAllowed for who is bound to places or goods: a plan is everybody's."""
    if not scope.is_whole_chain:
        raise NotAllowed(_("Only someone who sees the whole chain may do this."))


def _plan(actor: AbstractBaseUser | None, wish: Wish) -> Plan:
    """Not kept yet. Raises UserError naming the field at fault."""
    _check(wish)
    return Plan(
        code=wish.code,
        name=wish.name.strip(),
        kind=wish.kind,
        first_on=wish.first_on,
        last_on=wish.last_on,
        base_months=wish.base_months,
        shares=wish.shares,
        weights={part: dict(shares) for part, shares in (wish.weights or {}).items()},
        category=wish.category,
        brand=wish.brand,
        made_by_id=actor.pk if actor else None,
        made_on=clock.today(),
    )


def _check(wish: Wish) -> None:
    months = (wish.last_on.year - wish.first_on.year) * 12
    months += wish.last_on.month - wish.first_on.month + 1
    wrong: list[tuple[bool, str, Any]] = [
        (
            not CODE.match(wish.code) or wish.code in KEPT_WORDS,
            "code",
            _("A code is small letters, digits, - and _."),
        ),
        (not wish.name.strip(), "name", _("A plan needs a name.")),
        (wish.last_on < wish.first_on, "last_on", _("The end stands before the start.")),
        (months > MOST_MONTHS, "last_on", _("A plan reaches over two years at most.")),
        (not 1 <= wish.base_months <= 60, "base_months", _("From 1 to 60 months before.")),  # noqa: PLR2004
        (
            (wish.growth is None) == (wish.net_cents is None),
            "net_cents",
            _("Give a growth or an amount."),
        ),
        (
            wish.net_cents is not None and not 0 < wish.net_cents < MOST_CENTS,
            "net_cents",
            _("An amount is more than nought, and less than ten trillion."),
        ),
        (
            wish.growth is not None and not -1 < wish.growth <= 10,  # noqa: PLR2004
            "growth",
            _("A growth is between −100% and 1000%."),
        ),
        (
            wish.kind == Plan.Kind.YEAR and bool(wish.category or wish.brand or wish.metrics),
            "category",
            _("A year plan is of all goods; a campaign or launch may be of some."),
        ),
    ]
    for is_wrong, field, message in wrong:
        if is_wrong:
            raise UserError(message, field=field)
    for code, _wanted in wish.metrics:
        if code not in METRICS:
            raise UserError(_("There is no metric “%(code)s”.") % {"code": code}, field="metrics")


def _total(wish: Wish, base_cents: int) -> int:
    if wish.net_cents is not None:
        return wish.net_cents
    assert wish.growth is not None
    if base_cents <= 0:
        raise UserError(
            _("Nothing is known of the days before that it is built on: give an amount."),
            field="growth",
        )
    return round(base_cents * (1 + wish.growth))


def _months(plan: Plan, total: int, stretches: list[Stretch], bases: list[Base]) -> list[int]:
    """Cents of each month: by what its base sold, for as much as its days are worth beside those
    of the base (a feast that moves takes its sales along). Where the base sold nothing, by the
    days alone."""
    worth = [worth_of(stretch.period) for stretch in stretches]
    if any(base.top_tree.net_cents > 0 for base in bases):
        weights = [
            Fraction(max(base.top_tree.net_cents, 0) * days, worth_of(stretch.base))
            for base, days, stretch in zip(bases, worth, stretches, strict=True)
        ]
        return split_cents(total, weights)
    if plan.kind == Plan.Kind.YEAR:
        raise UserError(
            _("Nothing was sold in the days before that it is built on: choose other ones."),
            field="base_months",
        )
    return split_cents(total, worth)


def _rows(
    plan: Plan, stretches: list[Stretch], bases: list[Base], months: list[int]
) -> Iterator[Row]:
    weights, is_of_goods = weights_of(plan), bool(plan.category or plan.brand)
    mixes = {} if is_of_goods else categories_of(stretches)
    for stretch, base, cents in zip(stretches, bases, months, strict=True):
        shared = _shared(plan, stretch, base, cents)
        for node, amount in shared.items():
            tree = target_tree(base.tree_of(node), amount, weights)
            yield from tree_rows((node, stretch.month_on), amount, tree)
        of_base = {
            node: mixes.get((node, stretch.base.start.replace(day=1)), {}) for node in shared
        }
        for place, mix in mixed(base.places, stretch.month_on, shared, of_base).items():
            yield from (category_row(place, category, c) for category, c in mix.items())


def _shared(plan: Plan, stretch: Stretch, base: Base, cents: int) -> dict[int, int]:
    """Cents by place. Goods that nobody has sold yet are shared out by what each place sells."""
    weights = base.weights(plan.shares)
    if not weights[base.places.top] and (plan.category or plan.brand):
        plain = Plan(made_on=plan.made_on)
        weights = base_for(plain, stretch, base.places).weights(plan.shares)
    if cents and not weights[base.places.top]:
        raise UserError(
            _("No place sold anything in the days before: nothing says who is to sell how much."),
            field="base_months",
        )
    return settle(base.places, cents, weights, {})


def mixed(
    places: Places, month_on: date, cents: Mapping[int, int], mixes: Mapping[int, Mix]
) -> dict[Place, Mix]:
    """Cents by category of every place: a store's are shared by its own mix, everyone else's are
    what those below have. What is not known of a store is nobody's."""
    found: dict[Place, Mix] = {}
    for node in reversed(list(places.down())):
        if node not in cents:
            continue
        below = [found[child, month_on] for child in places.below.get(node, ()) if child in cents]
        if below:
            mix: Mix = {}
            for each in below:
                for category, amount in each.items():
                    mix[category] = mix.get(category, 0) + amount
        else:
            own = mixes.get(node, {})
            known = sum(own.values()) > 0
            mix = (
                dict(zip(own, split_cents(cents[node], list(own.values())), strict=True))
                if known
                else {}
            )
        found[node, month_on] = mix
    return found
