"""A tree beside another: what changed, and how much each part and factor brought."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.deployment import chain
from regulars.understand.metrics.contributions import Method, contributions, to_cents
from regulars.understand.metrics.identity import LEAVES, MEMBER_PARTS, RETURNS, Counts, Tree
from regulars.understand.metrics.labels import PART_NAMES, factor_name

ONLY_BUYERS = _("unknown: only buyers are recorded")
NOTHING_TO_DIVIDE = _("unknown: nothing to divide by")


@dataclass(frozen=True)
class Factor:
    """`unit` is count, rate (0–1), ratio, or cents. `contribution_cents` is the factor's share of
    its part's change, by the comparison's method; None where either side is unknown. `reason` says
    why a value is None."""

    code: str
    name: Promise
    unit: str
    value: Fraction | None
    before: Fraction | None
    contribution_cents: int | None
    reason: Promise | None = None


@dataclass(frozen=True)
class Part:
    """A leaf of the identity. `before` is None when nothing is compared."""

    code: str
    name: Promise
    counts: Counts
    before: Counts | None
    method: Method

    @cached_property
    def factors(self) -> list[Factor]:
        """Worked out when asked for: a list of thousands of nodes shows none of them."""
        return [] if self.code == RETURNS else _factors(self)

    @property
    def is_of_members(self) -> bool:
        """Whether the part has a base of known members."""
        return self.code in MEMBER_PARTS

    @property
    def net_cents(self) -> int:
        return self.counts.net_cents

    @property
    def change_cents(self) -> int | None:
        return None if self.before is None else self.net_cents - self.before.net_cents


@dataclass(frozen=True)
class Comparison:
    """A node's tree and, where something is compared, the tree beside it."""

    tree: Tree
    before: Tree | None
    method: Method = Method.SHAPLEY

    @cached_property
    def parts(self) -> list[Part]:
        """In the identity's order, the leaf of returns last; their net cents sum to the tree's,
        and their changes to its change. Worked out only when asked for: it is exact, not cheap."""
        codes = [c for c in LEAVES if c in self.tree.leaves or c in self._leaves_before]
        return [self._part(code) for code in codes]

    @property
    def net_cents(self) -> int:
        return self.tree.net_cents

    @property
    def change_cents(self) -> int | None:
        return None if self.before is None else self.net_cents - self.before.net_cents

    @property
    def change_rate(self) -> Fraction | None:
        if self.before is None or not self.before.net_cents:
            return None
        return Fraction(self.net_cents, self.before.net_cents) - 1

    @property
    def _leaves_before(self) -> dict[str, int]:
        return {} if self.before is None else self.before.leaves

    def _part(self, code: str) -> Part:
        now = _counts_of(code, self.tree)
        earlier = None if self.before is None else _counts_of(code, self.before)
        return Part(code, PART_NAMES[code], now, earlier, self.method)


def _counts_of(code: str, tree: Tree) -> Counts:
    if code == RETURNS:
        return Counts(net_cents=tree.returns_cents)
    return tree.parts.get(code, Counts())


def _factors(part: Part) -> list[Factor]:
    values = part.counts.factors
    earlier = part.before.factors if part.before and part.before.links else {}
    shares = _shares(values, earlier, part.method)
    first = next(iter(values))
    return [
        Factor(
            code=code,
            name=factor_name(part.code, code, is_first=code == first),
            unit=_unit(code, is_first=code == first),
            value=value,
            before=earlier.get(code),
            contribution_cents=shares.get(code),
            reason=_reason(part.code, code, value, is_first=code == first),
        )
        for code, value in values.items()
    ]


def _shares(
    values: dict[str, Fraction | None], earlier: dict[str, Fraction | None], method: Method
) -> dict[str, int]:
    """Cents a factor, adding up to the part's change; empty where a factor is unknown."""
    if values.keys() != earlier.keys():
        return {}
    before = [value for value in earlier.values() if value is not None]
    after = [value for value in values.values() if value is not None]
    if len(before) < len(values) or len(after) < len(values):
        return {}
    return dict(zip(values, to_cents(contributions(before, after, method)), strict=True))


def _unit(code: str, is_first: bool) -> str:
    if is_first:
        return "count"
    return {"buyers": "rate", "net_cents": "cents"}.get(code, "ratio")


def _reason(part: str, code: str, value: Fraction | None, is_first: bool) -> Promise | None:
    if part == "new" and code == "buyers" and is_first and chain().only_buyers_recorded:
        return ONLY_BUYERS
    return NOTHING_TO_DIVIDE if value is None else None
