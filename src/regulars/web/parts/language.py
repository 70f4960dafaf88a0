"""In which language a page speaks: as was chosen in this browser, else the person's own, else as
the browser asks."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.i18n import set_language

from regulars.ground.accounts.access import public
from regulars.ground.accounts.models import User
from regulars.ground.accounts.service import choose_language

COOKIE = settings.LANGUAGE_COOKIE_NAME


class SpeakToThePerson:
    """Someone signed in who once chose a language is spoken to in it, on every machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_chosen_here = bool(request.COOKIES.get(COOKIE))
        if not is_chosen_here and (own := getattr(request.user, "language", "")):
            translation.activate(own)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


@public
def switch_language(request: HttpRequest) -> HttpResponse:
    """Choose a language: for someone signed in as the person's own, else for this browser."""
    response = set_language(request)
    is_chosen = COOKIE in response.cookies
    if is_chosen and isinstance(request.user, User):
        choose_language(request.user, request.POST["language"])
        response.delete_cookie(COOKIE)
    return response
