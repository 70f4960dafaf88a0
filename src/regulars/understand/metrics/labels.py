"""What parts and factors are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PART_NAMES: dict[str, Promise] = {
    "new": _("New members"),
    "active_old": _("Active old members"),
    "dormant_old": _("Dormant old members"),
    "never_bought": _("Members who had never bought"),
    "graduated": _("Members grown out of the range"),
    "cross_store": _("Cross-store purchases"),
    "non_member": _("Non-members"),
    "returns": _("Returns of earlier tickets"),
}
RATE_NAMES: dict[str, Promise] = {
    "new": _("Conversion"),
    "active_old": _("Retention"),
    "dormant_old": _("Win-back"),
    "never_bought": _("First-purchase rate"),
    "graduated": _("Still buying"),
}
FACTOR_NAMES: dict[str, Promise] = {
    "members": _("Members"),
    "buyers": _("Buyers"),
    "tickets": _("Tickets"),
    "lines": _("Goods per ticket"),
    "units": _("Units per good"),
    "net_cents": _("Price per unit"),
}
TICKETS_PER_BUYER = _("Tickets per buyer")


def part_name(part: str) -> Promise:
    """What a part of the identity is called."""
    return PART_NAMES[part]


def factor_name(part: str, code: str, is_first: bool) -> Promise:
    """A first factor is a count; each later one is a ratio to the one before."""
    if is_first:
        return FACTOR_NAMES[code]
    if code == "buyers":
        return RATE_NAMES[part]
    return TICKETS_PER_BUYER if code == "tickets" else FACTOR_NAMES[code]
