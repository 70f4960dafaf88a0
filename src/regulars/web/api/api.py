"""The API put together: its operations, its errors, its documentation."""

from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI

from regulars.ground.accounts.access import Capability, public
from regulars.web.api import (
    batches,
    diagnosis,
    leads,
    live,
    members,
    metrics,
    orders,
    plays,
    products,
    segments,
    staff,
    stores,
    targets,
)
from regulars.web.api.auth import may
from regulars.web.api.errors import explain_errors

DESCRIPTION = """
Send `Authorization: Bearer TOKEN`. `regulars token USER` prints a token; it sees what its user
sees.

Batches hold up to 1,000 records, are written as a whole request or not at all, and answer for each
record: one that cannot go in (an id that does not exist) is `rejected` and keeps no other out.
Sending the same again changes nothing. A record that is not of the shape below refuses the request
(422), naming the record and the field.

Money is in whole cents, dates are business dates, ids are yours. `Accept-Language: zh-hans` or `en`
chooses the language of messages.
"""

api = NinjaAPI(
    title="Regulars",
    version="1",
    description=DESCRIPTION,
    auth=may(Capability.USE_API),
    docs_decorator=public,
    urls_namespace="api",
)
explain_errors(api)
for noun in (
    metrics,
    targets,
    diagnosis,
    plays,
    leads,
    live,
    members,
    segments,
    products,
    stores,
    staff,
    orders,
    batches,
):
    api.add_router("/v1", noun.router)


def routes() -> tuple[list[URLPattern | URLResolver], str, str]:
    """For `config/urls.py`. The bare root is a 404 that Ninja needs to find its own address."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name == "api-root":
            public(pattern.callback)
    return patterns, app_name, namespace
