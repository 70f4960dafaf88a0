"""Open pages and tills over plain sockets: streams that note when a number came, clients that ask
for it every second, and tills that post signed orders at a steady rate."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf

HOST, CONNECTIONS = "127.0.0.1", 16
EVENT = re.compile(rb'"tickets":(\d+)')
LOCATION = re.compile(rb"(?i)\r\nlocation: ([^\r]+)")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")


@dataclass
class Page:
    """What one page showed of the group: `tickets` grew to `counts[i]` at `moments[i]`. `refused`
    are answers that held no number."""

    counts: list[int] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    refused: int = 0

    def show(self, count: int) -> None:
        if not self.counts or count > self.counts[-1]:
            self.counts.append(count)
            self.moments.append(time.perf_counter())

    def shown_at(self, count: int) -> float | None:
        """When it first showed so many."""
        place = bisect_left(self.counts, count)
        return self.moments[place] if place < len(self.counts) else None


@dataclass(frozen=True)
class Shop:
    """Where pages are open, with an API token, and orders are posted: a webhook source and its
    secret, by Standard Webhooks."""

    port: int
    token: str
    source: str
    secret: str
    stores: tuple[str, ...]
    product: str

    def request(self, number: int) -> bytes:
        """One order, as it goes over the wire."""
        record = {
            "order_id": f"L{number:08d}-{time.time_ns()}",
            "sold_at": datetime.now(UTC).isoformat(),
            "store_id": self.stores[number % len(self.stores)],
            "product_id": self.product,
            "quantity": 1,
            "net_cents": 100 + number % 900,
        }
        body = json.dumps({"records": [record]}).encode()
        message, moment = record["order_id"], str(int(time.time()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = hmac.digest(key, f"{message}.{moment}.".encode() + body, hashlib.sha256)
        head = (
            f"POST /hooks/{self.source} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            f"webhook-id: {message}\r\nwebhook-timestamp: {moment}\r\n"
            f"webhook-signature: v1,{base64.b64encode(signed).decode()}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def post_orders(
    shop: Shop, rate: float, seconds: float, connections: int = 16
) -> list[float]:
    """When each order began to be posted, in that order. Ends the run where one is refused."""
    began, posted = time.perf_counter(), []
    numbers = iter(range(int(rate * seconds)))

    async def one() -> None:
        reader, writer = await asyncio.open_connection(HOST, shop.port)
        for number in numbers:
            if (wait := number / rate - (time.perf_counter() - began)) > 0:
                await asyncio.sleep(wait)
            request = shop.request(number)
            posted.append(time.perf_counter())
            writer.write(request)
            head = await _head(reader)
            if b" 200 " not in head.partition(b"\r\n")[0]:
                raise SystemExit(f"an order was refused: {head!r}")
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return sorted(posted)


async def open_streams(shop: Shop, count: int) -> list[tuple[Page, asyncio.Task[None]]]:
    """So many pages, each with a stream of its own, all of them told a number once."""
    gate = asyncio.Semaphore(16)

    async def one() -> tuple[Page, asyncio.Task[None]]:
        async with gate:
            location = await _ticket(shop)
            reader, writer = await asyncio.open_connection(HOST, shop.port)
            writer.write(_get(location, shop.token))
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.partition(b"\r\n")[0]:
                raise SystemExit(f"a stream was refused: {head!r}")
            page = Page()
            task = asyncio.create_task(_listen(reader, writer, page))
            while not page.counts:
                await asyncio.sleep(0.01)
            return page, task

    return await asyncio.gather(*(one() for _ in range(count)))


async def poll(
    shop: Shop,
    path: str,
    count: int,
    seconds: float,
    found: Callable[[bytes], int | None],
    *,
    most: float = inf,
) -> list[Page]:
    """So many pages that ask once a second, and at once again where the answer took longer; a page
    that shows `most` asks no more."""
    pages = [Page() for _ in range(count)]
    ends_at = time.perf_counter() + seconds

    async def one(place: int, page: Page) -> None:
        await asyncio.sleep(place / count)
        reader, writer = await asyncio.open_connection(HOST, shop.port)
        while (asked_at := time.perf_counter()) < ends_at:
            writer.write(_get(path, shop.token))
            shown = found(await _body(reader))
            if shown is None:
                page.refused += 1
            else:
                page.show(shown)
                if shown >= most:
                    break
            await asyncio.sleep(max(0.0, asked_at + 1 - time.perf_counter()))
        writer.close()

    await asyncio.gather(*(one(place, page) for place, page in enumerate(pages)))
    return pages


def waits(pages: list[Page], base: int, posted: list[float], every: int = 1) -> Iterator[float]:
    """From the moment an order began to be posted until a page counted so many, for each page and
    each order (or one of `every` so many). Those that a page never showed are left out."""
    for page in pages:
        for place in range(0, len(posted), every):
            shown_at = page.shown_at(base + place + 1)
            if shown_at is not None:
                yield shown_at - posted[place]


async def _listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, page: Page) -> None:
    rest = b""
    try:
        while chunk := await reader.read(65_536):
            *events, rest = (rest + chunk).split(b"\n")
            for event in events:
                if told := EVENT.search(event):
                    page.show(int(told[1]))
    finally:
        writer.close()


async def _ticket(shop: Shop) -> str:
    reader, writer = await asyncio.open_connection(HOST, shop.port)
    writer.write(_get("/api/v1/stream", shop.token))
    head = await _head(reader)
    writer.close()
    found = LOCATION.search(head)
    if found is None:
        raise SystemExit(f"no ticket was given: {head!r}")
    return found[1].decode()


def _get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n".encode()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The head of an answer; its body is read and left."""
    head = await reader.readuntil(b"\r\n\r\n")
    if length := LENGTH.search(head):
        await reader.readexactly(int(length[1]))
    return head


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    return await reader.readexactly(int(length[1])) if length else b""
