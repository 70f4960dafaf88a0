"""What a page stands on is looked up once: the version of the numbers, where somebody stands."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from regulars.ground.kit.looking import one_look


class LookOnce:
    """Django's middleware around every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_look():
            return self.get_response(request)
