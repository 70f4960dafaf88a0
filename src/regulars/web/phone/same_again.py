"""A page that somebody looks at again and again is drawn once, for as long as nothing on it moved.

Kept in this process's memory, for one person in one session, half a minute at most: by then what
the check does not see (a child's month, a number beside the list) has moved.
"""

from collections.abc import Callable
from hashlib import blake2b
from http import HTTPStatus

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from regulars.ground.kit import clock
from regulars.ground.messages.service import count_unread
from regulars.web.parts.who import signed_in

KEPT_SECONDS = 30


def same_again(
    request: HttpRequest, standing: str, draw: Callable[[], HttpResponse]
) -> HttpResponse:
    """The page as it was drawn for this person while all is as it was; otherwise drawn anew. One
    with something to say, or that stands on nothing to compare (`standing` is empty), is not kept.
    """
    if not standing or _is_its_own(request):
        return draw()
    key = _key(request, standing)
    pages = caches["pages"]
    kept: tuple[bytes, dict[str, str]] | None = pages.get(key)
    if kept is not None:
        return HttpResponse(kept[0], headers=kept[1])
    response = draw()
    if response.status_code == HTTPStatus.OK:
        pages.set(key, (response.content, dict(response.items())), KEPT_SECONDS)
    return response


def _is_its_own(request: HttpRequest) -> bool:
    """It has something to say, or gives the browser its first token for forms."""
    says_something = "messages" in request.COOKIES or "_messages" in request.session
    return says_something or not request.META.get("CSRF_COOKIE")


def _key(request: HttpRequest, standing: str) -> str:
    user = signed_in(request)
    told = (
        user.pk, user.role, request.session.session_key, request.META.get("CSRF_COOKIE"),
        request.get_host(), request.get_full_path(), get_language(), clock.today(),
        count_unread(user), standing, bool(getattr(request, "wecom_sdk", None)),
    )  # fmt: skip
    return f"phone:{blake2b(repr(told).encode(), digest_size=20).hexdigest()}"
