"""Pages under ASGI: a few threads, each of which answers a request from its first middleware to its
last (decision 0035)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import IO, Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from django.utils.translation import gettext as _

from regulars.web.parts.middleware import come_again

TOO_MUCH = "too_much_at_once"


class Pages(ASGIHandler):
    """Django, `threads` requests at a time; `most_waiting` more wait their turn, and whoever comes
    when all places are taken is told to come again."""

    def __init__(self, threads: int, most_waiting: int) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(threads, "page")
        self._places = threads + most_waiting

    def load_middleware(self, is_async: bool = False) -> None:
        """All of it plain: Django would go back to the loop between middleware and view, for the
        sake of asynchronous views, of which there is none."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self._places:
            await self.send_response(_refusal(scope), send)
            return
        self._places -= 1
        try:
            body = await self.read_body(receive)
            loop, context = asyncio.get_running_loop(), copy_context()
            answered = loop.run_in_executor(self._threads, context.run, self._answer, scope, body)
            await self.send_response(await answered, send)
        except RequestAborted:
            return
        finally:
            self._places += 1

    def _answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """The whole answer; whatever it took is given back."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        with body:
            request, refusal = self.create_request(scope, body)
            response: Any = refusal if request is None else self.get_response(request)
            response._handler_class = self.__class__  # whoever hears that it is finished asks
            try:
                return _whole(response)
            finally:
                response.close()


def _whole(response: HttpResponseBase) -> HttpResponseBase:
    """What is written part by part is written here: its parts may ask the database."""
    if not response.streaming:
        return response
    whole = HttpResponse(b"".join(response), status=response.status_code, headers=response.headers)
    whole.cookies = response.cookies
    return whole


def _refusal(scope: Any) -> HttpResponse:
    message = _("Too much is asked for at once. Nothing was taken in: try again shortly.")
    return come_again(scope["path"], TOO_MUCH, message, is_looking=scope["method"] == "GET")
