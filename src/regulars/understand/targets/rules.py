"""How a target is shared out: exact to the cent, whole people, nothing negative that was not.

Amounts are cents or counts, all integers. What cannot be shared out by what is known raises
`Unsplittable`: nothing is made up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import lcm
from typing import NamedTuple

from regulars.understand.metrics.service import CHAIN, RETURNS, Counts, Tree

Weight = int | Fraction
Weights = tuple[tuple[str, int], ...]
"""How much of the growth each factor takes: per cent (or any whole unit) by name."""

WEIGHTS: dict[str, Weights] = {
    part: tuple(zip(CHAIN, shares, strict=True))
    for part, shares in {
        "new": (50, 20, 10, 10, 0, 10),
        "active_old": (30, 30, 20, 10, 0, 10),
        "dormant_old": (10, 60, 10, 10, 0, 10),
        "never_bought": (10, 60, 10, 10, 0, 10),
        "graduated": (30, 30, 20, 10, 0, 10),
        "cross_store": (0, 50, 25, 10, 0, 15),
        "non_member": (0, 0, 70, 15, 0, 15),
        RETURNS: (0, 0, 70, 15, 0, 15),
    }.items()
}
"""New members are grown by joining, dormant and never-bought ones by being brought to buy; units
per good hardly move. A plan may say otherwise."""


class Unsplittable(ValueError):
    """Nothing says how `cents` below `node` are to be shared out."""

    def __init__(self, node: int, cents: int) -> None:
        super().__init__(f"{cents} below {node}")
        self.node, self.cents = node, cents


def split_cents(total: int, weights: Sequence[Weight]) -> list[int]:
    """Shares of `total` in the proportion of `weights`, which add up to it exactly: each the floor
    of its share, and what is missing one by one to the largest remainders (Hamilton's method), the
    first of equals first. A weight of nought gets nothing. `total` may be negative, and so may
    single weights; their sum must be above nought (ValueError).
    """
    scale = lcm(*(weight.denominator for weight in weights)) if weights else 1
    whole = [int(weight * scale) for weight in weights]
    divisor = sum(whole)
    if divisor <= 0:
        raise ValueError("the weights do not add up to more than nought")
    shares, remainders = [], []
    for weight in whole:
        share, remainder = divmod(total * weight, divisor)
        shares.append(share)
        remainders.append(remainder)
    if missing := total - sum(shares):
        order = sorted(range(len(shares)), key=remainders.__getitem__, reverse=True)
        for place in order[:missing]:
            shares[place] += 1
    return shares


def target_counts(base: Counts, net_cents: int, weights: Weights) -> Counts:
    """The counts that lead to `net_cents`: with r = target ÷ base, factor i of the base's chain is
    to become base_i · r^(w_i), Σw = 1 over the factors that are known (reference: gmv-and-kpi.md).
    Counts are rounded to whole ones and the price per unit takes up the rest, so that the factors
    still multiply to `net_cents`.

    No more members buy than there are, whoever buys has a ticket, and what was there before is not
    rounded away. Where the base has no money, or the target is of the other sign, there is no r:
    the counts stay as they are; a target of nought keeps only the members.
    """
    if not net_cents:
        return Counts(base.members, base.buyers and 0)
    if not base.net_cents or (net_cents < 0) != (base.net_cents < 0):
        return replace(base, net_cents=net_cents)
    growth = net_cents / base.net_cents
    found = {
        name: _grown(value, growth**power)
        for (name, value), power in zip(base.links[:-1], _powers(base, weights), strict=False)
    }
    if base.members is not None and base.buyers is not None and base.buyers <= base.members:
        found["buyers"] = min(found["buyers"], found["members"])
    if base.buyers is not None and base.tickets >= base.buyers:
        found["tickets"] = max(found["tickets"], found["buyers"])
    return Counts(
        members=found.get("members"),
        buyers=found.get("buyers"),
        tickets=found["tickets"],
        lines=found["lines"],
        units=found["units"],
        net_cents=net_cents,
    )


def _grown(count: int, times: float) -> int:
    grown = round(count * times)
    return grown or (count > 0) - (count < 0)


def _powers(base: Counts, weights: Weights) -> tuple[float, ...]:
    return _summed(weights, base.members is not None, base.buyers is not None)


@cache
def _summed(weights: Weights, has_members: bool, has_buyers: bool) -> tuple[float, ...]:
    """Of each known count, the weights of its factor and of all before it, of a sum of one."""
    known = {"members": has_members, "buyers": has_buyers}
    shares = [share for name, share in weights if known.get(name, True)]
    total = sum(shares)
    if not total:  # the price takes all of it
        return (0.0,) * len(shares)
    return tuple(sum(shares[: place + 1]) / total for place in range(len(shares)))


def target_tree(base: Tree, net_cents: int, weights: Mapping[str, Weights]) -> Tree | None:
    """The tree that a place is to have: its parts share `net_cents` by what they brought, and the
    counts of each follow. None where the base brought nothing that could be shared by."""
    leaves = base.leaves
    if sum(leaves.values()) <= 0:
        return None
    cents = dict(zip(leaves, split_cents(net_cents, list(leaves.values())), strict=True))
    parts = {
        part: target_counts(counts, cents[part], weights[part])
        for part, counts in base.parts.items()
    }
    return Tree(parts, target_counts(base.returns, cents[RETURNS], weights[RETURNS]))


class Places(NamedTuple):
    """The places of a plan: who hangs below whom, from `top` down."""

    top: int
    below: Mapping[int, Sequence[int]]

    def above(self) -> dict[int, int]:
        return {child: node for node, children in self.below.items() for child in children}

    def down(self, node: int | None = None) -> Iterator[int]:
        """A place (the top) and all below it, those above before those below them."""
        waiting = [self.top if node is None else node]
        while waiting:
            place = waiting.pop()
            yield place
            waiting.extend(reversed(self.below.get(place, ())))


def settle(
    places: Places,
    total: int,
    weights: Mapping[int, int],
    fixed: Mapping[int, int],
    now: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Cents of the top and of every place below it that has a weight above nought or a fixed
    amount: at each, the children's add up to it. Where no child has either, it is not split. With
    `now`, the amounts so far, a place that keeps its own and has nothing fixed below is left as it
    is with all below it, and they are not in the answer.

    Raises Unsplittable where the fixed ones leave something that no other child can take, and where
    all children so far had nothing: they cannot stay as they are, and nothing says who gets what.
    """
    above, holding = places.above(), set()
    for node in fixed:
        while node in above and above[node] not in holding:
            node = above[node]  # noqa: PLW2901 - it climbs
            holding.add(node)
    found = {places.top: total}
    for node in places.down():
        if node not in found:
            continue
        if now is not None and now.get(node) == found[node] and node not in holding:
            continue
        children = places.below.get(node, ())
        set_ones = {child: fixed[child] for child in children if child in fixed}
        others = [c for c in children if c not in fixed and weights.get(c, 0) > 0]
        rest = found[node] - sum(set_ones.values())
        if others:
            shares = split_cents(rest, [weights[child] for child in others])
            set_ones |= dict(zip(others, shares, strict=True))
        elif rest and (set_ones or (now and any(child in now for child in children))):
            raise Unsplittable(node, rest)
        found |= set_ones
    for node in fixed.keys() - found.keys():  # below a place that has nothing to give
        raise Unsplittable(above[node], fixed[node])
    return found


def lifted(places: Places, now: Mapping[int, int], fixed: Mapping[int, int]) -> dict[int, int]:
    """`fixed`, and every place above one of them with what they change added to it. A place above
    that is fixed itself stays so, and nothing above it hears of those below."""
    above, found = places.above(), dict(fixed)
    change: dict[int, int] = {}
    for node in reversed(list(places.down())):
        if node in fixed:
            change[node] = fixed[node] - now.get(node, 0)
        elif node in change:
            found[node] = now.get(node, 0) + change[node]
        if node in change and node != places.top:
            parent = above[node]
            change[parent] = change.get(parent, 0) + change[node]
    return found
