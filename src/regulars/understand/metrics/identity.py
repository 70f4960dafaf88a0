"""The member GMV identity: every net cent of a period stands in exactly one part.

For a member part `G = N × B/N × T/B × L/T × Q/L × G/Q`, with N members in the base, B buyers,
T tickets, L distinct goods on them, Q units, G net cents. It telescopes, so with integers it is
exact; the ratios are views. Where a link has nothing to divide by, the part's money goes to the
leaf of returns: nothing is dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

CHAIN = ("members", "buyers", "tickets", "lines", "units", "net_cents")
MEMBER_PARTS = ("new", "active_old", "dormant_old", "never_bought", "graduated")
OTHER_PARTS = ("cross_store", "non_member")
PARTS = (*MEMBER_PARTS, *OTHER_PARTS)
RETURNS = "returns"
LEAVES = (*PARTS, RETURNS)
WHOLE = "total"


@dataclass(frozen=True)
class Counts:
    """What a part adds up to. `members` is None where the base is not known, `buyers` where
    buyers are not known as people."""

    members: int | None = None
    buyers: int | None = None
    tickets: int = 0
    lines: int = 0
    units: int = 0
    net_cents: int = 0

    @property
    def links(self) -> list[tuple[str, int]]:
        """The known quantities in the identity's order, from the base down to money."""
        values = ((name, getattr(self, name)) for name in CHAIN)
        return [(name, value) for name, value in values if value is not None]

    @property
    def factors(self) -> dict[str, Fraction | None]:
        """The first quantity, then each one divided by the one before; None where that is 0."""
        links = self.links
        factors: dict[str, Fraction | None] = {links[0][0]: Fraction(links[0][1])}
        for (_, below), (name, value) in pairwise(links):
            factors[name] = Fraction(value, below) if below else None
        return factors

    @property
    def is_whole(self) -> bool:
        """Whether the factors multiply back to the money: none of them divides by nought."""
        return all(value for _, value in self.links[:-1]) or not self.net_cents


@dataclass(frozen=True)
class Tree:
    """One node's identity for one period: its parts, and the leaf of returns of earlier tickets."""

    parts: dict[str, Counts]
    returns: Counts = Counts()

    @property
    def returns_cents(self) -> int:
        return self.returns.net_cents

    @property
    def net_cents(self) -> int:
        return sum(self.leaves.values())

    @property
    def leaves(self) -> dict[str, int]:
        """Net cents of every leaf; their sum is the node's GMV."""
        cents = {code: counts.net_cents for code, counts in self.parts.items()}
        return cents | {RETURNS: self.returns_cents}

    @property
    def total(self) -> Counts:
        """The node as a whole. Parts never share a member, so members and buyers add up here."""
        return _sum([*self.parts.values(), self.returns])


def tree_of(parts: dict[str, Counts]) -> Tree:
    """A tree in which every part is whole: what no factor explains goes to the leaf of returns,
    with its tickets and units, so that these add up over places too."""
    whole, unexplained = {}, []
    for code in PARTS:
        counts = parts.get(code)
        if counts is None:
            continue
        if not counts.is_whole:
            unexplained.append(counts)
            counts = Counts(counts.members, counts.buyers and 0)
        whole[code] = counts
    return Tree(whole, replace(_sum(unexplained), members=None))


def _sum(parts: Sequence[Counts]) -> Counts:
    return Counts(*(sum(getattr(counts, name) or 0 for counts in parts) for name in CHAIN))
