"""Live: from an order's posting until every open page shows the group with it.

A whole system on this machine, tills and pages on the same one. 500 pages hold a stream each, tills
post 200 signed orders a second, one order a request. Pages count tickets: the k-th order posted is
shown when the group's tickets have grown by k. Beside it, in the same run: as many pages that ask
the metric tree of today once a second, as a page without streams would. Both are bounded and end by
themselves.
"""

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench import chains
from bench.collecting import FOLDER, system
from bench.harness import Result
from bench.live_pages import Page, Shop, open_streams, poll, post_orders, waits

PAGES, RATE, SECONDS, POLLED_SECONDS = 500, 200.0, 30.0, 15.0
MOST_WAIT_SECONDS, SETTLED_SECONDS = 30.0, 600.0
SIZES = {"members": 400_000, "stores": 400, "days": 120}
SEED = 1
ASKED_AT_MOST = 2_000
"""Waits of every order on every page are millions: of so many of the orders they are taken."""


def main(scale: float) -> None:
    files = _files(scale)
    with system() as (port, _database):
        _import(files)
        shop = _ready(port)
        _settle()
        streamed, missing = asyncio.run(streams(shop, PAGES, RATE, SECONDS))
        print(f"streams: p99 {_p99(streamed):.2f} s, {missing} never shown", flush=True)
        polled, unseen = asyncio.run(polling(shop, PAGES, RATE, POLLED_SECONDS))
    _save(streamed, missing, polled, unseen, len(shop.stores))


async def streams(shop: Shop, pages: int, rate: float, seconds: float) -> tuple[list[float], int]:
    """Seconds from posting until shown, for each order and page; and how many were never shown."""
    opened = await open_streams(shop, pages)
    shown = [page for page, _task in opened]
    base = max(page.counts[-1] for page in shown)
    posted = await post_orders(shop, rate, seconds)
    await _until_all_show(shown, base + len(posted))
    for _page, task in opened:
        task.cancel()
    return _waits(shown, base, posted)


async def polling(shop: Shop, pages: int, rate: float, seconds: float) -> tuple[list[float], int]:
    """The same with pages that ask every second, until they show every order or a while longer."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    path = f"/api/v1/metrics/tree?from={today}&to={today}&compare=none"

    def found(body: bytes) -> int | None:
        told = json.loads(body)
        return int(told["total"]["tickets"]) if "total" in told else None

    (first,) = await poll(shop, path, 1, 0.1, found)
    most = first.counts[-1] + int(rate * seconds)
    asking = asyncio.create_task(poll(shop, path, pages, seconds + 10, found, most=most))
    posted = await post_orders(shop, rate, seconds)
    return _waits(await asking, first.counts[-1], posted)


async def _until_all_show(pages: list[Page], count: int) -> None:
    ends_at = time.perf_counter() + MOST_WAIT_SECONDS
    while any(page.counts[-1] < count for page in pages) and time.perf_counter() < ends_at:
        await asyncio.sleep(0.1)


def _waits(pages: list[Page], base: int, posted: list[float]) -> tuple[list[float], int]:
    every = max(1, len(posted) // ASKED_AT_MOST)
    found = list(waits(pages, base, posted, every))
    return found, len(pages) * len(posted[::every]) - len(found)


def _save(
    streamed: list[float], missing: int, polled: list[float], unseen: int, stores: int
) -> None:
    cut = statistics.quantiles(streamed, n=100, method="inclusive")
    polled_p99 = _p99(polled)
    Result(
        name="live_number",
        claim="From posting an order until the group's number on an open page has it, p99, at 200 "
        "orders a second with 500 pages open",
        value=cut[98] if not missing else float("inf"),
        unit="s",
        bar=1.0,
        alternatives={
            "pages that ask every second": polled_p99
            if not unseen
            else f"{polled_p99:.1f} where shown at all, {unseen:,} never"
        },
        sizes={"pages": PAGES, "orders": int(RATE * SECONDS), "stores": stores},
        notes=f"median {cut[49]:.2f} s, p95 {cut[94]:.2f} s, slowest {max(streamed):.2f} s; "
        f"polled: median {statistics.median(polled):.1f} s",
    ).save()


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[98]


def _files(scale: float) -> Path:
    from regulars.demo.simulate import simulate

    end = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    folder = chains.FOLDER / f"live-{scale:g}"
    shutil.rmtree(folder, ignore_errors=True)
    sizes = {name: max(int(SIZES[name] * scale), 4) for name in ("members", "stores")}
    simulate(folder, **sizes, days=SIZES["days"], seed=SEED, end=end)
    return folder


def _import(files: Path) -> None:
    command = [sys.executable, "-m", "regulars.cli", "import", str(files), "--data", str(FOLDER)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _settle() -> None:
    """Until the tags of what was imported are computed: that is another benchmark's work."""
    from regulars.know.tags.service import count_waiting

    ends_at = time.perf_counter() + SETTLED_SECONDS
    while count_waiting():
        if time.perf_counter() > ends_at:
            raise SystemExit("the tags are still being computed")
        time.sleep(1)


def _ready(port: int) -> Shop:
    """Someone of the head office, and a till that posts for all stores."""
    import django

    django.setup()
    from regulars.ground.accounts.service import create_user, issue_token
    from regulars.ground.org.models import Node
    from regulars.know.catalog.models import Product
    from regulars.know.collect.service import make_source

    user = create_user(None, "live", "a long enough password", "operations")
    source, secret = make_source(None, "tills", "webhook", {"kind": "lines"})
    stores = tuple(Node.objects.filter(kind="store").values_list("code", flat=True))
    product = Product.objects.values_list("code", flat=True)[:1].get()
    return Shop(port, issue_token(None, user), source.code, secret, stores, product)
