"""Phones: 10,000 of them with the stream of leads open, and what one more lead costs.

A whole system on this machine; the phones' side is in this process. Each phone hears one of 4,000
stores. Then a lead is opened in each of 200 stores, one after another. Beside it: how many phones
the same process could serve that ask for their list every five seconds.
"""

import asyncio
import json
import os
import resource
import statistics
import time
from pathlib import Path

from bench.collecting import FOLDER, system
from bench.harness import Result
from bench.leads import _get

PHONES, STORES, LEADS = 10_000, 4_000, 200
ASKED_EVERY, ASKING_SECONDS, AT_ONCE = 5.0, 10.0, 16
MOST_WAIT_SECONDS = 30.0
BAR_MB = 1024.0


def main(scale: float) -> None:
    phones = max(int(PHONES * scale), 50)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with system() as (port, _database):
        import django

        django.setup()
        stores, token = _ready(max(int(STORES * scale), 20))
        asked = asyncio.run(_asking(port, token))
        before = _web_mb()
        waits, after = asyncio.run(_open(port, stores, phones))
        _save(phones, before, after, waits, asked)


def _ready(count: int) -> tuple[list[int], str]:
    from regulars.ground.accounts.service import create_user, issue_token
    from regulars.ground.org.models import Node

    nodes = [Node(code=f"S{n}", name=f"S{n}", kind=Node.Kind.STORE) for n in range(count)]
    made = Node.objects.bulk_create(nodes)
    user = create_user(None, "phones", "a long enough password", "operations")
    return [node.pk for node in made], issue_token(None, user)


async def _asking(port: int, token: str) -> float:
    """Answers a second to phones that ask for their list."""
    ends_at, answered = time.perf_counter() + ASKING_SECONDS, 0

    async def one() -> None:
        nonlocal answered
        while time.perf_counter() < ends_at:
            await _get(port, "/api/v1/leads?state=to_do&limit=30", token)
            answered += 1

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return answered / ASKING_SECONDS


async def _open(port: int, stores: list[int], phones: int) -> tuple[list[float], float]:
    """Seconds from opening a lead until each phone of its store has it; the web process' memory
    with all phones open."""
    heard: dict[int, dict[int, float]] = {n: {} for n in range(phones)}
    gate = asyncio.Semaphore(64)
    ready = asyncio.Semaphore(0)

    async def one(place: int) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            path = f"/api/v1/leads/stream?ticket={_ticket(stores[place % len(stores)])}"
            writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.partition(b"\r\n")[0]:
                raise SystemExit(f"a phone was refused: {head!r}")
            ready.release()
        while line := await reader.readline():
            if line.startswith(b"data: "):
                for lead in json.loads(line[6:])["leads"]:
                    heard[place].setdefault(lead["id"], time.perf_counter())

    tasks = [asyncio.create_task(one(place)) for place in range(phones)]
    for _ in range(phones):
        await ready.acquire()
    after = _web_mb()
    opened = {}
    for store in stores[:LEADS]:
        at = time.perf_counter()
        opened[await asyncio.to_thread(_open_lead, store)] = (store, at)
        await asyncio.sleep(0.02)
    wanted = [(p, pk) for p in range(phones) for pk, (s, _at) in opened.items()
              if s == stores[p % len(stores)]]  # fmt: skip
    ends_at = time.perf_counter() + MOST_WAIT_SECONDS
    while any(pk not in heard[p] for p, pk in wanted) and time.perf_counter() < ends_at:
        await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    missing = sum(pk not in heard[p] for p, pk in wanted)
    if missing:
        raise SystemExit(f"{missing} of {len(wanted)} were not told")
    return [heard[p][pk] - opened[pk][1] for p, pk in wanted], after


def _ticket(store: int) -> str:
    from django.core import signing

    from regulars.act.tasks.tickets import SALT

    return signing.dumps({"stores": [store]}, salt=SALT, compress=True)


def _open_lead(store: int) -> int:
    from django.db import transaction

    from regulars.act.tasks.models import Lead
    from regulars.ground.jobs.service import publish
    from regulars.ground.kit import clock

    with transaction.atomic():
        day = clock.today()
        lead = Lead.objects.create(
            store_id=store, title="t", source="manager", is_outreach=False, due_on=day,
            opened_on=day,
        )  # fmt: skip
        publish("lead.opened", lead_ids=[lead.pk], store_ids=[store])
    return lead.pk


def _web_mb() -> float:
    """What the web process and its worker hold of memory that is their own, in MB."""
    mine = f"REGULARS_DATA={FOLDER.resolve()}".encode()
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            if mine in environment and b"PGAPPNAME=regulars web" in environment:
                rollup = (folder / "smaps_rollup").read_text("ascii")
                total += sum(
                    int(line.split()[1]) for line in rollup.splitlines()
                    if line.startswith("Private_")
                )  # fmt: skip
        except OSError:
            continue
    return total / 1024


def _save(phones: int, before: float, after: float, waits: list[float], asked: float) -> None:
    cut = statistics.quantiles(waits, n=100, method="inclusive")
    Result(
        name="phones",
        claim=f"Memory of the web process with {phones:,} phones on the stream of leads",
        value=after,
        unit="MB",
        bar=BAR_MB,
        alternatives={
            "phones that the same process serves when they ask every five seconds":
                f"{asked * ASKED_EVERY:,.0f} phones",
        },
        sizes={"phones": phones, "leads told": len(waits)},
        notes=f"{before:,.0f} MB before them; a lead is told p50 {cut[49]:.2f} s, "
        f"p99 {cut[98]:.2f} s after it was opened",
    ).save()  # fmt: skip
