"""A small shop on an origin of its own, with the tracker in its pages, and somebody to send to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TRACKER = Path(__file__).parents[2] / "src/regulars/web/static/tracker.js"
PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>Shop {path}</title>
<link rel="icon" href="data:,">
<script src="{tracker}" data-endpoint="{endpoint}" {options}></script>
</head><body><main>
<h1>{path}</h1><button id="buy">加入 <b>购物车</b></button>
<section><div class="tools"><a href="/next">Next</a><a href="/other">Other</a></div>
<ul class="goods">{goods}</ul>
</section>
<div class="card" style="cursor: pointer"><span>A whole card</span></div><p>Nothing to press</p>
<label for="phone">Phone</label><input id="phone" name="phone" value="13812345678">
<div data-regulars-ignore><button>Secret</button></div><div style="height: 3000px"></div>
</main></body></html>"""
GOODS = "<li><button>买</button></li>" * 3


class Shop:
    """`name` is that of its source; `batches` are the bodies that arrived and were taken.
    `answers` says what comes back first: (status, headers), used up one a request, then 200."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.name = f"shop-{server.server_port}"
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.tracker, self.endpoint, self.options = "/tracker.js", f"{self.url}/v1/batch", ""
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.batches: list[dict[str, Any]] = []
        self.refused = 0

    @property
    def events(self) -> list[dict[str, Any]]:
        """What arrived, each message once, in the order it happened."""
        by_id = {e["messageId"]: e for batch in self.batches for e in batch["batch"]}
        return sorted(by_id.values(), key=lambda event: str(event["timestamp"]))

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if name in (event.get("event"), event["type"])]

    def page(self, path: str) -> bytes:
        filled = {
            "goods": GOODS,
            "tracker": self.tracker,
            "endpoint": self.endpoint,
            "options": self.options,
        }
        return PAGE.format(path=path, **filled).encode()

    def receive(self, body: bytes) -> tuple[int, dict[str, str]]:
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        if status == 200:
            self.batches.append(json.loads(body))
        else:
            self.refused += 1
        return status, headers


@contextmanager
def open_shop() -> Iterator[Shop]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.shop = Shop(server)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.shop  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/tracker.js":
            return self._answer(200, {"Content-Type": "text/javascript"}, TRACKER.read_bytes())
        return self._answer(
            200, {"Content-Type": "text/html; charset=utf-8"}, self._shop.page(path)
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(*self._shop.receive(body), b"{}")

    @property
    def _shop(self) -> Shop:
        return self.server.shop  # type: ignore[attr-defined,no-any-return]

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        allowed = {"Access-Control-Allow-Origin": "*", "Content-Length": str(len(body))}
        self.send_response(status)
        for name, value in (allowed | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: what arrived is in the shop."""
