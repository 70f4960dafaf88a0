"""What a phone may do without a network: install itself, and keep the own list of leads.

`X-Person` says on every page who looks; only an answer with `X-Keep` may be kept, by that person.
"""

from collections.abc import Callable
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from regulars.ground.accounts.access import public
from regulars.ground.accounts.models import User
from regulars.ground.kit.deployment import chain
from regulars.web.parts.persons import key_of

PHONE = "/m/"
KEEP, PERSON = "X-Keep", "X-Person"
ICON_SIZES = (192, 512)


class NameThePerson:
    """Django's middleware: each page of the phone says whose it is, without saying who."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(PHONE) and isinstance(request.user, User):
            response[PERSON] = key_of(request.user)
        return response


def kept(response: HttpResponse) -> HttpResponse:
    """Let the phone keep this answer for when there is no network."""
    response[KEEP] = "1"
    response["Cache-Control"] = "private, no-cache"
    return response


@never_cache
@public
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: it looks after the pages below its own address."""
    path = finders.find("worker.js")
    assert isinstance(path, str)
    return HttpResponse(Path(path).read_bytes(), content_type="text/javascript; charset=utf-8")


@public
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the page on its home screen."""
    is_chinese = (get_language() or "").startswith("zh")
    name = chain().name_zh if is_chinese else chain().name_en
    icons = [{"src": static("mark.svg"), "type": "image/svg+xml", "sizes": "any"}] + [
        {"src": static(f"mark-{size}.png"), "type": "image/png", "sizes": f"{size}x{size}"}
        for size in ICON_SIZES
    ]
    told = {
        "name": name, "short_name": name[:12], "lang": get_language(), "id": PHONE,
        "start_url": reverse("phone_leads"), "scope": PHONE, "display": "standalone",
        "background_color": "#f4f6f8", "theme_color": "#0b5d7a", "icons": icons,
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")
