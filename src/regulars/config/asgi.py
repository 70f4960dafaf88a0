"""The ASGI entry: Django, and beside it the bare apps that share its port."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
django = get_asgi_application()

from regulars.know.collect.door.app import collect, entrance_for  # noqa: E402
from regulars.web.api.lead_streams import is_lead_stream, lead_stream  # noqa: E402
from regulars.web.api.streams import is_stream, stream  # noqa: E402


async def application(scope: Any, receive: Any, send: Any) -> None:
    """What SDKs send is taken in at the door, live streams are told their numbers; everything else
    is Django's."""
    if scope["type"] == "http" and entrance_for(scope["path"]):
        await collect(scope, receive, send)
    elif scope["type"] == "http" and is_stream(scope):
        await stream(scope, receive, send)
    elif scope["type"] == "http" and is_lead_stream(scope):
        await lead_stream(scope, receive, send)
    else:
        await django(scope, receive, send)
