"""What went wrong, said to the person in front of the screen."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.ground.kit.errors import NotAllowed, NotFound, UserError


class ExplainErrors:
    """A UserError becomes a page that names what and where: 403, 404 or 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, UserError):
            return None
        status = {NotAllowed: 403, NotFound: 404}.get(type(error), 400)
        return render(request, "parts/error.html", {"message": str(error)}, status=status)
