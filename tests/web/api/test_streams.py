"""Streams: who may hear which numbers, and what a stream tells."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.postgres_address import postgres_address
from regulars.ground.org.models import Node
from regulars.understand.live.models import CHANNEL, Course, Number, State
from regulars.understand.live.service import Board, Targets, Ticket
from regulars.understand.live.tickets import VALID_SECONDS, read_ticket, signed
from regulars.web.api import streams

Role = User.Role
TODAY = date(2020, 2, 5)
SOON = 5.0


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def ticket_in(answer: Any) -> Ticket | None:
    assert answer.status_code == 307, answer.content
    address = urlsplit(answer.headers["Location"])
    assert address.path == "/api/v1/stream"
    return read_ticket(parse_qs(address.query)["ticket"][0])


def ids(*codes: str) -> set[int]:
    return set(Node.objects.filter(code__in=codes).values_list("pk", flat=True))


def test_a_ticket_names_the_places_that_were_asked_for(caller) -> None:
    ticket = ticket_in(caller(Role.OPERATIONS).get("stream", org=["S1", "East"]))
    assert ticket is not None
    assert set(ticket.targets) == ids("S1", "East")
    assert ticket.day == TODAY


def test_left_out_it_is_the_callers_own_place(caller) -> None:
    ticket = ticket_in(caller(Role.STORE_MANAGER, node="S1").get("stream"))
    assert ticket is not None
    assert set(ticket.targets) == ids("S1")


def test_another_places_numbers_are_refused(caller) -> None:
    manager = caller(Role.STORE_MANAGER, node="S1")
    assert manager.get("stream", org="S2").status_code == 403
    assert manager.get("stream", org=["S1", "East"]).status_code == 403
    assert caller(Role.REGION_HEAD, node="East").get("stream", org="S3").status_code == 403


def test_a_place_that_is_not_there_is_refused(hq) -> None:
    assert hq.get("stream", org="nowhere").status_code == 404


def test_someone_who_sees_some_goods_alone_hears_no_whole_places(caller) -> None:
    answer = caller(Role.CATEGORY_MANAGER, category_codes=["Baby"]).get("stream")
    assert answer.status_code == 400
    assert "whole places" in answer.json()["error"]["message"]


def test_too_many_places_are_refused(hq) -> None:
    assert hq.get("stream", org=["S1"] * 41).status_code == 400


@pytest.mark.django_db
def test_nobody_without_a_token_gets_a_ticket() -> None:
    assert Client().get("/api/v1/stream").status_code == 401


def test_the_console_hands_out_tickets_to_whoever_is_signed_in(caller) -> None:
    client = Client()
    assert client.get("/live/").headers["Location"].startswith("/accounts/login/")
    client.force_login(caller(Role.STORE_MANAGER, node="S1").user)
    ticket = ticket_in(client.get("/live/?org=S1", headers={"accept-language": "en"}))
    assert ticket is not None
    assert ticket.language == "en"
    assert client.get("/live/?org=S2").status_code == 403


def test_a_break_goes_along_to_the_stream(caller) -> None:
    client = Client()
    client.force_login(caller(Role.STORE_MANAGER, node="S1").user)
    answer = client.get("/live/", headers={"Last-Event-ID": "17"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["after"] == ["17"]


def test_a_ticket_is_not_valid_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    text = signed(Ticket(TODAY, {1: Targets()}))
    assert read_ticket(text) == Ticket(TODAY, {1: Targets()})
    later = time.time() + VALID_SECONDS + 1
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert read_ticket(text) is None


def test_what_was_not_signed_here_is_no_ticket() -> None:
    text = signed(Ticket(TODAY, {1: Targets(5, 6)}, "en"))
    assert read_ticket(text[:-1] + ("a" if text[-1] != "a" else "b")) is None
    assert read_ticket(signing.dumps({"nodes": []}, salt="something else")) is None
    assert read_ticket("") is None


# The stream itself: an ASGI app in this process, over the run's real PostgreSQL.


@pytest.fixture
def numbers(transactional_db: None) -> Iterator[dict[str, int]]:
    """HQ, with 70.00 in one ticket, and a store without a sale: their ids by code."""
    found = {}
    for code, kind, cents, revision in (("G", "head_office", 7_000, 4), ("A", "store", 0, 3)):
        node = Node.objects.create(code=code, name=code, kind=kind)
        Number.objects.create(
            node=node, business_on=TODAY, net_cents=cents, tickets=cents and 1, buyers=0,
            earlier_cents=0, revision=revision,
        )  # fmt: skip
        found[code] = node.pk
    State.objects.create(id=1, revision=4, business_on=TODAY, as_of=clock.now())
    yield found
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE org_node, live_state CASCADE")


def sell(node: int, cents: int, revision: int) -> None:
    """As a counting pass does."""
    Number.objects.filter(node_id=node).update(
        net_cents=cents, tickets=cents // 1_000, revision=revision
    )
    State.objects.update(revision=revision, as_of=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(revision)])


class Listener:
    """A stream's other end: its events in the order in which they came."""

    def __init__(self) -> None:
        self.status = 0
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.is_over = False

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.is_over = not message.get("more_body", False)
        for block in message["body"].decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            if "data" in fields:
                self.events.put_nowait(fields)

    async def next_number(self) -> dict[str, Any]:
        async with asyncio.timeout(SOON):
            while (event := await self.events.get())["event"] != "number":
                pass
        return json.loads(event["data"]) | {"id": event.get("id")}


@asynccontextmanager
async def listening(ticket: str, after: str = "", method: str = "GET") -> AsyncIterator[Listener]:
    board = Board(postgres_address("regulars test"))
    ear = Listener()
    scope = {
        "type": "http", "method": method, "path": "/api/v1/stream",
        "query_string": f"ticket={ticket}".encode(),
        "headers": [(b"last-event-id", after.encode())] if after else [],
    }  # fmt: skip
    assert streams.is_stream(scope)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "_board", lambda: board)
        running = asyncio.create_task(streams.stream(scope, ear.receive, ear.send))
        try:
            yield ear
        finally:
            ear.gone.set()
            async with asyncio.timeout(SOON):
                await running
            assert board.streams == 0
            await board.close()


def run(scenario: Callable[[], Any]) -> None:
    asyncio.run(scenario())


def test_a_stream_tells_the_number_and_each_change_of_it(numbers: dict[str, int]) -> None:
    async def scenario() -> None:
        ticket = signed(Ticket(TODAY, {numbers["G"]: Targets(10_000)}, "en"))
        async with listening(ticket) as ear:
            first = await ear.next_number()
            assert (first["org"], first["net_cents"], first["target_cents"]) == ("G", 7_000, 10_000)
            assert first["id"] == "4"
            assert first["shown"]["net"]["text"] == "¥70.00"
            assert first["shown"]["completion"]["text"] == "70.0%"
            await asyncio.to_thread(sell, numbers["G"], 9_000, 5)
            second = await ear.next_number()
            assert (second["net_cents"], second["tickets"], second["id"]) == (9_000, 9, "5")

    run(scenario)


def test_a_stream_tells_nothing_of_places_that_its_ticket_does_not_name(
    numbers: dict[str, int],
) -> None:
    async def scenario() -> None:
        async with listening(signed(Ticket(TODAY, {numbers["A"]: Targets()}))) as ear:
            assert (await ear.next_number())["org"] == "A"
            await asyncio.to_thread(sell, numbers["G"], 9_000, 5)
            await asyncio.to_thread(sell, numbers["A"], 2_000, 6)
            told = await ear.next_number()
            assert (told["org"], told["net_cents"]) == ("A", 2_000)
            assert "shown" not in told

    run(scenario)


def test_who_comes_back_is_told_what_changed_since(numbers: dict[str, int]) -> None:
    async def scenario() -> None:
        both = {numbers["G"]: Targets(), numbers["A"]: Targets()}
        async with listening(signed(Ticket(TODAY, both)), after="3") as ear:
            assert (await ear.next_number())["org"] == "G"
            assert ear.events.empty()

    run(scenario)


def test_an_id_from_before_a_new_beginning_hides_nothing(numbers: dict[str, int]) -> None:
    async def scenario() -> None:
        async with listening(signed(Ticket(TODAY, {numbers["G"]: Targets()})), after="99") as ear:
            assert (await ear.next_number())["net_cents"] == 7_000

    run(scenario)


def test_the_id_comes_with_the_last_of_several_numbers(numbers: dict[str, int]) -> None:
    async def scenario() -> None:
        both = {numbers["G"]: Targets(), numbers["A"]: Targets()}
        async with listening(signed(Ticket(TODAY, both))) as ear:
            told = [await ear.next_number(), await ear.next_number()]
            assert [each["id"] for each in told] == [None, "4"]

    run(scenario)


def test_pace_and_forecast_come_from_the_course(numbers: dict[str, int]) -> None:
    points = [hour * 1_000 for hour in range(25)]
    Course.objects.create(
        node_id=numbers["G"], business_on=TODAY, days=8, by_cents=points,
        rest_cents=points[::-1], rest_half_cents=[0] * 25, ahead_cents=5, ahead_half_cents=0,
    )  # fmt: skip
    State.objects.update(learned_at=clock.now())

    async def scenario() -> None:
        async with listening(signed(Ticket(TODAY, {numbers["G"]: Targets()}, "zh-hans"))) as ear:
            told = await ear.next_number()
            # That day is long over: all hours of it.
            assert told["expected_cents"] == 24_000
            assert told["forecast"] == {"cents": 7_000, "low_cents": 7_000, "high_cents": 7_000}
            assert told["month_forecast"]["cents"] == 7_005
            assert told["shown"]["pace"]["direction"] == "down"

    run(scenario)


def test_a_stream_ends_with_its_day(
    numbers: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with listening(signed(Ticket(TODAY, {numbers["G"]: Targets()}))) as ear:
            await ear.next_number()
            monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=1))
            await asyncio.to_thread(sell, numbers["G"], 9_000, 5)
            async with asyncio.timeout(SOON):
                while not ear.is_over:
                    await asyncio.sleep(0.01)

    run(scenario)


def test_nothing_is_told_without_a_valid_ticket(numbers: dict[str, int]) -> None:
    async def scenario() -> None:
        async with listening("made-up") as ear:
            await asyncio.sleep(0.05)
            assert ear.status == 403
        ticket = signed(Ticket(TODAY, {numbers["G"]: Targets()}))
        async with listening(ticket, method="POST") as ear:
            await asyncio.sleep(0.05)
            assert ear.status == 405

    run(scenario)


def test_beyond_so_many_streams_the_next_is_asked_to_come_later(
    numbers: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_STREAMS", 0)

    async def scenario() -> None:
        async with listening(signed(Ticket(TODAY, {numbers["G"]: Targets()}))) as ear:
            await asyncio.sleep(0.05)
            assert ear.status == 503

    run(scenario)


def test_a_stream_holds_no_connection_of_djangos(
    numbers: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = signed(Ticket(TODAY, {numbers["G"]: Targets()}, "en"))

    def refused(self: BaseDatabaseWrapper) -> None:
        raise AssertionError("a stream asked Django's database")

    async def scenario() -> None:
        monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refused)
        async with listening(ticket) as ear:
            assert (await ear.next_number())["net_cents"] == 7_000
        monkeypatch.undo()

    run(scenario)
