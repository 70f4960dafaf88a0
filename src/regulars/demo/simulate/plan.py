"""What is to be simulated: sizes, dates, and the random streams that the seed gives."""

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

HISTORY_DAYS = 2_190
"""How long before the first day the chain's first member joined."""
MOST_MEMBERS = 99_999_999
MOST_STORES = 9_999
MOST_DAYS = 3_650


@dataclass(frozen=True)
class Plan:
    """Days are counted from the first one, day 0; the days before it are negative."""

    members: int
    stores: int
    days: int
    seed: int
    end: date

    def __post_init__(self) -> None:
        _check("members", self.members, MOST_MEMBERS)
        _check("stores", self.stores, MOST_STORES)
        _check("days", self.days, MOST_DAYS)
        if self.seed < 0:
            raise UserError(_("seed must be 0 or more"), field="seed")

    @property
    def start(self) -> date:
        return self.end - timedelta(days=self.days - 1)

    @property
    def epoch_day(self) -> int:
        """Day 0 as days since 1970-01-01."""
        return (self.start - date(1970, 1, 1)).days

    def day_of(self, day: date) -> int:
        return (day - self.start).days

    def date_of(self, day: int) -> date:
        return self.start + timedelta(days=day)

    def random(self, purpose: str, number: int = 0) -> np.random.Generator:
        """A stream of its own for each purpose and number: one never shifts another."""
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode()), number])


def _check(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        message = _("%(name)s must be from 1 to %(most)s, not %(value)s")
        raise UserError(message % {"name": name, "most": most, "value": value}, field=name)
