"""The names of channels that most chains have; others keep what the chain calls them."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

NAMES: dict[str, Promise] = {
    "store": pgettext_lazy("channel", "Store"),
    "miniapp": pgettext_lazy("channel", "Mini-program"),
    "delivery": pgettext_lazy("channel", "Delivery"),
    "live": pgettext_lazy("channel", "Live stream"),
    "consultant": pgettext_lazy("channel", "Consultant"),
    "referral": pgettext_lazy("channel", "Referral"),
}


def channel_name(code: str) -> str:
    """How people call a channel of sale or joining, in the language in force."""
    return str(NAMES.get(code, code))
