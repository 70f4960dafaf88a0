"""Events between rooms, over a real PostgreSQL and a real Procrastinate worker."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.ground.jobs import service
from regulars.ground.jobs.jobs import forget_events
from regulars.ground.jobs.models import Event, Handling

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "test.happened"
Subscribe = Callable[[Callable[..., None]], str]


class UndoError(Exception):
    pass


@pytest.fixture
def subscribe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Subscribe]:
    """Subscribe a function to TOPIC for one test; gives the job's name."""
    monkeypatch.setitem(service._subscribers, TOPIC, [])
    names = []

    def register(handler: Callable[..., None]) -> str:
        service.subscribe(TOPIC)(handler)
        names.append(service.job_name(handler))
        return names[-1]

    yield register
    for name in names:
        del app.tasks[name]


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    """Procrastinate's tables are not Django's to empty between tests."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def own_jobs() -> QuerySet[ProcrastinateJob]:
    """Without those that the clock put in."""
    return ProcrastinateJob.objects.filter(task_name__startswith="test_")


def run_worker() -> None:
    """Work until the queue is empty."""
    with app.replace_connector(DjangoConnector().get_worker_connector()):
        app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_every_subscriber_of_a_topic_hears_an_event_once(subscribe: Subscribe) -> None:
    heard = []

    def first_listener(member_ids: list[int]) -> None:
        heard.append(("first", member_ids))

    def second_listener(member_ids: list[int]) -> None:
        heard.append(("second", member_ids))

    subscribe(first_listener)
    subscribe(second_listener)
    service.publish(TOPIC, member_ids=[7, 8])
    service.publish("test.unheard")
    run_worker()
    assert sorted(heard) == [("first", [7, 8]), ("second", [7, 8])]
    assert Event.objects.count() == 2
    assert set(own_jobs().values_list("status", flat=True)) == {"succeeded"}


def test_a_rollback_takes_back_the_event_and_its_job(subscribe: Subscribe) -> None:
    def listener() -> None: ...

    subscribe(listener)
    with suppress(UndoError), transaction.atomic():
        service.publish(TOPIC)
        assert own_jobs().count() == 1
        raise UndoError
    assert (Event.objects.count(), own_jobs().count()) == (0, 0)


def test_inside_a_worker_too_a_rollback_takes_the_job_back(subscribe: Subscribe) -> None:
    """There Procrastinate's app itself writes through another pool, and the job would stay."""

    def listener(is_first: bool) -> None:
        if is_first:
            service.publish(TOPIC, is_first=False)
            raise UndoError

    name = subscribe(listener)
    app.tasks[name].retry_strategy = None
    service.publish(TOPIC, is_first=True)
    run_worker()
    assert [job.status for job in own_jobs()] == ["failed"]
    assert Event.objects.count() == 1


def test_a_handler_that_fails_is_tried_again_and_what_it_wrote_is_gone(
    subscribe: Subscribe,
) -> None:
    def listener() -> None:
        Event.objects.create(topic="written.by.handler", payload={})
        raise UndoError

    subscribe(listener)
    service.publish(TOPIC)
    run_worker()
    job = own_jobs().get()
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at > datetime.now(UTC)
    assert not Event.objects.filter(topic="written.by.handler").exists()
    assert not Handling.objects.exists()


def test_a_job_run_twice_does_its_work_once(subscribe: Subscribe) -> None:
    def listener() -> None:
        Event.objects.create(topic="written.by.handler", payload={})

    name = subscribe(listener)
    event = service.publish(TOPIC)
    run_worker()
    app.tasks[name].func(event_id=str(event.pk))
    assert Event.objects.filter(topic="written.by.handler").count() == 1


def test_the_jobs_of_a_killed_worker_go_back_into_the_queue(subscribe: Subscribe) -> None:
    heard = []

    def listener() -> None:
        heard.append("heard")

    subscribe(listener)
    service.publish(TOPIC)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 minute') RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', worker_id = gone.id FROM gone"
        )
    app.configure_task("jobs.retry_stalled").defer(timestamp=0)
    run_worker()
    run_worker()
    assert heard == ["heard"]


def test_events_are_forgotten_after_a_month_with_their_handlings(subscribe: Subscribe) -> None:
    old, recent = service.publish(TOPIC), service.publish(TOPIC)
    Handling.objects.create(event=old, subscriber="someone")
    Event.objects.filter(pk=old.pk).update(published_at=datetime.now(UTC) - timedelta(days=31))
    forget_events()
    assert list(Event.objects.all()) == [recent]
    assert not Handling.objects.exists()
