"""The worker as a process of its own: it hears, works, and ends when asked."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from regulars.ground.jobs import service
from regulars.ground.jobs.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

WORKER_WITH_A_SUBSCRIBER = textwrap.dedent(
    """
    import django
    django.setup()
    from regulars.ground.jobs import service
    from regulars.ground.jobs.__main__ import main

    def echo_event(text):
        service.publish("test.echoed", text=text)

    echo_event.__module__ = "test_room.jobs"
    service.subscribe("test.said")(echo_event)
    main()
    """
)


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.05)


def test_a_worker_hears_an_event_at_once_and_ends_cleanly_on_sigterm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parameters = connection.get_connection_params()
    url = f"postgresql:///{parameters['dbname']}?host={parameters['host']}"
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER_WITH_A_SUBSCRIBER],
        env=os.environ | {"DATABASE_URL": f"{url}&user={parameters['user']}"},
    )
    try:
        monkeypatch.setitem(service._subscribers, "test.said", ["test_room.echo_event"])
        wait_until(lambda: count("procrastinate_workers") == 1)
        time.sleep(0.5)
        said_at = time.monotonic()
        service.publish("test.said", text="熟客")
        wait_until(lambda: Event.objects.filter(topic="test.echoed").exists())
        # Sooner than its polling would find it: the notification woke it.
        assert time.monotonic() - said_at < 4
        assert Event.objects.get(topic="test.echoed").payload == {"text": "熟客"}
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=10) == 0
        assert count("procrastinate_workers") == 0
    finally:
        worker.kill()
        worker.wait()


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_every_room_s_jobs_are_known_to_the_worker() -> None:
    assert {"jobs.retry_stalled", "jobs.forget_finished", "jobs.forget_events"} <= set(app.tasks)
