"""What may be offered to whom, when, and how work is shared: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from regulars.understand.experiments.models import Touch

Channel = Touch.Channel
REMOTE = (Channel.CALL, Channel.SMS, Channel.WECOM)
"""How somebody is approached who is not here; whoever stands at the counter may be spoken to."""


@dataclass(frozen=True)
class Caps:
    """At most `of_all` contacts with a member within `days`, and of each channel as many as it
    says. `unasked`: whoever was never asked for consent may be approached."""

    days: int = 7
    of_all: int = 3
    by_channel: Mapping[str, int] | None = None
    unasked: bool = True

    def room(self, channel: str) -> int:
        return (self.by_channel or {}).get(channel, self.of_all)


def is_quiet(at: datetime, quiet_from: int, quiet_until: int) -> bool:
    """Whether nobody is approached at this moment of the chain's wall clock: from one hour of the
    day until another, over midnight where the first is later; never where they are the same."""
    now, begins, ends = at.time(), time(quiet_from % 24), time(quiet_until % 24)
    if begins == ends:
        return False
    if begins < ends:
        return begins <= now < ends
    return now >= begins or now < ends


def quiet_ends(at: datetime, quiet_from: int, quiet_until: int) -> datetime:
    """From when on somebody may be approached: this moment, or the next end of the quiet hours."""
    if not is_quiet(at, quiet_from, quiet_until):
        return at
    end = at.replace(hour=quiet_until % 24, minute=0, second=0, microsecond=0)
    return end if end > at else end + timedelta(days=1)


def refusal(
    channel: str, consent: bool | None, contacts: Mapping[str, int], caps: Caps, *, is_service: bool
) -> str:
    """Why a channel may not be used with a member: "consent", "cap", or "" where it may.

    `contacts`: how often by each channel within the days that count. A service is owed: neither
    the cap nor the consent to offers keeps it back.
    """
    if is_service or channel == Channel.STORE:
        return ""
    if consent is False or (consent is None and not caps.unasked):
        return "consent"
    remote = sum(contacts.get(each, 0) for each in REMOTE)
    if remote >= caps.of_all or contacts.get(channel, 0) >= caps.room(channel):
        return "cap"
    return ""


def allowed(
    consents: Mapping[str, bool | None],
    contacts: Mapping[str, int],
    caps: Caps,
    *,
    is_service: bool = False,
) -> list[str]:
    """The channels by which a member may be approached, but for the counter."""
    return [
        str(channel)
        for channel in REMOTE
        if not refusal(channel, consents.get(channel), contacts, caps, is_service=is_service)
    ]


def dealt(count: int, shares: Mapping[int, int]) -> list[int]:
    """Who of `shares` gets each of `count` things, as even as their shares allow: everybody's part
    is within one of what is due. Raises ValueError without a share above nothing."""
    whole = sum(share for share in shares.values() if share > 0)
    if whole <= 0:
        raise ValueError("nobody has a share")
    given = {who: 0 for who, share in sorted(shares.items()) if share > 0}
    order = []
    for _ in range(count):
        who = min(given, key=lambda each: ((given[each] + 1) / shares[each], each))
        given[who] += 1
        order.append(who)
    return order
