"""What listens goes on: after a lost connection, after a full disk, until it is told to stop."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from regulars.ground.jobs import alone, listening
from regulars.ground.jobs.alone import events_heard, heard, work_alone
from regulars.ground.jobs.listening import Connection, Listener
from regulars.ground.jobs.models import Event
from regulars.ground.jobs.service import EVENT_CHANNEL, publish
from regulars.ground.kit.errors import NoRoom
from regulars.ground.kit.postgres_address import postgres_address

CHANNEL = "regulars_test"
LOCK = 0x7E57
SOON = 5.0
BY_NAME = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"


@pytest.fixture(autouse=True)
def _on_connections_of_its_own(
    monkeypatch: pytest.MonkeyPatch, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """Without a transaction around a test: connections are lost in it. Errors wait for nothing."""
    for module in (alone, listening):
        monkeypatch.setattr(module, "WAIT_AFTER_ERROR_SECONDS", 0.0)
    monkeypatch.setattr(alone, "WAIT_FOR_ROOM_SECONDS", 0.0)
    before = signal.getsignal(signal.SIGTERM)
    with django_db_blocker.unblock():
        connection.close()
        yield
        Event.objects.filter(topic__startswith="test.").delete()
        connection.close()
    signal.signal(signal.SIGTERM, before)


def tell(text: str) -> None:
    """From elsewhere."""
    with psycopg.connect(postgres_address("regulars other"), autocommit=True) as other:
        other.execute("SELECT pg_notify(%s, %s)", [CHANNEL, text])


def lose(pid: int) -> None:
    with psycopg.connect(postgres_address("regulars other"), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def own_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def in_turn(*passes: Callable[[], None]) -> list[bool]:
    """Work through these, then be told to stop; whether each was a beginning."""
    begun: list[bool] = []

    def work(begins: bool) -> None:
        begun.append(begins)
        if len(begun) > len(passes):
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            passes[len(begun) - 1]()

    work_alone("regulars.test", LOCK, work, CHANNEL)
    return begun


def test_a_lost_connection_is_a_new_beginning_and_what_is_told_after_it_is_heard() -> None:
    told: list[str] = []
    begun = in_turn(
        lambda: tell("one"),
        lambda: told.extend(heard()),
        lambda: lose(own_pid()) or told.extend(heard()),  # type: ignore[func-returns-value]
        lambda: tell("two"),
        lambda: told.extend(heard()),
    )
    assert begun == [True, False, False, True, False, False]
    assert told == ["one", "two"]


def test_a_beginning_that_failed_is_begun_again() -> None:
    def full() -> None:
        raise NoRoom("no room")

    def away() -> None:
        raise OSError("away")

    assert in_turn(full, away, lambda: None) == [True, True, True, False]


def test_only_the_topics_asked_for_are_heard() -> None:
    heard_of: list[UUID] = []

    def work(begins: bool) -> None:
        if not begins:
            raise KeyboardInterrupt
        publish("test.other")
        wanted = publish("test.wanted")
        assert events_heard({"test.wanted"}) == [wanted.pk]
        heard_of.append(wanted.pk)

    work_alone("regulars.test", LOCK, work, EVENT_CHANNEL)
    assert heard_of


def test_one_at_a_time_works_and_the_next_one_waits_for_it() -> None:
    def is_free() -> bool:
        with psycopg.connect(postgres_address("regulars other"), autocommit=True) as other:
            row = other.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
            return bool(row and row[0])

    while_working: list[bool] = []
    in_turn(lambda: while_working.append(is_free()))
    assert while_working == [False]
    assert is_free()


class Heard(Listener):
    channel = CHANNEL

    def __init__(self) -> None:
        super().__init__(postgres_address("regulars test ear"))
        self.begun, self.told = 0, asyncio.Queue[str]()

    async def _begin(self, connection: Connection) -> None:
        self.begun += 1

    async def _hear(self, connection: Connection, told: Sequence[str]) -> None:
        await connection.execute("SELECT 1")
        for text in told:
            self.told.put_nowait(text)


def test_a_listener_that_lost_its_connection_begins_again_and_misses_nothing_after_it() -> None:
    async def scenario() -> tuple[int, list[str]]:
        ear = Heard()
        async with asyncio.timeout(SOON):
            await ear.ready()
            await asyncio.to_thread(tell, "one")
            told = [await ear.told.get()]
            await asyncio.to_thread(lose_by_name, "regulars test ear")
            while ear.begun < 2:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(tell, "two")
            told.append(await ear.told.get())
            await ear.close()
        return ear.begun, told

    assert asyncio.run(scenario()) == (2, ["one", "two"])


def lose_by_name(name: str) -> None:
    with psycopg.connect(postgres_address("regulars other"), autocommit=True) as other:
        other.execute(BY_NAME, [name])
