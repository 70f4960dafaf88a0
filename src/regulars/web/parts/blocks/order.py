"""In which order blocks stand: as usual for the role, or as someone arranged them. Codes only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from regulars.ground.accounts.access import Role

USUAL: dict[str, tuple[str, ...]] = {
    Role.CHAIRMAN: (
        "live", "findings", "actions", "month", "targets", "plays", "ledger", "trend", "assets",
        "usage", "alerts", "briefing", "scan",
    ),
    Role.OPERATIONS: (
        "live", "findings", "plays", "alerts", "actions", "month", "trend", "targets", "ledger",
        "usage", "assets", "data", "briefing", "scan",
    ),
    Role.ADMINISTRATOR: (
        "data", "live", "alerts", "findings", "actions", "month", "trend", "assets", "scan",
    ),
    Role.CATEGORY_MANAGER: ("month", "findings", "targets", "trend", "briefing", "scan"),
    Role.REGION_HEAD: (
        "live", "briefing", "findings", "visits", "actions", "alerts", "targets", "month", "usage",
        "ledger", "assets", "trend", "scan",
    ),
    Role.STORE_MANAGER: (
        "leads", "live", "briefing", "huddle", "actions", "findings", "targets", "month", "usage",
        "assets", "trend", "scan",
    ),
    Role.CONSULTANT: (
        "leads", "live", "briefing", "actions", "huddle", "targets", "month", "scan",
    ),
    Role.CONTENT_EDITOR: ("catalogue",),
    Role.BRAND_PARTNER: ("month", "trend"),
}  # fmt: skip


class Move(StrEnum):
    UP = "up"
    DOWN = "down"
    HIDE = "hide"
    SHOW = "show"


@dataclass(frozen=True)
class Arrangement:
    """Codes, each once: those shown in their order, and those put away."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]


def arranged(
    role: str, open_codes: Sequence[str], kept: Sequence[str], put_away: Collection[str]
) -> Arrangement:
    """How the blocks open to someone stand: those `kept` in their order, not those `put_away`. What
    is in neither is new since: it stands after what comes before it as usual, or, where the role
    does not usually show it, waits among the hidden ones."""
    shown = [code for code in dict.fromkeys(kept) if code in open_codes]
    usual = [code for code in USUAL.get(role, ()) if code in open_codes]
    for place, code in enumerate(usual):
        if code not in shown and code not in put_away:
            before = [shown.index(each) for each in usual[:place] if each in shown]
            shown.insert(before[-1] + 1 if before else 0, code)
    return Arrangement(tuple(shown), tuple(code for code in open_codes if code not in shown))


def moved(now: Arrangement, code: str, move: Move, seen: Collection[str]) -> Arrangement:
    """After one step among the blocks `seen` on the device at hand: past those that this device
    does not show at once. A step that leads nowhere changes nothing."""
    if move == Move.SHOW and code in now.hidden:
        return Arrangement((*now.shown, code), tuple(each for each in now.hidden if each != code))
    if code not in now.shown:
        return now
    others = [each for each in now.shown if each != code]
    if move == Move.HIDE:
        return Arrangement(tuple(others), (*now.hidden, code))
    at = now.shown.index(code)
    above = [place for place, each in enumerate(others) if each in seen and place < at]
    below = [place for place, each in enumerate(others) if each in seen and place >= at]
    if move == Move.UP and above:
        others.insert(above[-1], code)
    elif move == Move.DOWN and below:
        others.insert(below[0] + 1, code)
    else:
        return now
    return replace(now, shown=tuple(others))
