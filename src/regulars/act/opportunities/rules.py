"""What a play may say, and arithmetic on rates; nothing here asks anybody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from math import sqrt
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

SAID = (
    "name", "name_en", "who", "trigger", "reason", "talk", "content_url", "goods", "coupon",
    "role", "skill", "open_days", "priority", "holdout_rate", "outcome", "window_days",
    "value_cents", "is_service", "is_of_store", "answers", "starts_on", "ends_on",
)  # fmt: skip
"""What a play says, besides where."""
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{1,58}")
LONGEST = {"name": 100, "name_en": 100, "reason": 500, "talk": 2000, "coupon": 100}
SURE = 1.959963984540054
"""Standard deviations on either side of a 95 % interval."""
LONGEST_WINDOW, LONGEST_OPEN = 90, 60
MOST_HELD_OUT, STEP = Decimal("0.5"), Decimal("0.05")
OUTCOMES = {"purchase": "", "category": "code", "event": "name"}
ENTERED = "segment.entered"
ANSWER = re.compile(r"[a-z_]+(/[a-z_]+)?")
USUAL, SLOW = "usual", "slow"


@dataclass(frozen=True)
class Interval:
    """A value with the 95 % interval around it."""

    low: float
    middle: float
    high: float

    def times(self, factor: float) -> "Interval":
        return Interval(self.low * factor, self.middle * factor, self.high * factor)


def wilson(done: int, among: int) -> Interval | None:
    """The share done and its 95 % interval (Wilson 1927); None among nobody."""
    if among <= 0:
        return None
    share, squared = done / among, SURE**2
    middle = (share + squared / (2 * among)) / (1 + squared / among)
    spread = share * (1 - share) / among + squared / (4 * among**2)
    half = SURE * sqrt(spread) / (1 + squared / among)
    return Interval(max(0.0, min(middle - half, share)), share, min(1.0, max(middle + half, share)))


def tags_in(text: str) -> list[str]:
    """The codes in braces in a text, each once, in their order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def pieces_of(text: str) -> list[tuple[str, bool]]:
    """A text as its pieces: words as they stand (False), codes of tags (True)."""
    parts = PLACEHOLDER.split(text)
    return [(part, bool(place % 2)) for place, part in enumerate(parts) if part]


def check_texts(told: Mapping[str, Any]) -> None:
    """Raises UserError for what is missing or too long."""
    for field in ("name", "reason"):
        if not str(told.get(field, "")).strip():
            raise UserError(_("This cannot be empty."), field=field)
    for field, most in LONGEST.items():
        if len(str(told.get(field, ""))) > most:
            raise UserError(
                _("This is too long: up to %(most)s letters."), field=field, facts={"most": most}
            )
    address = str(told.get("content_url", ""))
    if address and not address.startswith(("https://", "http://")):
        raise UserError(
            _("An address of content begins with https:// or http://."), field="content_url"
        )


def check_code(code: str) -> None:
    if not CODE.fullmatch(code):
        raise UserError(
            _("A code has 2 to 59 small letters, digits, - and _: “%(code)s”."),
            field="code", facts={"code": code},
        )  # fmt: skip


def check_outcome(outcome: Mapping[str, Any], value_cents: int | None) -> None:
    """{"kind": "purchase"}, {"kind": "category", "code": …} or {"kind": "event", "name": …}; what
    an event brings must be told. Raises UserError."""
    kind = outcome.get("kind")
    if kind not in OUTCOMES:
        raise UserError(_("Say what counts: a purchase, a category or an event."), field="outcome")
    needed = OUTCOMES[str(kind)]
    if set(outcome) != {"kind", needed} - {""} or (needed and not str(outcome[needed]).strip()):
        raise UserError(_("Say which category or event counts."), field="outcome")
    if kind == "event" and value_cents is None:
        raise UserError(
            _("Nobody can learn what an event brings: say what one is worth."), field="value_cents"
        )


def check_trigger(trigger: Mapping[str, Any], who: str, *, is_of_store: bool = False) -> None:
    """{"event": name, "where": {property: value}}, {"segment": code}, {"tag": code, "becomes":
    value} or {}; without one somebody must be described. Raises UserError."""
    if set(trigger) == {"segment"} or set(trigger) == {"tag", "becomes"}:
        if not all(str(said).strip() for said in trigger.values()):
            raise UserError(_("Say which segment, or which tag and value."), field="trigger")
    elif trigger:
        where = trigger.get("where", {})
        if not str(trigger.get("event", "")).strip() or set(trigger) - {"event", "where"}:
            raise UserError(_("A trigger names an event."), field="trigger")
        if not isinstance(where, dict) or not all(isinstance(v, str | int) for v in where.values()):
            raise UserError(
                _("What a trigger asks of an event are properties with values."), field="trigger"
            )
    elif not who.strip() and not is_of_store:
        raise UserError(_("Say who is meant, or which event fires it."), field="who")


def check_goods(goods: Mapping[str, Any]) -> None:
    """{"category": code}, {"products": [codes]}, {"kind": "usual" or "slow"} or {}. Raises
    UserError."""
    if not goods:
        return
    (kind, said), *more = goods.items()
    is_right = {
        "category": isinstance(said, str) and said != "",
        "products": isinstance(said, list) and said and all(isinstance(c, str) for c in said),
        "kind": said in (USUAL, SLOW),
    }.get(kind, False)
    if more or not is_right:
        raise UserError(
            _("Goods are a category, products, or what she usually buys."), field="goods"
        )


def check_numbers(told: Mapping[str, Any]) -> None:
    """Raises UserError for a number outside of what makes sense."""
    bounds = {
        "holdout_rate": (0, MOST_HELD_OUT), "window_days": (1, LONGEST_WINDOW),
        "open_days": (1, LONGEST_OPEN), "priority": (0, 100),
    }  # fmt: skip
    for field, (least, most) in bounds.items():
        if not least <= told[field] <= most:
            raise UserError(
                _("Between %(least)s and %(most)s."),
                field=field, facts={"least": least, "most": most},
            )  # fmt: skip
    if told["holdout_rate"] % STEP:
        raise UserError(_("In steps of 5 %."), field="holdout_rate")
    if told["value_cents"] is not None and told["value_cents"] < 0:
        raise UserError(_("What one is worth cannot be negative."), field="value_cents")


def check_days(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise UserError(_("It ends before it begins."), field="ends_on")


def watching(trigger: Mapping[str, Any]) -> str:
    """The code of the segment of those who have the value that a tag is to become."""
    told = f"{trigger['tag']} {trigger['becomes']}"
    return f"becomes_{blake2b(told.encode(), digest_size=8).hexdigest()}"


def awaited(trigger: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The name of the event that a trigger waits for, and the properties that it must have; "" for
    none."""
    if "segment" in trigger:
        return ENTERED, {"segment": trigger["segment"]}
    if "tag" in trigger:
        return ENTERED, {"segment": watching(trigger)}
    return str(trigger.get("event", "")), trigger.get("where", {})


def fires(trigger: Mapping[str, Any], name: str, properties: Mapping[str, Any]) -> bool:
    """Whether an event is the one that a trigger waits for."""
    event, where = awaited(trigger)
    if not event or event != name:
        return False
    return all(str(properties.get(k)) == str(v) for k, v in where.items())


def skill_key(skill: Mapping[str, Any]) -> str:
    """A skill as one text; "" for none."""
    return f"{skill['tag']}={skill['value']}" if skill.keys() >= {"tag", "value"} else ""


def check_of_store(told: Mapping[str, Any]) -> None:
    """A task of the store is nobody's lead: it describes no members. Raises UserError."""
    if not told["is_of_store"]:
        return
    if told["who"].strip():
        raise UserError(_("A task of the store describes no members."), field="who")
    if set(told["trigger"]) & {"segment", "tag"}:
        raise UserError(_("Members enter segments and have tags, stores do not."), field="trigger")


def answered_by(part: str, factor: str = "") -> list[str]:
    """What of a play's `answers` answers a finding: its part and factor first, then its part."""
    return [f"{part}/{factor}", part] if factor else [part]


def check_answers(answers: Sequence[str]) -> None:
    """Raises UserError for what names no part of a finding."""
    for each in answers:
        if not isinstance(each, str) or not ANSWER.fullmatch(each):
            raise UserError(
                _("A finding is named by its part, or as part/factor: “%(said)s”."),
                field="answers", facts={"said": each},
            )  # fmt: skip
