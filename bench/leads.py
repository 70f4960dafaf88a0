"""Leads: from posting an event that fires a play until an open page has the lead.

A whole system on this machine. Events come at 1,000 a second; among them, twice a second, one of a
member whose play it fires. A page of the whole chain holds a stream; beside it, in the same run, a
page that asks for its list every five seconds.
"""

import asyncio
import json
import re
import shutil
import statistics
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench import chains
from bench.collecting import EVENTS_A_BATCH, batch, source, system
from bench.harness import Result
from bench.live import _import, _settle
from bench.senders import post

RATE, SECONDS, FIRED_A_SECOND, ASKED_EVERY = 1_000.0, 60.0, 2.0, 5.0
SETTLES_SECONDS = 10.0
SIZES = {"members": 100_000, "stores": 40, "days": 30}
EVENT = "Bench Fired"


def main(scale: float) -> None:
    files = _files(scale)
    with system() as (port, _database):
        _import(files)
        key = source()
        _settle()
        codes, token = _ready()
        heard, asked, posted = asyncio.run(_measure(port, key, codes, token))
        _save(_waits(heard, posted), _waits(asked, posted), len(posted))


def _files(scale: float) -> Any:
    from regulars.demo.simulate import simulate

    folder = chains.FOLDER / f"leads-{scale:g}"
    shutil.rmtree(folder, ignore_errors=True)
    sizes = {name: max(int(SIZES[name] * scale), 4) for name in ("members", "stores")}
    end = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    simulate(folder, **sizes, days=SIZES["days"], seed=1, end=end)
    return folder


def _ready() -> tuple[list[str], str]:
    """A running play, the members whom it is fired for, and a token of the head office."""
    from regulars.act.opportunities.models import Play
    from regulars.ground.accounts.service import create_user, issue_token
    from regulars.ground.kit import clock
    from regulars.know.members.models import Member

    day = clock.today()
    Play.objects.create(
        code="bench", name="bench", reason="", state=Play.State.APPROVED, is_service=True,
        trigger={"event": EVENT, "where": {}}, outcome={"kind": "purchase"},
        starts_on=day - timedelta(days=1), ends_on=day + timedelta(days=2),
    )  # fmt: skip
    user = create_user(None, "leads", "a long enough password", "operations")
    members = Member.objects.exclude(home_store=None).order_by("pk")
    count = int(SECONDS * FIRED_A_SECOND)
    codes = list(members.values_list("code", flat=True)[:count])
    return codes, issue_token(None, user)


async def _measure(
    port: int, key: str, codes: list[str], token: str
) -> tuple[dict[int, float], dict[int, float], dict[str, float]]:
    heard: dict[int, float] = {}
    asked: dict[int, float] = {}
    posted: dict[str, float] = {}
    others = [
        asyncio.create_task(_hear(port, token, heard)),
        asyncio.create_task(_ask(port, token, asked)),
    ]
    await asyncio.sleep(2)
    load = post(
        port, "/v1/batch", key, batch, connections=8, seconds=SECONDS,
        rate=RATE / EVENTS_A_BATCH,
    )  # fmt: skip
    await asyncio.gather(load, _fire(port, key, codes, posted))
    await asyncio.sleep(SETTLES_SECONDS)
    for task in others:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return heard, asked, posted


async def _fire(port: int, key: str, codes: list[str], posted: dict[str, float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.perf_counter()
    for place, code in enumerate(codes):
        await asyncio.sleep(max(0.0, began + place / FIRED_A_SECOND - time.perf_counter()))
        event = {
            "type": "track", "event": EVENT, "userId": code, "messageId": f"fired-{code}",
            "timestamp": datetime.now(UTC).isoformat(), "properties": {},
        }  # fmt: skip
        posted[code] = time.perf_counter()
        body = json.dumps({"batch": [event]}).encode()
        head = (
            f"POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.partition(b"\r\n")[0]:
            raise SystemExit(f"an event was refused: {answer!r}")
        length = re.search(rb"(?i)content-length: (\d+)", answer)
        await reader.readexactly(int(length[1]) if length else 0)
    writer.close()


async def _hear(port: int, token: str, heard: dict[int, float]) -> None:
    """The page with a stream: when each lead came."""
    location = (await _get(port, "/api/v1/leads/stream", token))[0]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {location} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                for lead in json.loads(line[6:])["leads"]:
                    heard.setdefault(lead["id"], time.perf_counter())
    finally:
        writer.close()


async def _ask(port: int, token: str, asked: dict[int, float]) -> None:
    """The page that asks: when each lead was first in its list."""
    while True:
        after = max(asked, default=0)
        path = f"/api/v1/leads?state=to_do&limit=1000&after={after or ''}"
        body = json.loads((await _get(port, path, token))[1])
        for item in body["items"]:
            asked.setdefault(item["lead_id"], time.perf_counter())
        await asyncio.sleep(ASKED_EVERY)


async def _get(port: int, path: str, token: str) -> tuple[str, bytes]:
    """The address that an answer leads to, and its body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n"
    writer.write(f"{head}connection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    head_, _blank, body = answer.partition(b"\r\n\r\n")
    lines = [line.partition(b": ") for line in head_.split(b"\r\n")]
    found = [value.decode() for name, _colon, value in lines if name.lower() == b"location"]
    return (found or [""])[0], body


def _waits(seen: dict[int, float], posted: dict[str, float]) -> list[float]:
    from regulars.act.tasks.models import Lead

    whose = dict(Lead.objects.filter(source_id=EVENT).values_list("member__code", "pk"))
    return [
        seen[whose[code]] - at
        for code, at in posted.items()
        if code in whose and whose[code] in seen
    ]


def _save(streamed: list[float], polled: list[float], fired: int) -> None:
    whole = len(streamed) == fired
    Result(
        name="lead_latency",
        claim="From posting an event that fires a play until the lead is told to an open page, "
        "p99, at 1,000 events a second",
        value=_p99(streamed) if whole else float("inf"),
        unit="s",
        bar=2.0,
        alternatives={"a page that asks every five seconds": _p99(polled)},
        sizes={"events": int(RATE * SECONDS), "fired": fired, "told": len(streamed)},
        notes=f"median {statistics.median(streamed):.2f} s, slowest {max(streamed):.2f} s",
    ).save()


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[98]
