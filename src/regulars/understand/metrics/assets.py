"""Member assets 会员资产盘点: who the members are, how many buy, what the best of them bring."""

from dataclasses import dataclass
from fractions import Fraction

from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.understand.metrics.answers import answer
from regulars.understand.metrics.question import ask
from regulars.understand.metrics.trees import place_of

BABY_WORDS = r"\bbaby\b|babyfood|diaper|infant|纸尿裤|奶粉|婴儿|辅食|宝宝"


@dataclass(frozen=True)
class MemberAssets:
    """As of today, over the chain's active window (`window_days`). `buyers` ever bought, `active`
    bought within the window; the cents are what these spent in it. `baby_families` bought
    something for a baby, and `baby_families_cents` is all that they spent."""

    window_days: int
    members: int
    buyers: int
    active: int
    sales_cents: int
    top_tenth_cents: int
    baby_families: int
    baby_families_cents: int

    @property
    def dormant(self) -> int:
        return self.buyers - self.active

    @property
    def never_bought(self) -> int:
        return self.members - self.buyers

    @property
    def top_tenth_rate(self) -> Fraction | None:
        """What the best-spending tenth of the active brings of their sales."""
        return _rate(self.top_tenth_cents, self.sales_cents)

    @property
    def baby_families_rate(self) -> Fraction | None:
        return _rate(self.baby_families, self.active)

    @property
    def baby_families_sales_rate(self) -> Fraction | None:
        return _rate(self.baby_families_cents, self.sales_cents)


def get_member_assets(scope: Scope) -> MemberAssets:
    """The assets of the scope's part of the organisation."""
    question = ask(scope)
    parameters = place_of(question) | {
        "as_of": clock.today(),
        "window_days": chain().active_window_days,
        "baby_words": BABY_WORDS,
    }
    (people,) = answer(named(__package__, "assets"), parameters).to_pylist()
    (babies,) = answer(named(__package__, "assets_families"), parameters).to_pylist()
    return MemberAssets(
        window_days=chain().active_window_days,
        baby_families=babies["families"],
        baby_families_cents=babies["sales_cents"],
        **people,
    )


def _rate(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
