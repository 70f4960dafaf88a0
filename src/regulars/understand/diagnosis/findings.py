"""A finding and a diagnosis, as everybody reads them: exact amounts, with what was checked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from regulars.understand.metrics.service import Comparison, Period

TARGET = "target"
"""Beside the target, not beside other days."""
LEAST_SHARE, MOST_SHARE = Fraction(1, 200), 2
WORTH_TELLING = 100
"""Cents: what is usual and came to less is not told."""
CALENDAR, OPENING = "calendar", "opening"
SMALL_SAMPLE, MIX, RETURNS_CHANGED = "small_sample", "mix", "returns"
STOCK, LOG = "stock", "log"
GUARDS = (SMALL_SAMPLE, MIX, CALENDAR, OPENING, RETURNS_CHANGED, STOCK, LOG)


@dataclass(frozen=True)
class Place:
    """A node, what it brought to the finding, by code and name so that pages can link it."""

    code: str
    name: str
    cents: int


@dataclass(frozen=True)
class Offset:
    """A part's factor at the finding's node that moved the other way."""

    part: str
    factor: str
    cents: int


@dataclass(frozen=True)
class Guard:
    """Something that can fool one, looked at: `is_it` when it explains part of what was found.
    `cents` is what it comes to, `notes` what is on record of it."""

    code: str
    is_it: bool
    cents: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dismissed:
    """Who set a cause aside, why, and until when at the latest."""

    pk: int
    reason: str
    by: str
    until: date


@dataclass(frozen=True)
class Finding:
    """One cause. `contribution_cents` is the factor's exact share of the change at its own node;
    `share` is that of the gap asked about. `score` is how unusual it is, in deviations of the
    node's own past; `is_raised` whether that is beyond the threshold. `cause` is what the search
    said of it, for telling it anew; `pk` is under what it was kept."""

    node_code: str
    node_name: str
    category_code: str | None
    category_name: str
    channel: str | None
    part: str
    factor: str
    first_on: date
    last_on: date
    against: str
    gap_cents: int
    contribution_cents: int
    members_concerned: int | None
    score: float
    is_raised: bool
    excess_cents: int = 0
    asked_code: str = ""
    asked_name: str = ""
    worst_places: tuple[Place, ...] = ()
    worst_categories: tuple[Place, ...] = ()
    channels: tuple[Place, ...] = ()
    offsets: tuple[Offset, ...] = ()
    guards: tuple[Guard, ...] = ()
    pk: int | None = field(default=None, compare=False)
    cause: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    dismissed: Dismissed | None = field(default=None, compare=False)

    @property
    def subject(self) -> tuple[str, str | None, str, str]:
        """What it is about, whatever it came to: node, category, part, factor."""
        return self.node_code, self.category_code, self.part, self.factor

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.contribution_cents, self.gap_cents) if self.gap_cents else None

    @property
    def telling_share(self) -> Fraction | None:
        """The share, where it says something: of a gap that others closed again it does not."""
        share = self.share
        return share if share is not None and LEAST_SHARE <= share <= MOST_SHARE else None

    def as_json(self) -> dict[str, Any]:
        """What the table keeps beside its columns."""
        kept = ("worst_places", "worst_categories", "channels", "offsets", "guards")
        told = {name: [asdict(each) for each in getattr(self, name)] for name in kept}
        return told | {
            "channel": self.channel,
            "is_raised": self.is_raised,
            "excess_cents": self.excess_cents,
            "cause": self.cause,
            "asked_code": self.asked_code,
            "asked_name": self.asked_name,
        }


def lists_from(told: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of a finding out of what the table kept."""
    return {
        "worst_places": tuple(Place(**each) for each in told.get("worst_places", ())),
        "worst_categories": tuple(Place(**each) for each in told.get("worst_categories", ())),
        "channels": tuple(Place(**each) for each in told.get("channels", ())),
        "offsets": tuple(Offset(**each) for each in told.get("offsets", ())),
        "guards": tuple(
            Guard(**{**each, "notes": tuple(each["notes"])}) for each in told.get("guards", ())
        ),
    }


@dataclass(frozen=True)
class Diagnosis:
    """A node's gap and why. `comparison` is its exact tree; `reason` says why nothing can be said.
    `calendar_cents` is what days alone make of it, `opening_cents` stores that opened or closed."""

    asked_code: str
    asked_name: str
    period: Period
    compared: Period | None
    against: str
    comparison: Comparison
    findings: tuple[Finding, ...]
    calendar_cents: int | None
    opening_cents: int
    openings: tuple[Place, ...]
    reason: str = ""
    is_looked_for: bool = True

    @property
    def gap_cents(self) -> int | None:
        return self.comparison.change_cents

    @property
    def raised(self) -> list[Finding]:
        """Beyond the threshold, and not set aside."""
        return [each for each in self.findings if each.is_raised and not each.dismissed]

    @property
    def set_aside(self) -> list[Finding]:
        return [each for each in self.findings if each.dismissed]

    @property
    def others(self) -> list[Finding]:
        """What was looked at beside those raised, and what nobody is to be blamed for."""
        usual = (each for each in self.findings if not each.is_raised and not each.dismissed)
        return [each for each in usual if abs(each.contribution_cents) >= WORTH_TELLING]
