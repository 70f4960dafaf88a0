"""The benchmark `live_number` in short, over real processes: it ends and loses nothing."""

import asyncio
from collections.abc import Iterator
from statistics import median

import pytest
from bench.live import polling, streams
from bench.live_pages import Shop
from tests.acceptance.running import new_system

PAGES, RATE, SECONDS = 20, 20.0, 3.0
LATEST_SECONDS = 30.0
"""Far from what the benchmark holds: other tests may run beside this one."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with new_system() as system:
        system.start()
        try:
            keys = system.keys
            yield Shop(system.port, keys.token, "tills", keys.tills, ("S1", "S2"), "P1")
        finally:
            system.stop()


def test_every_order_reaches_every_open_page_soon(shop: Shop) -> None:
    found, missing = asyncio.run(streams(shop, PAGES, RATE, SECONDS))
    assert missing == 0
    assert len(found) == PAGES * RATE * SECONDS
    assert 0 < median(found) < max(found) < LATEST_SECONDS


def test_pages_that_ask_every_second_are_measured_the_same_way(shop: Shop) -> None:
    found, missing = asyncio.run(polling(shop, 2, RATE, SECONDS))
    assert missing == 0
    assert len(found) == 2 * RATE * SECONDS
