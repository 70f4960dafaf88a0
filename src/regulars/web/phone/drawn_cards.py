"""A lead's card is drawn once for as long as it says the same.

After an event each phone of the store looks at its list again, on which one card has changed. What
is kept has all that a card shows in its name, so that nothing old is found by it; but for the hour
in the link to the rating, which is as good as a later one.
"""

from collections.abc import Sequence
from hashlib import blake2b

import orjson
from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from regulars.ground.accounts.access import Capability, Scope
from regulars.web.parts.leads import Card

KEPT_SECONDS = 300


def drawn(request: HttpRequest, scope: Scope, cards: Sequence[Card]) -> list[SafeString]:
    """The cards as they stand on the page, in their order."""
    keys = [_key(request, scope, card) for card in cards]
    kept = cache.get_many(keys)
    fresh = {
        key: render_to_string("phone/leads/card.html", {"card": card, "scope": scope})
        for key, card in zip(keys, cards, strict=True)
        if key not in kept
    }
    cache.set_many(fresh, KEPT_SECONDS)
    return [(kept | fresh)[key] for key in keys]


def _key(request: HttpRequest, scope: Scope, card: Card) -> str:
    told = (
        card.lead, card.lead.is_late, card.child, card.channels, card.chat,
        scope.may(Capability.WORK_LEADS), get_language(), request.get_host(), request.scheme,
    )  # fmt: skip
    return f"card:{blake2b(orjson.dumps(told), digest_size=20).hexdigest()}"
