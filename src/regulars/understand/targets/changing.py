"""Amounts of a plan are changed: the next version, with all that follows up and down the tree."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Scope, may_see_node
from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotAllowed, UserError
from regulars.ground.org.service import ensure_head_office, get_place
from regulars.understand.metrics.service import Tree
from regulars.understand.targets.bases import Mix, base_for, categories_of, places_of
from regulars.understand.targets.finding import sold_by_month
from regulars.understand.targets.keeping import (
    Place,
    Row,
    category_row,
    keep_version,
    mixes_in_force,
    totals_in_force,
    tree_rows,
    trees_in_force,
)
from regulars.understand.targets.making import check_whole_chain, weights_of
from regulars.understand.targets.models import Plan, Version
from regulars.understand.targets.rules import (
    Places,
    Unsplittable,
    lifted,
    settle,
    split_cents,
    target_tree,
)
from regulars.understand.targets.stretches import Stretch, stretch_of, stretches_of


class How(TextChoices):
    """Who makes up for what a place takes or gives."""

    KEEP = "keep", _("the others under the same head make up for it")
    LIFT = "lift", _("the places above change with it")


def change_amounts(
    actor: AbstractBaseUser,
    scope: Scope,
    plan: Plan,
    changes: Mapping[Place, int],
    *,
    how: str = How.KEEP,
    comment: str = "",
) -> Version:
    """Set amounts of places in months (node id, first of the month) to cents; everything below them
    is shared out anew in today's proportions. Who is bound to a place may shift amounts between the
    places below it, and no more.

    Raises UserError for a frozen plan, a month that is over, an amount below nought, and where
    what is set leaves nothing for others to make up with; NotAllowed outside the scope.
    """
    check_open(plan)
    _check_reach(scope, changes, how)
    for month_on in {month for _node, month in changes}:
        if stretch_of(plan, month_on).is_over and plan.state != Plan.State.DRAFT:
            raise UserError(
                _("%(month)s is over.") % {"month": month_on.strftime("%Y-%m")}, field="month"
            )
    version = _change(actor, plan, changes, how, comment)
    told = {"version": version.number, "how": how, "places": len(changes)}
    record(actor, "plan.changed", "plan", plan.pk, code=plan.code, **told)
    return version


def replan(
    actor: AbstractBaseUser,
    scope: Scope,
    plan: Plan,
    from_month: date,
    *,
    net_cents: int | None = None,
    comment: str = "",
) -> Version:
    """Share out anew what is left of a plan in force, from a month that has not begun on: to
    `net_cents`, or (None) to what is missing for the plan's whole amount after what was sold so
    far and is still planned before that month. What was frozen stays on record."""
    check_whole_chain(scope)
    if not plan.is_in_force:
        raise UserError(_("Only a plan in force is planned anew; change this one instead."))
    stretches = stretches_of(plan)
    left = [each for each in stretches if each.month_on >= from_month and not each.has_begun]
    if not left:
        raise UserError(_("No month is left that has not begun."), field="from_month")
    top = ensure_head_office().pk
    now = {month: c.net_cents for (_n, month), c in totals_in_force(plan, [top]).items()}
    if net_cents is None:
        done = sum(_done(plan, stretches, left[0], now))
        net_cents = sum(now.values()) - done
    if net_cents < 0:
        raise UserError(_("The plan's amount is reached already: give one for the rest."))
    shares = split_cents(net_cents, [now[each.month_on] for each in left])
    changes = {(top, each.month_on): c for each, c in zip(left, shares, strict=True)}
    version = _change(actor, plan, changes, How.KEEP, comment or str(_("Planned anew")))
    told = {"version": version.number, "from": left[0].month_on.isoformat(), "cents": net_cents}
    record(actor, "plan.replanned", "plan", plan.pk, code=plan.code, **told)
    return version


def over_months(plan: Plan, node: int, net_cents: int) -> dict[Place, int]:
    """An amount for all months of a plan that are not over (of a draft: for all), shared out by
    what they have now; evenly where they have nothing. As `change_amounts` takes it."""
    is_draft = plan.state == Plan.State.DRAFT
    months = [each.month_on for each in stretches_of(plan) if is_draft or not each.is_over]
    now = totals_in_force(plan, [node])
    weights = [now[node, m].net_cents if (node, m) in now else 0 for m in months]
    if not months:
        raise UserError(_("All months of this plan are over."), field="month")
    shares = split_cents(net_cents, weights if sum(weights) > 0 else [1] * len(months))
    return {(node, month): cents for month, cents in zip(months, shares, strict=True)}


def check_open(plan: Plan) -> None:
    """Raises UserError for a plan that is frozen."""
    if plan.state == Plan.State.FROZEN:
        raise UserError(_("“%(plan)s” is frozen; plan it anew instead.") % {"plan": plan.name})


def _done(
    plan: Plan, stretches: list[Stretch], first_left: Stretch, now: Mapping[date, int]
) -> Iterator[int]:
    """Of the months before: what was sold in those that are over, what is planned for others."""
    sold = sold_by_month(plan, ensure_head_office())
    for each in stretches:
        if each.month_on < first_left.month_on:
            yield (sold.get(each.month_on, 0) if each.is_over else now[each.month_on])


def _check_reach(scope: Scope, changes: Mapping[Place, int], how: str) -> None:
    if how not in How.values:
        raise UserError(_("“%(how)s” is no way to change an amount.") % {"how": how}, field="how")
    if any(cents < 0 for cents in changes.values()):
        raise UserError(_("An amount below nought is no target."), field="net_cents")
    if scope.is_whole_chain:
        return
    if scope.category_codes or scope.brand_codes:
        raise NotAllowed(_("Only who sees all goods may change amounts."))
    for node in {node for node, _month in changes}:
        if node == scope.node_id or not may_see_node(scope, node):
            name = get_place(node).name
            raise NotAllowed(_("The amount of “%(name)s” is set above you.") % {"name": name})
    if how != How.KEEP:
        raise NotAllowed(_("Your own amount is set above you: let the others make up for it."))


def _change(
    actor: AbstractBaseUser, plan: Plan, changes: Mapping[Place, int], how: str, comment: str
) -> Version:
    by_month: dict[date, dict[int, int]] = defaultdict(dict)
    for (node, month_on), cents in changes.items():
        by_month[month_on][node] = cents
    places = places_of(plan)
    rows: list[Row] = []
    for month_on, fixed in sorted(by_month.items()):
        rows += _month_rows(plan, stretch_of(plan, month_on), places, fixed, how)
    if not rows:
        raise UserError(_("Nothing changes."))
    return keep_version(actor, plan, comment, rows)


def _month_rows(
    plan: Plan, stretch: Stretch, places: Places, fixed: dict[int, int], how: str
) -> Iterator[Row]:
    month_on = stretch.month_on
    totals = totals_in_force(plan, month_on=month_on)
    now = {node: counts.net_cents for (node, _m), counts in totals.items()}
    fixed = lifted(places, now, fixed) if how == How.LIFT else fixed
    settled = _settled(places, now, fixed, _weights(plan, stretch, places, now))
    changed = {node: cents for node, cents in settled.items() if now.get(node) != cents}
    if not changed:
        return
    weights, trees = weights_of(plan), _trees_to_grow(plan, stretch, places, list(changed))
    for node, cents in changed.items():
        tree = target_tree(trees[node], cents, weights) if node in trees else None
        yield from tree_rows((node, month_on), cents, tree)
    for (node, category), cents in _mixes(plan, stretch, places, changed).items():
        yield category_row((node, month_on), category, cents)


def _weights(
    plan: Plan, stretch: Stretch, places: Places, now: Mapping[int, int]
) -> Mapping[int, int]:
    """What places share by: what they have; those of whom none has anything, what they sold."""
    idle = {
        child
        for children in places.below.values()
        if not any(now.get(child) for child in children)
        for child in children
        if child in now
    }
    if not idle:
        return now
    base = base_for(plan, stretch, places).weights(plan.shares)
    return {**now, **{node: base[node] for node in idle}}


def _settled(
    places: Places,
    now: Mapping[int, int],
    fixed: Mapping[int, int],
    weights: Mapping[int, int],
) -> dict[int, int]:
    try:
        settled = settle(places, fixed.get(places.top, now[places.top]), weights, fixed, now)
    except Unsplittable as error:
        facts = {"name": get_place(error.node).name, "cents": error.cents / 100}
        message = _("Under “%(name)s” %(cents).2f is left over, and no other place to take it.")
        raise UserError(message % facts, field="net_cents") from None
    if any(cents < 0 for cents in settled.values()):
        raise UserError(
            _("The other places cannot make up for that: theirs would fall below nought."),
            field="net_cents",
        )
    return settled


def _trees_to_grow(
    plan: Plan, stretch: Stretch, places: Places, nodes: list[int]
) -> dict[int, Tree]:
    """The trees in force; where there is none that could grow, that of the base."""
    trees = trees_in_force(plan, nodes, stretch.month_on)
    missing = [node for node in nodes if node not in trees or trees[node].net_cents <= 0]
    if missing:
        base = base_for(plan, stretch, places)
        trees |= {node: base.tree_of(node) for node in missing}
    return trees


def _mixes(
    plan: Plan, stretch: Stretch, places: Places, changed: Mapping[int, int]
) -> dict[tuple[int, int], int]:
    """Cents by place and category where they change: of the stores, and of all above them."""
    if plan.category or plan.brand:
        return {}
    month_on = stretch.month_on
    now = {node: mix for (node, _m), mix in mixes_in_force(plan, month_on=month_on).items()}
    above, found = places.above(), defaultdict[tuple[int, int], int](int)
    lowest = [
        n for n in changed if not any(c in changed or c in now for c in places.below.get(n, ()))
    ]
    base: Mapping[Place, Mix] | None = None
    for node in lowest:
        mix = now.get(node, {})
        if sum(mix.values()) <= 0:
            base = categories_of([stretch]) if base is None else base
            known = base.get((node, stretch.base.start.replace(day=1)), {})
            mix = dict.fromkeys(known, 0) | mix
        else:
            known = mix
        if sum(known.values()) <= 0:
            continue
        shares = split_cents(changed[node], list(known.values()))
        for category, cents in zip(known, shares, strict=True):
            difference, place = cents - mix.get(category, 0), node
            while difference:
                found[place, category] += difference
                if place not in above:
                    break
                place = above[place]
    return {
        (node, category): now.get(node, {}).get(category, 0) + difference
        for (node, category), difference in found.items()
        if difference
    }
