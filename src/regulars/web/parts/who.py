"""Who is looking."""

from django.http import HttpRequest

from regulars.ground.accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The user of a request that `requires` has let through."""
    assert isinstance(request.user, User)
    return request.user
