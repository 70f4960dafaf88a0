"""HTTP as the door needs it: a request read within bounds, an answer, a refusal."""

import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_THROWN_AWAY = 32 * 2**20
GZIP_MAGIC = b"\x1f\x8b"
EITHER_FORM = 32 + zlib.MAX_WBITS  # zlib's own form or gzip's, by its first bytes
OPEN_TO_PAGES = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "retry-after",  # else a page cannot read how long to wait
}


@dataclass(frozen=True)
class Request:
    """Header names are lower case; `ip` is the sender's, "" where unknown."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    ip: str


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Nothing was stored. `retry_after` in seconds where it is worth trying again; `source` is
    whose it was, where that is known."""

    def __init__(
        self, status: int, reason: str, retry_after: int | None = None, source: str = ""
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after
        self.source = source

    @property
    def answer(self) -> Answer:
        again = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        body = orjson.dumps({"success": False, "error": self.reason})
        return Answer(self.status, body, headers=again)


async def read(scope: Scope, receive: Receive, most_bytes: int) -> Request:
    """The whole request. Raises Refusal(413) beyond `most_bytes`, and 400 where it breaks off.

    What is too large is read on and thrown away for a while: a sender that is still sending when
    the answer comes would see a broken connection and no reason.
    """
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refusal(400, "the request broke off")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= most_bytes:
            chunks.append(chunk)
        if not message.get("more_body") or size > most_bytes + MOST_THROWN_AWAY:
            break
    if size > most_bytes:
        raise Refusal(413, f"a body may have {most_bytes} bytes")
    client = scope.get("client") or ("", 0)
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), encoding="utf-8"))
    return Request(scope["method"], scope["path"], query, headers, b"".join(chunks), client[0])


def inflate(packed: bytes, most_bytes: int) -> bytes:
    """What was compressed with gzip or zlib. Raises Refusal(400) for what is neither or broken,
    and for what grows beyond `most_bytes`: no more than that is ever unpacked."""
    unpacker = zlib.decompressobj(EITHER_FORM)
    try:
        unpacked = unpacker.decompress(packed, most_bytes)
    except zlib.error as error:
        raise Refusal(400, f"the compressed body is broken: {error}") from None
    if unpacker.unconsumed_tail:
        raise Refusal(400, f"a body may unpack to {most_bytes} bytes")
    if not unpacker.eof:
        raise Refusal(400, "the compressed body breaks off")
    return unpacked


def parsed(text: bytes) -> Any:
    """JSON. Raises Refusal(400) saying where it breaks."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, f"broken JSON: {error}") from None


async def give(answer: Answer, send: Send) -> None:
    headers = {
        "content-type": answer.content_type,
        "content-length": str(len(answer.body)),
        **OPEN_TO_PAGES,
        **answer.headers,
    }
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
