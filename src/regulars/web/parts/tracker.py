"""Our tracker, for pages of any origin: at `/tracker.js`, for good as `/tracker.js?v=VERSION`."""

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from regulars.ground.accounts.access import public
from regulars.web.parts.static_files import version_of

FILE = "tracker.js"
KEPT_FOR_GOOD, KEPT_FOR_AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"


def _etag(request: HttpRequest) -> str:
    return f'"{version_of(FILE)}"'


@public
@transaction.non_atomic_requests
@require_safe
@condition(etag_func=_etag)
def show(request: HttpRequest) -> HttpResponse:
    """Without its version it is looked after once an hour, so that a fix reaches every page."""
    response = HttpResponse(_text(), content_type="text/javascript; charset=utf-8")
    is_versioned = request.GET.get("v") == version_of(FILE)
    response["Cache-Control"] = KEPT_FOR_GOOD if is_versioned else KEPT_FOR_AN_HOUR
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _text() -> bytes:
    path = finders.find(FILE)
    assert isinstance(path, str)
    return Path(path).read_bytes()
