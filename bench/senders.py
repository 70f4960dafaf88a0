"""Senders over plain sockets: keep-alive connections that ask as fast as they are answered, or at a
steady rate. They cost little, so that the server is measured and not they."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Body = Callable[[int], bytes]


@dataclass
class Sent:
    """`answers` by status; `latencies` in seconds, of those answered 200: from when each was due
    where there is a rate, else from when it was sent."""

    seconds: float = 0.0
    answers: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.answers.get(200, 0)


async def post(port: int, path: str, key: str, body: Body, **how: Any) -> Sent:
    """Post `body(n)`; `how` as `send` takes it."""

    def request(number: int) -> bytes:
        content = body(number)
        head = (
            f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    return await send(port, request, **how)


async def send(
    port: int,
    request: Body,
    *,
    connections: int,
    seconds: float,
    rate: float | None = None,
) -> Sent:
    """Send `request(n)` on so many connections for so long; with a `rate`, so many a second, each
    at its time or as soon as a connection is free: what was due is sent, however late."""
    sent = Sent()
    began = time.perf_counter()
    numbers = iter(range(10**12))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            now = time.perf_counter() - began
            due = number / rate if rate else now
            if due >= seconds:
                break
            await asyncio.sleep(max(0.0, due - now))
            writer.write(request(number))
            status = await _status(reader)
            sent.answers[status] = sent.answers.get(status, 0) + 1
            if status == 200:
                sent.latencies.append(time.perf_counter() - began - due)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    sent.seconds = time.perf_counter() - began
    return sent


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length")),
        0,
    )
    if length:
        await reader.readexactly(length)
    return int(lines[0].split()[1])
