"""What every template knows."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Scope, scope_of
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import NotAllowed
from regulars.web.parts.navigation import sections_for

ARTIFICIAL = {
    "regions": _("regions"),
    "branches": _("branches"),
    "staff": _("staff"),
    "phones": _("phone numbers"),
    "names": _("names"),
    "everything": _("everything"),
}


def page(request: HttpRequest) -> dict[str, Any]:
    """The chain, today, and for someone signed in what he may do and where he may go."""
    scope = _scope(request)
    match = request.resolver_match
    is_chinese = (get_language() or "").startswith("zh")
    return {
        "chain": chain(),
        "chain_name": chain().name_zh if is_chinese else chain().name_en,
        "artificial": [ARTIFICIAL.get(word, word) for word in chain().artificial],
        "today": clock.today(),
        "scope": scope,
        "sections": sections_for(scope) if scope else [],
        "here": match.url_name if match else None,
    }


def _scope(request: HttpRequest) -> Scope | None:
    user = getattr(request, "user", None)
    try:
        return scope_of(user) if user is not None else None
    except NotAllowed:
        return None
