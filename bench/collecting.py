"""A system that collects, and what the benchmarks send to it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bench import chains

FOLDER = chains.FOLDER / "collect"
START_SECONDS = 120
QUERYABLE_SECONDS = 60
EVENTS_A_BATCH = 100
PLACEHOLDER = b"0123456789ab-"
VISITORS = 50_000


@contextmanager
def system() -> Iterator[tuple[int, str]]:
    from regulars.ground.processes.service import find_environment

    shutil.rmtree(FOLDER, ignore_errors=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = FOLDER.with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        command = [sys.executable, "-m", "regulars.cli", "up", "--data", str(FOLDER)]
        running = subprocess.Popen(
            [*command, "--port", str(port)], stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while b"regulars is up" not in log.read_bytes():
            if running.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the system did not come up: see {log}")
            time.sleep(0.2)
        environment = find_environment(FOLDER) or {}
        os.environ.update(environment, DJANGO_SETTINGS_MODULE="regulars.config.settings")
        yield port, environment["DATABASE_URL"]
    finally:
        os.kill(running.pid, signal.SIGINT)
        running.wait()


def source() -> str:
    import django

    django.setup()
    from regulars.know.collect.service import make_source

    return make_source(None, f"bench {uuid.uuid4().hex[:6]}", "segment")[1]


def count_events() -> int:
    from regulars.ground.warehouse.service import query

    return int(query("SELECT count(*) AS n FROM events")["n"][0].as_py())


def wait_until_queryable(wanted: int) -> float:
    """Seconds until so many events are there. Ends the run where they do not come, or more do."""
    began = time.perf_counter()
    while (found := count_events()) < wanted:
        if time.perf_counter() - began > 5 * QUERYABLE_SECONDS:
            raise SystemExit(f"{found} of {wanted} events became queryable")
        time.sleep(0.2)
    if found != wanted:
        raise SystemExit(f"{found} events are there, {wanted} were accepted")
    return time.perf_counter() - began


def _event(number: int) -> dict[str, Any]:
    visitor = number % VISITORS
    page = {
        "path": f"/p/{number % 997}",
        "url": f"https://shop.example/p/{number % 997}",
        "title": "奶粉",
    }
    return {
        "type": "track",
        "event": ("Product Viewed", "Product Added", "$WebClick")[number % 3],
        "userId": f"M{visitor:07d}" if visitor % 3 == 0 else None,
        "anonymousId": f"a{visitor:07d}",
        "messageId": PLACEHOLDER.decode() + str(number),
        "timestamp": datetime.now(UTC).isoformat(),
        "properties": {
            "product_id": f"P{number % 1332:05d}", "price": 128.5, "mark": PLACEHOLDER.decode(),
            "$element_selector": "div.list > a:nth-of-type(3)", "$element_position": 3,
        },
        "context": {"library": {"name": "tracker", "version": "1"}, "page": page},
    }  # fmt: skip


def _template(count: int, start: int) -> bytes:
    return json.dumps({"batch": [_event(start + place) for place in range(count)]}).encode()


TEMPLATES = [_template(EVENTS_A_BATCH, start * 7_919) for start in range(64)]
TENS = [_template(10, start * 7_919) for start in range(64)]
SINGLES = [json.dumps(_event(start * 7_919)).encode() for start in range(1024)]


def unique() -> bytes:
    return uuid.uuid4().hex[: len(PLACEHOLDER) - 1].encode() + b"-"


def batch(number: int) -> bytes:
    return TEMPLATES[number % len(TEMPLATES)].replace(PLACEHOLDER, unique())


def single(number: int) -> bytes:
    return SINGLES[number % len(SINGLES)].replace(PLACEHOLDER, unique())


def ten(number: int) -> tuple[bytes, str]:
    mark = unique()
    return TENS[number % len(TENS)].replace(PLACEHOLDER, mark), mark.decode()
