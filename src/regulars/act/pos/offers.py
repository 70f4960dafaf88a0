"""What a coupon's text takes off a ticket: 满200减30, 减30, 85折, 30 off 200, 10% off."""

import re
from dataclasses import dataclass
from decimal import Decimal

CENTS = 100
_NUMBER = r"(\d{1,7}(?:\.\d{1,2})?)"
_LEAST_OFF = re.compile(rf"满\s*{_NUMBER}\s*元?\s*[,，]?\s*(?:立)?减\s*{_NUMBER}")
_OFF_LEAST = re.compile(
    rf"(?<![\d.]){_NUMBER}(?!\s*%)\s*off\s+(?:of\s+|from\s+)?{_NUMBER}", re.IGNORECASE
)
_OFF = re.compile(rf"(?:立减|减)\s*{_NUMBER}")
_FOLD = re.compile(r"(?<![\d.])(\d(?:\.\d)?|[1-9]\d)\s*折")
_PERCENT = re.compile(r"(?<![\d.])(\d{1,2})\s*%\s*off", re.IGNORECASE)


@dataclass(frozen=True)
class Offer:
    """`off_cents`, or `off_percent` of the ticket, from `least_cents` on."""

    least_cents: int = 0
    off_cents: int = 0
    off_percent: int = 0

    def taken_off(self, cents: int) -> int:
        """What it takes off a ticket of `cents`: 0 below its least, never more than the ticket."""
        if cents <= 0 or cents < self.least_cents:
            return 0
        percent = (2 * cents * self.off_percent + 100) // 200
        return min(cents, self.off_cents + percent)


def read_offer(text: str) -> Offer | None:
    """What a coupon's text promises; None where it cannot be read, and a person must decide."""
    if found := _LEAST_OFF.search(text):
        return Offer(least_cents=_cents(found[1]), off_cents=_cents(found[2]))
    if found := _PERCENT.search(text):
        return Offer(off_percent=int(found[1]))
    if found := _OFF_LEAST.search(text):
        return Offer(least_cents=_cents(found[2]), off_cents=_cents(found[1]))
    if found := _FOLD.search(text):
        return Offer(off_percent=100 - _percent_paid(found[1]))
    if found := _OFF.search(text):
        return Offer(off_cents=_cents(found[1]))
    return None


def _cents(text: str) -> int:
    return int(Decimal(text) * CENTS)


def _percent_paid(text: str) -> int:
    """9折 and 90折 pay nine tenths; 8.5折 and 85折 pay 85 in a hundred."""
    return int(Decimal(text) * 10) if "." in text or len(text) == 1 else int(text)
