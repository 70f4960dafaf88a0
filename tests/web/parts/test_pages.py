"""Requests under ASGI: a few at a time, some wait, and the rest are told to come again."""

import asyncio
import threading
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from regulars.web.parts.pages import Pages

SOON = 5.0


class Asked:
    """One request to `pages`, and what was answered."""

    def __init__(self, pages: Pages, path: str = "/", method: str = "GET") -> None:
        self.status, self.headers, self.body = 0, dict[str, str](), b""
        scope = {
            "type": "http", "method": method, "path": path, "query_string": b"",
            "headers": [(b"host", b"testserver")],
        }  # fmt: skip
        self.answered = asyncio.create_task(pages(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        self.body += message.get("body", b"")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Every answer waits for it."""
    may_go = threading.Event()

    def answer(_pages: Pages, _request: HttpRequest) -> HttpResponse:
        assert may_go.wait(SOON)
        return HttpResponse(threading.current_thread().name)

    monkeypatch.setattr(Pages, "get_response", answer)
    return may_go


def test_some_wait_their_turn_and_the_rest_are_told_to_come_again(slow: threading.Event) -> None:
    async def ask() -> list[Asked]:
        pages = Pages(threads=1, most_waiting=1)
        asked = [Asked(pages) for _ in range(2)]
        await asyncio.sleep(0)
        asked += [Asked(pages), Asked(pages, "/api/v1/leads", "POST")]
        await asyncio.gather(*(each.answered for each in asked[2:]))
        slow.set()
        await asyncio.gather(*(each.answered for each in asked))
        later = Asked(pages)
        await later.answered
        return [*asked, later]

    first, second, page, api, later = asyncio.run(asyncio.wait_for(ask(), SOON))
    assert [each.status for each in (first, second, page, api, later)] == [200, 200, 503, 503, 200]
    assert first.body == second.body == later.body == b"page_0"
    assert (page.headers["retry-after"], page.headers["refresh"]) == ("5", "5")
    assert "refresh" not in api.headers
    assert b'"code": "too_much_at_once"' in api.body


def test_what_is_written_part_by_part_arrives_whole_with_its_cookies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(_pages: Pages, _request: HttpRequest) -> StreamingHttpResponse:
        response = StreamingHttpResponse((part for part in (b"a,", b"b")), status=201)
        response.headers["X-Kept"] = "1"
        response.set_cookie("seen", "yes")
        return response

    monkeypatch.setattr(Pages, "get_response", answer)

    async def ask() -> Asked:
        asked = Asked(Pages(threads=1, most_waiting=0))
        await asked.answered
        return asked

    asked = asyncio.run(ask())
    assert (asked.status, asked.body, asked.headers["x-kept"]) == (201, b"a,b", "1")
    assert asked.headers["set-cookie"].startswith("seen=yes")
