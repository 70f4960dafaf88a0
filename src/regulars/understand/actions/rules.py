"""What actions, profit and usage are reckoned by; nothing here asks or writes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from regulars.understand.metrics.service import WHOLE, Counts, Tree

Number = int | Fraction


def factor_of(tree: Tree, part: str, factor: str) -> Fraction | None:
    """A factor of a part of a tree, of all its parts together (`WHOLE`, or no part); the net cents
    where no factor is named. None where the tree does not know it."""
    if part == "returns":
        return Fraction(tree.returns_cents)
    counts = tree.total if part in {"", WHOLE} else tree.parts.get(part, Counts())
    return counts.factors.get(factor) if factor else Fraction(counts.net_cents)


def median(values: Sequence[Number]) -> Fraction | None:
    """The middle one, or halfway between the two in the middle; None of nothing."""
    ordered = sorted(Fraction(value) for value in values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(frozen=True)
class Effect:
    """Rates of change of one factor: of the place that acted, the median of those that did not,
    and how many these are. `ahead` is the difference; None where either side is not known."""

    own: Fraction | None
    others: Fraction | None
    count: int

    @property
    def ahead(self) -> Fraction | None:
        if self.own is None or self.others is None:
            return None
        return self.own - self.others

    @property
    def is_ineffective(self) -> bool | None:
        """Whether the factor went no better than where nobody acted; None while not known."""
        return None if self.ahead is None else self.ahead <= 0


def effect_of(
    own: tuple[Number | None, Number | None],
    others: Sequence[tuple[Number | None, Number | None]],
    least: int = 3,
) -> Effect:
    """From values before and after. Fewer than `least` comparable places say nothing."""
    changes = [change for pair in others if (change := change_of(*pair)) is not None]
    typical = median(changes) if len(changes) >= least else None
    return Effect(change_of(*own), typical, len(changes))


def change_of(before: Number | None, after: Number | None) -> Fraction | None:
    """A rate of change; None from nothing, or from less than nothing."""
    if before is None or after is None or before <= 0:
        return None
    return Fraction(after) / Fraction(before) - 1


@dataclass(frozen=True)
class Profit:
    """One store's month, in cents: what it sold, the goods' cost within it, and what it costs to
    keep. None is not known, and makes unknown what stands on it."""

    net_cents: int
    margin_rate: Fraction | None
    staff_cents: int | None
    rent_cents: int | None
    marketing_cents: int | None

    @property
    def margin_cents(self) -> Fraction | None:
        return None if self.margin_rate is None else self.net_cents * self.margin_rate

    @property
    def fixed_cents(self) -> int | None:
        """Staff, rent and marketing: they do not follow what is sold."""
        costs = (self.staff_cents, self.rent_cents, self.marketing_cents)
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None

    @property
    def profit_cents(self) -> Fraction | None:
        if self.margin_cents is None or self.fixed_cents is None:
            return None
        return self.margin_cents - self.fixed_cents

    @property
    def break_even_cents(self) -> Fraction | None:
        """Sales at which margin covers what it costs to keep the store."""
        if self.fixed_cents is None or not self.margin_rate or self.margin_rate < 0:
            return None
        return self.fixed_cents / self.margin_rate

    def break_even_share(self) -> Fraction | None:
        """Break-even sales ÷ sales: so many times today's members, all else as it is."""
        if self.break_even_cents is None or self.net_cents <= 0:
            return None
        return self.break_even_cents / self.net_cents


def break_even_members(profit: Profit, members: int, member_cents: int) -> int | None:
    """How many members at home cover the store's costs, spending as today's do while sales to
    others stay as they are. None where it is not known, or no number of members would do.

    `members` are those of the base, `member_cents` the net sales of their parts.
    """
    if profit.break_even_cents is None or members <= 0 or member_cents <= 0:
        return None
    others = profit.net_cents - member_cents
    needed = max(profit.break_even_cents - others, Fraction(0))
    return -(-needed * members // member_cents)


def sensitivity(profit: Profit, member_cents: int, share: Fraction) -> dict[str, Fraction | None]:
    """What profit gains, in cents, from `share` (0.01 is one per cent) more of each factor, or
    less of each cost, all others staying as they are.

    The factors of the member identity multiply: one per cent more of any of them is one per cent
    more of the members' sales, which earns their margin. Price is another matter: the goods cost
    no more, so all of it is earned.
    """
    rate = profit.margin_rate
    earned = None if rate is None else member_cents * share * rate
    costs = {
        "staff": profit.staff_cents, "rent": profit.rent_cents, "marketing": profit.marketing_cents,
    }  # fmt: skip
    return {
        "members": earned,
        "buyers": earned,
        "tickets": earned,
        "lines": earned,
        "units": earned,
        "net_cents": Fraction(member_cents) * share,
        "goods_cost": None if rate is None else profit.net_cents * (1 - rate) * share,
    } | {name: None if cost is None else cost * share for name, cost in costs.items()}
