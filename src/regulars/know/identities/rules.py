"""Which identities are one person: pure rules over what was seen together.

Persons are a function of the links, never of the order in which these came: so merges may arrive in
any order, and whatever is taken back leaves what was there before.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import crypto


class Kind(TextChoices):
    """What may identify somebody. The order is that of trust: an event with several identities is
    that of the first."""

    MEMBER = "member", _("member id")
    UNIONID = "unionid", _("WeChat union id")
    EXTERNAL_USERID = "external_userid", _("WeCom customer id")
    OPENID = "openid", _("WeChat open id")
    CARD = "card", _("card")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail address")
    DEVICE = "device", _("device")
    COOKIE = "cookie", _("cookie")


KINDS = tuple(Kind.values)
KIND_SET = frozenset(KINDS)
STRONG: frozenset[str] = frozenset({"member", "unionid", "external_userid", "card", "phone"})
"""These link persons by themselves. The others only follow: a cookie that two members used is no
reason to think them one."""

SEEN_WITH_AT_MOST: dict[str, int] = dict.fromkeys(KINDS, 3) | {Kind.MEMBER.value: 6}
"""How many different identities of one strong kind an identity may be seen with. Beyond that it is
shared (the shop's own phone, a tablet on the counter, the till's stand-in member): it stands alone
and waits for review."""

IN_ONE_PERSON_AT_MOST: dict[str, int] = {
    Kind.MEMBER.value: 1,
    Kind.UNIONID.value: 1,
    Kind.EXTERNAL_USERID.value: 2,
    Kind.CARD.value: 3,
    Kind.PHONE.value: 3,
}
"""What a person may hold unless people say otherwise. A link that would make it more is a
suggestion."""

LONGEST = 255
SHORTEST_PHONE = 5
JUNK = frozenset({
    "", "0", "-1", "null", "none", "nil", "undefined", "unknown", "anonymous", "guest", "nan",
    "true", "false", "test", "default", "n/a", "na", "[object object]",
    "00000000-0000-0000-0000-000000000000",
})  # fmt: skip
"""What broken senders put where an identity should stand; everybody would be this one person."""
LONGEST_JUNK = max(map(len, JUNK))
EMAIL_PATTERN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Link(NamedTuple):
    """Two identities that belong together: seen on one event, on a member's record, or by hand.

    `order` sorts links of one weight: the earliest first, then something that does not depend on
    who came first.
    """

    one: int
    other: int
    weight: int
    order: tuple[int, bytes, bytes]


BY_HAND, ON_RECORD, SEEN = 0, 1, 2
"""Weights of links: what people decided counts before what is on record, that before what was
seen."""


@dataclass(frozen=True)
class Groups:
    """`group_of` every identity a key of its group (an identity in it); `held` are the links that
    would have broken a limit."""

    group_of: dict[int, int]
    held: list[Link]


def normalised(kind: str, value: str | None) -> str | None:
    """The form that is hashed and compared; None of what identifies nobody."""
    if not value or kind not in KIND_SET:
        return None
    text = (value if value.isascii() else unicodedata.normalize("NFKC", value)).strip()
    if len(text) > LONGEST or "\x00" in text:
        return None
    if len(text) <= LONGEST_JUNK and text.lower() in JUNK:
        return None
    if kind == Kind.PHONE:
        digits = crypto.normalise_phone(text)
        return digits if len(digits) >= SHORTEST_PHONE and len(set(digits)) > 1 else None
    if kind == Kind.EMAIL:
        return text.lower() if EMAIL_PATTERN.fullmatch(text) else None
    return text


def hint_of(kind: str, value: str) -> str:
    """What may be shown of a normalised value. Member ids and cards are known to staff anyway."""
    if kind in (Kind.MEMBER, Kind.CARD):
        return value
    if kind == Kind.PHONE:
        return crypto.mask(value)
    if kind == Kind.EMAIL:
        name, _at, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    shown = 4 if len(value) >= 3 * 4 else 1
    return f"{value[:shown]}…{value[-shown:]}"


def is_shared(kind: str, seen_with: Iterable[str]) -> bool:
    """Whether an identity stands with too many others to say who somebody is. `seen_with` are the
    kinds of the different identities it was seen with."""
    counts = Counter(other for other in seen_with if other in STRONG)
    return any(count > SEEN_WITH_AT_MOST[kind] for count in counts.values())


def grouped(kinds: Mapping[int, str], links: Iterable[Link], alone: Collection[int]) -> Groups:
    """Strong identities in groups, a person each.

    Links are taken by weight and order; one that would make a group hold more than
    `IN_ONE_PERSON_AT_MOST` is held, unless it is by hand. Identities in `alone` link with nobody.
    """
    above = {each: each for each in kinds}
    held_kinds = {each: Counter({kind: 1}) for each, kind in kinds.items()}
    held = []

    def top(each: int) -> int:
        while above[each] != each:
            above[each] = above[above[each]]
            each = above[each]
        return each

    for link in sorted(links, key=lambda link: (link.weight, link.order)):
        if link.one in alone or link.other in alone:
            continue
        one, other = sorted((top(link.one), top(link.other)))
        if one == other:
            continue
        if link.weight != BY_HAND and _is_too_much(held_kinds[one], held_kinds[other]):
            held.append(link)
            continue
        above[other] = one
        held_kinds[one] += held_kinds[other]
    return Groups({each: top(each) for each in kinds}, held)


def first_choice(
    followed: Mapping[int, tuple[int, bytes]],
    is_strong: Callable[[int], bool],
    alone: Collection[int],
) -> int | None:
    """Whom a weak identity follows: of those it was seen with ({identity: (first seen, hash)}) the
    strong before the weak, the earliest first; nobody who stands alone."""
    choices = [each for each in followed if each not in alone]
    return min(choices, key=lambda each: (not is_strong(each), followed[each]), default=None)


def _is_too_much(one: Counter[str], other: Counter[str]) -> bool:
    return any(
        one[kind] and other[kind] and one[kind] + other[kind] > IN_ONE_PERSON_AT_MOST[kind]
        for kind in one
    )
