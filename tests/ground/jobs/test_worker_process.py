"""The worker as a process of its own: it hears, works, and ends when asked."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from django.db import connection
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.ground.processes.harness import PATIENCE_SECONDS, eventually

from regulars.ground.jobs import service
from regulars.ground.jobs.__main__ import CONCURRENT_JOBS
from regulars.ground.jobs.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

WORKER_WITH_A_SUBSCRIBER = textwrap.dedent(
    """
    import time
    import django
    django.setup()
    from procrastinate.contrib.django import app
    from regulars.ground.jobs import service
    from regulars.ground.jobs.models import Event
    from regulars.ground.jobs.__main__ import main

    def echo_event(text):
        service.publish("test.echoed", text=text)

    def echo_promptly(text):
        service.publish("test.echoed_promptly", text=text)

    def hold_on():
        while not Event.objects.filter(topic="test.enough").exists():
            time.sleep(0.05)

    for each in (echo_event, echo_promptly, hold_on):
        each.__module__ = "test_room.jobs"
    service.subscribe("test.said")(echo_event)
    service.subscribe("test.urgent", queue=service.PROMPT)(echo_promptly)
    service.subscribe("test.long")(hold_on)
    app.worker_defaults["fetch_job_polling_interval"] = 3600
    main()
    """
)
SUBSCRIBERS = {
    "test.said": "test_room.echo_event",
    "test.urgent": "test_room.echo_promptly",
    "test.long": "test_room.hold_on",
}
HANDS = 2  # one of them for what has but seconds


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
        for topic, name in SUBSCRIBERS.items():
            monkeypatch.setitem(service._subscribers, topic, [name])
        monkeypatch.setitem(service._queues, "test_room.echo_promptly", service.PROMPT)
        eventually(lambda: count("procrastinate_workers") == HANDS)
        eventually(is_listening)
        service.publish("test.said", text="熟客")
        # It looks by itself once an hour: the notification woke it.
        eventually(lambda: Event.objects.filter(topic="test.echoed").exists())
        assert Event.objects.get(topic="test.echoed").payload == {"text": "熟客"}
        for _ in range(CONCURRENT_JOBS + 1):
            service.publish("test.long")
        eventually(lambda: jobs("hold_on").filter(status="doing").count() == CONCURRENT_JOBS)
        service.publish("test.urgent", text="20 s")
        eventually(lambda: Event.objects.filter(topic="test.echoed_promptly").exists())
        assert jobs("hold_on").filter(status="todo").exists()
        service.publish("test.enough")
        eventually(lambda: not jobs("hold_on").exclude(status="succeeded").exists())
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=PATIENCE_SECONDS) == 0
        assert count("procrastinate_workers") == 0
    finally:
        worker.kill()
        worker.wait()


def is_listening() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%procrastinate%'"
        )
        return int(cursor.fetchone()[0]) == HANDS


def jobs(name: str) -> QuerySet[ProcrastinateJob]:
    return ProcrastinateJob.objects.filter(task_name=f"test_room.{name}")


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_every_room_s_jobs_are_known_to_the_worker() -> None:
    assert {"jobs.retry_stalled", "jobs.forget_finished", "jobs.forget_events"} <= set(app.tasks)
