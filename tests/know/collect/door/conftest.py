"""A door in this process, over the run's real PostgreSQL: it commits on connections of its own, so
what it stored is removed by hand."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import connection

from regulars.know.collect.door import app
from regulars.know.collect.models import Batch, Source
from regulars.know.collect.service import make_source

TABLES = "collect_batch, collect_reject, collect_source, collect_source_minute"
Answered = tuple[int, bytes, dict[str, str]]
Knock = Callable[..., Answered]


@pytest.fixture
def knock(transactional_db: None) -> Iterator[Knock]:
    """`knock(method, address, body, headers)`: status, body and headers of the answer."""

    def ask(
        method: str, address: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answered:
        return asyncio.run(_asked(method, address, body, headers or {}))

    yield ask
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")


@pytest.fixture
def segment(transactional_db: None) -> dict[str, str]:
    """A Segment source's Authorization header."""
    _source, key = make_source(None, "web shop", Source.Kind.SEGMENT)
    return {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}


def stored() -> list[Batch]:
    return list(Batch.objects.order_by("id"))


async def _asked(method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Answered:
    for made in (app._shelf, app._senders, app._pressure):
        made.cache_clear()  # each belongs to one event loop
    path, _, query = address.partition("?")
    answer: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answer.append(message)

    await app.collect(scope, receive, send)
    await app._shelf().close()
    start, content = answer
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], content["body"], told
