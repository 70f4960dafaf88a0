"""What each cause came to, to the cent: Shapley values of the identity at the cause's own node.

The search ranks by floats; everything that is shown is counted here again from integers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from regulars.understand.diagnosis.cube import Cube
from regulars.understand.diagnosis.findings import Offset
from regulars.understand.metrics.service import (
    MEMBER_PARTS,
    RETURNS,
    WHOLE,
    Comparison,
    Counts,
    Method,
    Tree,
    Trees,
    contributions,
    to_cents,
)
from regulars.understand.targets.service import split_cents

GOODS_CHAIN = ("tickets", "lines", "units", "net_cents")


@dataclass
class Exact:
    """Both periods of every node: trees by node id, and the goods of both as a cube of two months,
    the compared one first. `stores_of` are the stores below each node. With `is_target` what is
    compared are targets: their goods are shared out as those of the compared period were.
    `channels` are the changes of stores by channel."""

    now: Trees
    before: Trees
    goods: Cube
    stores_of: Mapping[int, Sequence[int]]
    method: Method
    is_target: bool = False
    channels: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    _seen: dict[int, Comparison] = field(default_factory=dict)
    _sold: dict[int, tuple[list[list[int]], list[list[int]]]] = field(default_factory=dict)

    def comparison(self, node: int) -> Comparison:
        if node not in self._seen:
            now = self.now[node] if node in self.now else Tree({})
            missing = None if self.is_target else Tree({})
            # Trees grow when they are asked for by their node: `get` would not find them.
            before = self.before[node] if node in self.before else missing  # noqa: SIM401
            self._seen[node] = Comparison(now, before, self.method)
        return self._seen[node]

    def gap(self, node: int) -> int:
        return self.comparison(node).change_cents or 0

    def of_part(self, node: int, part: str, factor: str) -> int:
        """What a factor brought to the change of a node: in one part, or in all of them."""
        return sum(
            each.contribution_cents or 0
            for known in self.comparison(node).parts
            if part in (WHOLE, known.code)
            for each in known.factors
            if each.code == factor
        )

    def of_goods(self, node: int, categories: Sequence[int], factor: str) -> int:
        """What a factor brought to the change of goods at a node: tickets × goods of the category
        on each × units of each × price, category by category."""
        if self.comparison(node).before is None:
            return 0
        return sum(self._of_category(node, category).get(factor, 0) for category in categories)

    def change_of_goods(self, node: int, category: int) -> int:
        """The change of a category's net cents at a node."""
        if self.comparison(node).before is None:
            return 0
        before, now = self._goods(node, category)
        return now[-1] - before[-1]

    def of_channels(self, node: int) -> list[tuple[str, int]]:
        """The node's change by channel, the largest first; empty where all goes through one."""
        if len(self.channels) < 2:  # noqa: PLR2004
            return []
        inside = self.stores_of.get(node, ())
        found = [
            (channel, sum(changes.get(store, 0) for store in inside))
            for channel, changes in self.channels.items()
        ]
        return sorted(((name, cents) for name, cents in found if cents), key=lambda e: -abs(e[1]))

    def offsets(self, node: int, sign: int, most: int = 3) -> tuple[Offset, ...]:
        """Factors of the node's parts that moved against `sign`, the largest first."""
        found = [
            Offset(part.code, factor.code, factor.contribution_cents)
            for part in self.comparison(node).parts
            for factor in part.factors
            if factor.contribution_cents and factor.contribution_cents * sign < 0
        ]
        return tuple(sorted(found, key=lambda each: -abs(each.cents))[:most])

    def members_concerned(self, node: int, part: str, factor: str) -> int | None:
        """Whom it is about: members of the base who did not buy, for the rate of buyers; those
        more or fewer, for the base; else those who bought. None for people who are not known."""
        comparison = self.comparison(node)
        now, before = _counts(comparison.tree.parts, part), None
        if comparison.before is not None:
            before = _counts(comparison.before.parts, part)
        if now.members is None and factor in {"members", "buyers"}:
            return now.buyers
        if factor == "buyers":
            return (now.members or 0) - (now.buyers or 0)
        if factor == "members":
            return abs((now.members or 0) - ((before and before.members) or 0))
        return now.buyers

    def returns_change(self, node: int) -> int:
        """The change of returns of earlier tickets."""
        comparison = self.comparison(node)
        earlier = comparison.before.returns_cents if comparison.before else 0
        return comparison.tree.leaves[RETURNS] - earlier

    def mix_cents(self, node: int, part: str) -> int:
        """What of the rate of buyers at a node no store below it shows: members moved between
        stores of other rates (Simpson)."""
        stores = self.stores_of.get(node, ())
        if len(stores) < 2 or self.is_target:  # noqa: PLR2004 - no target says who stands where
            return 0
        inside = sum(self.of_part(store, part, "buyers") for store in stores)
        return self.of_part(node, part, "buyers") - inside

    def _of_category(self, node: int, category: int) -> dict[str, int]:
        before, now = self._goods(node, category)
        if not all(before[:-1]) or not all(now[:-1]):
            return {"lines": now[-1] - before[-1]}  # it came, or went: less of it on each ticket
        factors = [_factors(counts) for counts in (before, now)]
        shares = to_cents(contributions(factors[0], factors[1], self.method))
        return dict(zip(GOODS_CHAIN, shares, strict=True))

    def _goods(self, node: int, category: int) -> tuple[list[int], list[int]]:
        """Tickets of the node, and lines, units and net cents of the category; before and now."""
        if node not in self._sold:
            at = np.isin(self.goods.stores, self.stores_of.get(node, ()))
            before, now = np.moveaxis(self.goods.goods[:, at].sum(1), -1, 0).tolist()
            if self.is_target:
                before = self._shared_out(node, before, now)
            self._sold[node] = (before, now)
        comparison = self.comparison(node)
        totals = (comparison.before.total if comparison.before else Counts(), comparison.tree.total)
        before, now = (
            [total.tickets, *(counts[category] for counts in sold)]
            for total, sold in zip(totals, self._sold[node], strict=True)
        )
        return before, now

    def _shared_out(self, node: int, *sold: Sequence[Sequence[int]]) -> list[list[int]]:
        """Lines, units and net cents of a target by category: as those of the compared period were
        shared out, else as today's."""
        target = self.comparison(node).before
        total = target.total if target else Counts()
        wanted = (total.lines, total.units, total.net_cents)
        return [_shares(each, *ways) for each, *ways in zip(wanted, *sold, strict=True)]


def _shares(total: int, *ways: Sequence[int]) -> list[int]:
    for counts in ways:
        weights = [max(count, 0) for count in counts]
        if sum(weights):
            return split_cents(total, weights)
    return [0 for _count in ways[0]]


def _factors(counts: Sequence[int]) -> list[Fraction]:
    first, *others = counts
    links = [Fraction(first)]
    for below, value in zip(counts, others, strict=False):
        links.append(Fraction(value, below))
    return links


def _counts(parts: Mapping[str, Counts], part: str) -> Counts:
    if part != WHOLE:
        return parts.get(part, Counts())
    of_members = [counts for code, counts in parts.items() if code in MEMBER_PARTS]
    return Counts(
        members=sum(counts.members or 0 for counts in of_members),
        buyers=sum(counts.buyers or 0 for counts in of_members),
    )
