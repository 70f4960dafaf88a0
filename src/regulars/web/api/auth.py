"""Who calls the API: a token of a user, or the console's own session; always with that user's
scope."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from regulars.ground.accounts import access
from regulars.ground.accounts.access import Capability
from regulars.ground.accounts.models import User
from regulars.ground.accounts.service import find_user_by_token
from regulars.ground.kit.errors import NotAllowed


def may(capability: Capability) -> list[Callable[[HttpRequest], Any]]:
    """Open an operation to users who may use the API and have `capability`. Checked before the
    body is looked at, so that nobody learns from errors about what he may not do."""
    return [Token(capability), Session(capability)]


class Token(HttpBearer):
    """A token from `regulars token USER`, sent as `Authorization: Bearer …`."""

    def __init__(self, capability: Capability) -> None:
        super().__init__()
        self.capability = capability

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = find_user_by_token(token)
        if user is None:
            return None
        if user.language and "Accept-Language" not in request.headers:
            translation.activate(user.language)
        request.user = user
        return _allowed(user, self.capability)


class Session(APIKeyCookie):
    """The session of someone signed in to the console; writing needs the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, capability: Capability) -> None:
        super().__init__(csrf=True)
        self.capability = capability

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if request.user.is_authenticated else None

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        return _allowed(request.user, self.capability) if isinstance(request.user, User) else None


def _allowed(user: User, capability: Capability) -> User:
    access.check(user, Capability.USE_API)
    access.check(user, capability)
    return user


def sees_the_whole_chain(request: HttpRequest) -> None:
    """Raises NotAllowed for someone bound to a part of it."""
    if access.scope_of(request.user).node_id is not None:
        raise NotAllowed(_("Only someone who sees the whole chain may send this."))


def outside_scope(column: str, value: str) -> dict[str, str]:
    """The shape `Fault`: the record lies outside what the caller may change."""
    message = _("“%(value)s” lies outside what you may change.") % {"value": value}
    return {"column": column, "reason": "outside_scope", "message": message, "value": value}
