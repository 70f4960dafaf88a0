"""What went wrong, said to the person in front of the screen."""

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from regulars.ground.kit.errors import NoRoom, NotAllowed, NotFound, UserError
from regulars.ground.warehouse.service import WarehouseAway, WarehouseTooSlow

RETRY_SECONDS = 5
log = logging.getLogger(__name__)


class ExplainErrors:
    """A UserError becomes a page that names what and where: 403, 404, 503 or 400. While the
    warehouse is away the pages that need it say so, and try again: 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, WarehouseAway):
            log.warning("%s: %s", request.path, error)
            return _come_back_soon(request)
        if isinstance(error, WarehouseTooSlow):
            log.warning("%s: %s", request.path, error)
            message = _(
                "This takes longer than a question may: ask for less time or a smaller part."
            )
            return explain(request, message, 504)
        if not isinstance(error, UserError):
            return None
        status = {NotAllowed: 403, NotFound: 404, NoRoom: 503}.get(type(error), 400)
        return explain(request, str(error), status)


def _come_back_soon(request: HttpRequest) -> HttpResponse:
    """While the warehouse starts again: a page that looks for itself whether it is there."""
    message = _(
        "The warehouse of numbers is being started again, which takes a few seconds."
        " Nothing is lost: what is sent meanwhile is kept and goes in afterwards."
    )
    response = explain(request, message, 503)
    response["Retry-After"] = str(RETRY_SECONDS)
    if request.method == "GET":
        response["Refresh"] = str(RETRY_SECONDS)
    return response


def explain(request: HttpRequest, message: str, status: int) -> HttpResponse:
    """The page that says what went wrong, in the layout the person is in."""
    layout = "parts/phone.html" if request.path.startswith("/m/") else "parts/base.html"
    page = {"message": message, "status": status, "layout": layout}
    return render(request, "parts/error.html", page, status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. While the database is away nothing can be asked of it, not even who is
    asking: a page that stands alone, or an answer of the API, says so, and to come again: 503."""
    error = sys.exc_info()[1]
    if not isinstance(error, OperationalError | InterfaceError):
        return defaults.server_error(request)
    log.warning("%s: %s", request.path, error)
    message = _(
        "The database is being started again; nothing that was taken in is lost. Try again shortly."
    )
    return come_again(request.path, "database_away", message, is_looking=request.method == "GET")


def come_again(path: str, code: str, message: str, *, is_looking: bool) -> HttpResponse:
    """503, as a page that stands alone or as an answer of the API; whoever only looks looks again
    by itself."""
    if path.startswith("/api/"):
        told = {"error": {"code": code, "message": message, "field": None}}
        response: HttpResponse = JsonResponse(told, status=503)
    else:
        response = HttpResponse(message, content_type="text/plain; charset=utf-8", status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    if is_looking:
        response["Refresh"] = str(RETRY_SECONDS)
    return response


def page_not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """Django's handler404."""
    message = _("The address names no page. It may be mistyped, or what it showed is gone.")
    return explain(request, message, 404)
