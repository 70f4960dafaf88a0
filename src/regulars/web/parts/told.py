"""What someone was told: the list of messages, a page at a time."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from regulars.ground.messages.service import list_messages
from regulars.web.parts.who import signed_in

A_PAGE = 30


def page_of_messages(request: HttpRequest) -> dict[str, Any]:
    told = Paginator(list_messages(signed_in(request)), A_PAGE)
    return {"page": told.get_page(request.GET.get("page"))}
