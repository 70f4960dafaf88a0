"""Whom chance holds out, and what may be measured. Pure."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

BLOCK = 20
"""So many consecutive entries at a store hold exactly the share that is to be held out."""
STEP = Decimal(1) / BLOCK
MOST_HELD_OUT = Decimal("0.5")
LONGEST_WINDOW = 90
NEEDED = {"purchase": None, "category": "code", "event": "name"}
"""What each kind of outcome is told by, besides its kind."""
Array = Any


def check_rate(rate: Decimal) -> None:
    """Raises UserError unless 0–50 % in steps of 5 %."""
    if not 0 <= rate <= MOST_HELD_OUT or rate % STEP:
        raise UserError(
            _("Between 0 and 50 % are held out, in steps of 5 %."), field="holdout_rate"
        )


def check_window(days: int) -> None:
    if not 1 <= days <= LONGEST_WINDOW:
        raise UserError(
            _("What counts is looked at for 1 to %(most)s days."),
            field="window_days",
            facts={"most": LONGEST_WINDOW},
        )


def check_outcome(outcome: Mapping[str, Any]) -> None:
    """Raises UserError unless it is of a known kind and tells what that kind needs."""
    kind = outcome.get("kind")
    if kind not in NEEDED:
        raise UserError(
            _("What counts is a purchase, goods of a category, or an event."), field="outcome"
        )
    needed = NEEDED[kind]
    if set(outcome) - {"kind", needed} or (needed and not str(outcome.get(needed) or "").strip()):
        raise UserError(
            _("What counts is told by its kind and, but for a purchase, by what it is of."),
            field="outcome",
        )


def held_out_at(salt: str, rate: Decimal, stores: Array, places: Array) -> Array:
    """Which entries are held out: the one at each of `places` (from 0, in order of entering at its
    store) of `stores`. In each block of `BLOCK` places of a store exactly `rate` of them are; which
    depends on salt, store and block alone."""
    blocks, of = np.unique(
        np.stack([np.asarray(stores, np.int64), np.asarray(places, np.int64) // BLOCK]),
        axis=1,
        return_inverse=True,
    )
    held = _shuffled(salt, blocks) < int(rate * BLOCK)
    return held[of.ravel(), np.asarray(places, np.int64) % BLOCK]


def _shuffled(salt: str, blocks: Array) -> Array:
    """A permutation of 0 … BLOCK − 1 for each block (store, number)."""
    seed = np.uint64(int.from_bytes(hashlib.sha256(salt.encode()).digest()[:8]))
    store, number = blocks.astype(np.uint64)
    keys = _mixed(
        _mixed(_mixed(seed ^ store) ^ number)[:, None] ^ np.arange(BLOCK, dtype=np.uint64)
    )
    return keys.argsort(axis=1).argsort(axis=1)


def _mixed(value: Array) -> Array:
    """SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): each bit of the answer hangs on all bits."""
    with np.errstate(over="ignore"):
        value = value + np.uint64(0x9E3779B97F4A7C15)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return value ^ (value >> np.uint64(31))
