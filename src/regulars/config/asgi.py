"""The ASGI entry: Django, and beside it the bare apps that share its port."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
django.setup(set_prefix=False)

from regulars.know.collect.door.app import collect, entrance_for  # noqa: E402
from regulars.web.api.lead_streams import is_lead_stream, lead_stream  # noqa: E402
from regulars.web.api.streams import is_stream, stream  # noqa: E402
from regulars.web.parts.pages import Pages  # noqa: E402

pages = Pages(threads=8, most_waiting=200)  # each more would only wait for the others
watchers = Pages(threads=2, most_waiting=50)
"""Whoever watches is answered while all others wait."""
WATCHED = ("/healthz", "/readyz")


async def application(scope: Any, receive: Any, send: Any) -> None:
    """What SDKs send is taken in at the door, live streams are told their numbers; everything else
    is Django's."""
    if scope["type"] == "http" and entrance_for(scope["path"]):
        await collect(scope, receive, send)
    elif scope["type"] == "http" and is_stream(scope):
        await stream(scope, receive, send)
    elif scope["type"] == "http" and is_lead_stream(scope):
        await lead_stream(scope, receive, send)
    elif scope["path"] in WATCHED:
        await watchers(scope, receive, send)
    else:
        await pages(scope, receive, send)
