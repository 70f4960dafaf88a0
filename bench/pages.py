"""Page times on the demo of real baskets: a real system, signed in, one request after the other.

Fresh: every page asks a question that nobody has asked since the numbers last changed. Again: the
same pages once more, answered from memory. What a page fetches after its first paint is measured
as a request of its own. Brands: the largest list that a page can ask for, sorted and paged.
"""

import http.cookiejar
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench import chains
from bench.harness import Result

FOLDER = chains.FOLDER / "journey"
MONTHS = [f"2017-{month:02d}" for month in range(4, 13)]
START_SECONDS = 300


def main(_scale: float) -> None:
    with _system() as address:
        browser = _signed_in(address)
        asked = _asked(browser, address)
        brands = [f"/metrics/?axis=brand&from={month}-01&to={month}-28" for month in MONTHS]
        for _ in range(3):  # the first requests of a process compile templates
            _get(browser, address + "/members/")
        fresh = [_get(browser, address + path, part) for path, part in asked]
        again = [_get(browser, address + path, part) for path, part in asked]
        listed = [_get(browser, address + path) for path in brands]
        floor = [_get(browser, address + "/healthz") for _ in asked]
    slowest = sorted(zip(fresh, asked, strict=True), reverse=True)[:5]
    print("slowest:", [(f"{ms:.0f} ms", path, part) for ms, (path, part) in slowest])
    for name, claim, bar, times in (
        ("pages_fresh", "p95 of desk and phone pages, each asking something new", 100.0, fresh),
        ("pages_again", "p95 of the same pages asked once more", 100.0, again),
        ("pages_brands", "p95 of a chain's tab of 3,000 brands, asked anew", 300.0, listed),
    ):
        Result(
            name=name,
            claim=claim,
            value=_p95(times),
            unit="ms",
            bar=bar,
            alternatives={"a page that asks nothing (/healthz)": _p95(floor)},
            sizes={"requests": len(times)},
            notes=f"median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms",
        ).save()


def _asked(browser: urllib.request.OpenerDirector, address: str) -> list[tuple[str, str]]:
    """Pages as a head office would walk through them: the tree of the chain, of regions, of stores
    and of categories, month by month; members, places, goods. Beside a path the part of its page
    that is asked for: "" is the page, "trend" and "table" are fetched by the page itself."""
    regions = [f"region-{number}" for number in range(1, 5)]
    trees = [
        f"/metrics/?org={org}&from={month}-01&to={month}-28"
        for month in MONTHS
        for org in ["", *regions]
    ]
    goods = [
        f"/metrics/?category={urllib.parse.quote(name)}&from={month}-01&to={month}-28"
        for month in MONTHS
        for name in ("GROCERY", "DRUG GM", "PRODUCE")
    ]
    members = re.findall(r'href="(/members/[^"/?]+/)"', _text(browser, address + "/members/"))
    others = ["/", "/m/", "/members/", "/org/", "/staff/", "/catalog/", "/imports/", "/health/"]
    of_places = [(path, part) for path in goods for part in ("", "trend")]
    of_goods = [(path + "&axis=category", part) for path in goods for part in ("", "table")]
    return [(path, "") for path in trees + members[:40] + others] + of_places + of_goods


def _get(browser: urllib.request.OpenerDirector, url: str, part: str = "") -> float:
    """Milliseconds until the whole page, or the part of it, is here."""
    began = time.perf_counter()
    _text(browser, urllib.request.Request(url, headers={"X-Part": part} if part else {}))
    return (time.perf_counter() - began) * 1000


def _text(browser: urllib.request.OpenerDirector, asked: str | urllib.request.Request) -> str:
    with browser.open(asked, timeout=60) as answer:
        return str(answer.read().decode())


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _signed_in(address: str) -> urllib.request.OpenerDirector:
    return signed_in_as(address, "hq", FOLDER)


def signed_in_as(address: str, name: str, folder: Path) -> urllib.request.OpenerDirector:
    """A browser in which one of the demo's users is signed in."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    page = _text(browser, address + "/accounts/login/")
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if found is None:
        raise SystemExit("the sign-in page has no form")
    password = json.loads((folder / "demo.json").read_text())["password"]
    form = {"login": name, "password": password, "csrfmiddlewaretoken": found.group(1)}
    request = urllib.request.Request(
        address + "/accounts/login/",
        urllib.parse.urlencode(form).encode(),
        {"Referer": address},
    )
    browser.open(request, timeout=60).close()
    return browser


def _system() -> AbstractContextManager[str]:
    return system_of(FOLDER)


@contextmanager
def system_of(folder: Path, *more: str) -> Iterator[str]:
    """The address of a demo that runs on this folder; `more`: what is added to its command."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder.with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        command = [sys.executable, "-m", "regulars.cli", "demo"]
        command += ["--data", str(folder), "--port", str(port), *more]
        system = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while b"Sign in as" not in log.read_bytes():
            if system.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the demo did not come up: see {log}")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.kill(system.pid, signal.SIGINT)
        system.wait()
