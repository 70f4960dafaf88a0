"""What came of an experiment: what people read, and what is kept."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Method(TextChoices):
    """How an interval is made, by name."""

    FIXED_HORIZON = "fixed_horizon", _("fixed-horizon interval")
    ANYTIME_VALID = "anytime_valid", _("anytime-valid interval")


class Unknown(TextChoices):
    """Why something cannot be told."""

    NO_HOLDOUT = "no_holdout", _("nobody is held out, so there is nothing to set it beside")
    NO_WINDOW_OVER = "no_window_over", _("nobody's window is over yet")
    TOO_FEW = "too_few", _("too few people so far, or too few of them did it")
    NO_COUPON = "no_coupon", _("no coupon was given")
    NO_COST = "no_cost", _("what the coupons took off is not known")


class Verdict(TextChoices):
    WORKS = "works", _("works")
    HARMS = "harms", _("does harm")
    NOTHING = "nothing", _("does nothing that would have been worth it")
    CANNOT_TELL = "cannot_tell", _("cannot be told yet")


@dataclass(frozen=True)
class Interval:
    """An estimate and what it lies within, at 95 %; all None where `unknown` says why."""

    estimate: float | None
    low: float | None
    high: float | None
    method: Method
    unknown: Unknown | None = None

    def times(self, count: int) -> "Interval":
        """Of so many people, in whole ones."""
        scaled = (_whole(self.estimate, count), _whole(self.low, count), _whole(self.high, count))
        return Interval(*scaled, self.method, self.unknown)

    @property
    def holds_zero(self) -> bool | None:
        if self.low is None or self.high is None:
            return None
        return self.low <= 0 <= self.high


@dataclass(frozen=True)
class Arm:
    """`people` entered; the windows of `over` of them are over. What they did in their windows so
    far, and what those did whose window is over."""

    people: int = 0
    conversions: int = 0
    net_cents: int = 0
    over: int = 0
    conversions_over: int = 0
    net_cents_over: int = 0

    @property
    def conversion_rate(self) -> float | None:
        """Of those whose window is over; None where there are none."""
        return self.conversions_over / self.over if self.over else None


@dataclass(frozen=True)
class Attributed:
    """`reached`: people touched. `conversions` and `net_cents` came within the window after a touch
    that was the last one; the `assisted` ones after a touch that was not."""

    reached: int = 0
    conversions: int = 0
    net_cents: int = 0
    assisted_conversions: int = 0
    assisted_cents: int = 0


@dataclass(frozen=True)
class Uplift:
    """What being chosen to be reached was worth. `conversion`: by how much it raised the share of
    those who did what counts; `money`: by how many cents a head. `incremental_…`: the same for all
    who were to be reached and whose window is over."""

    conversion: Interval
    money: Interval
    incremental_conversions: Interval
    incremental_cents: Interval


@dataclass(frozen=True)
class OfStore:
    """`store_id` is None for whoever had no store."""

    store_id: int | None
    to_reach: Arm
    held_out: Arm
    uplift: Uplift
    attributed: Attributed


@dataclass(frozen=True)
class OfStaff:
    staff_id: int
    attributed: Attributed


@dataclass(frozen=True)
class OfOffer:
    offer: str
    attributed: Attributed


@dataclass(frozen=True)
class Outcome:
    """As of the end of `on`. `is_final`: it has ended and everybody's window is over; intervals are
    then fixed-horizon ones, before that anytime-valid ones, narrowest at `tuned_at` people.
    `cost_cents` is what coupons took off, `roi` incremental net sales for each unit of it;
    `cost_unknown` says why they are None. `smallest_seen` is the smallest uplift of the conversion
    rate that would have been seen in four of five such experiments.
    `counted_at`: when it was counted, of one that is kept.
    """

    code: str
    name: str
    outcome: dict[str, Any]
    on: date
    is_final: bool
    window_days: int
    tuned_at: int
    to_reach: Arm
    held_out: Arm
    uplift: Uplift
    verdict: Verdict
    hoped_rate: float | None
    smallest_seen: float | None
    cost_cents: int | None
    cost_unknown: Unknown | None
    roi: float | None
    attributed: Attributed
    by_store: list[OfStore]
    by_staff: list[OfStaff]
    by_offer: list[OfOffer]
    counted_at: datetime | None = field(default=None, compare=False)

    @property
    def entered(self) -> int:
        return self.to_reach.people + self.held_out.people

    @property
    def reached(self) -> int:
        """People touched at least once."""
        return self.attributed.reached

    @property
    def conversion_gain(self) -> float | None:
        """The uplift as a share of what the held out do without it."""
        base, gain = self.held_out.conversion_rate, self.uplift.conversion.estimate
        return gain / base if base and gain is not None else None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Outcome":
        return msgspec.convert(told, cls)


def _whole(value: float | None, count: int) -> int | None:
    return None if value is None else round(value * count)
