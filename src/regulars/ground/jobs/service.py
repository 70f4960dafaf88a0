"""Tell other rooms what happened, hear what they tell, and do things by the clock."""

import functools
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import DEFAULT_QUEUE, Job
from procrastinate.manager import JobManager

from regulars.ground.jobs.models import Event, Handling
from regulars.ground.jobs.queues import PROMPT

__all__ = ["EVENT_CHANNEL", "PROMPT", "every", "job_name", "publish", "subscribe"]

Handler = TypeVar("Handler", bound=Callable[..., None])

# 2, 4, 8 … seconds: about half an hour until a job is left as failed.
RETRY = RetryStrategy(max_attempts=10, exponential_wait=2)

EVENT_CHANNEL = "regulars_event"
"""Notified with "topic id" of each event as it is committed: a wake-up for processes that follow
one, which read the event itself, and look for what they missed when they begin."""

# Inside a worker Procrastinate's app writes through a pool of its own, and a job deferred there
# would outlive the rollback of what it belongs to. This manager always uses Django's connection.
_jobs_of_this_transaction = JobManager(DjangoConnector())
_subscribers: defaultdict[str, list[str]] = defaultdict(list)
_queues: dict[str, str] = {}


def publish(topic: str, **payload: Any) -> Event:
    """Say that something happened: `publish("member.joined", member_ids=[7, 8])`.

    Writes the event and one job for each subscriber in the caller's transaction, so that a
    rollback takes both back. `payload` holds JSON values, ids rather than copies; a set of
    members or leads is one event, never one each.
    """
    event = Event.objects.create(topic=topic, payload=payload)
    if names := _subscribers[topic]:
        _jobs_of_this_transaction.batch_defer_jobs([_job(name, event) for name in names])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [EVENT_CHANNEL, f"{topic} {event.pk}"])
    return event


def subscribe(topic: str, *, queue: str = DEFAULT_QUEUE) -> Callable[[Handler], Handler]:
    """Call the decorated function with each event of `topic`, its payload as keyword arguments.
    What has but seconds goes into the queue `PROMPT`, which long work never fills.

    It runs in a worker, in one transaction, after the publisher's commit, and again after a
    failure or a killed worker. What it does in Postgres happens once an event; effects anywhere
    else must bear repetition. Belongs in a room's `jobs.py`, which the worker imports.
    """

    def register(handler: Handler) -> Handler:
        name = job_name(handler)

        def run(event_id: str) -> None:
            with transaction.atomic():
                event = Event.objects.get(pk=event_id)
                _, is_new = Handling.objects.get_or_create(event=event, subscriber=name)
                if is_new:
                    handler(**event.payload)

        app.task(name=name, retry=RETRY)(run)
        _subscribers[topic].append(name)
        _queues[name] = queue
        return handler

    return register


def every(cron: str) -> Callable[[Handler], Handler]:
    """Run the decorated function, in one transaction, at the times of a cron line (UTC).

    A run that would overtake a waiting one is left out.
    """

    def register(work: Handler) -> Handler:
        @functools.wraps(work, assigned=("__module__", "__doc__"), updated=())
        def run(timestamp: int) -> None:
            with transaction.atomic():
                work()

        name = job_name(work)
        app.periodic(cron=cron)(app.task(name=name, queueing_lock=name)(run))
        return work

    return register


def job_name(work: Callable[..., Any]) -> str:
    """`room.verb_noun` of a function in a room's `jobs.py`."""
    room = work.__module__.removesuffix(".jobs").rpartition(".")[-1]
    return f"{room}.{work.__name__}"


def _job(name: str, event: Event) -> Job:
    return Job(
        id=None,
        queue=_queues.get(name, DEFAULT_QUEUE),
        lock=None,
        queueing_lock=None,
        task_name=name,
        task_kwargs={"event_id": str(event.pk)},
    )
