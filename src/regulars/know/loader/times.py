"""How long each step takes: noted in this process, saved by the minute for whoever watches."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Sum

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.know.loader.models import StepMinute

Step = StepMinute.Step
HOUR = timedelta(hours=1)
KEPT_FOR = timedelta(days=7)


@dataclass
class _Spent:
    count: int = 0
    seconds: float = 0.0
    worst_seconds: float = 0.0

    def add(self, count: int, seconds: float, worst_seconds: float) -> None:
        self.count += count
        self.seconds += seconds
        self.worst_seconds = max(self.worst_seconds, worst_seconds)


_noted: dict[Step, _Spent] = {}


@dataclass(frozen=True)
class StepTimes:
    """Of the last hour; `rate` is how many a second while the step is at it."""

    step: Step
    count: int
    seconds: float
    worst_seconds: float

    @property
    def rate(self) -> float | None:
        return self.count / self.seconds if self.seconds else None


@contextmanager
def timed(step: Step, count: int = 0) -> Iterator[_Spent]:
    """What happens inside is this step, done to `count` things, which may be told afterwards
    (`as spent`, `spent.count = …`); nothing is noted of nothing."""
    spent = _Spent(count)
    began = time.perf_counter()
    yield spent
    if spent.count:
        took = time.perf_counter() - began
        note(step, spent.count, took, took)


def note(step: Step, count: int, seconds: float, worst_seconds: float) -> None:
    _noted.setdefault(step, _Spent()).add(count, seconds, worst_seconds)


def save() -> None:
    """Add what was noted to the minute that it is now."""
    if not _noted:
        return
    minute = clock.now().replace(second=0, microsecond=0)
    rows = [
        (minute, step, spent.count, spent.seconds, spent.worst_seconds)
        for step, spent in sorted(_noted.items())
    ]
    with connection.cursor() as cursor:
        cursor.executemany(named(__package__, "save_times"), rows)
    _noted.clear()


def list_steps() -> list[StepTimes]:
    """What the loader spent its last hour on, in the order of the steps."""
    recent = StepMinute.objects.filter(minute_at__gt=clock.now() - HOUR).values("step")
    sums = recent.annotate(n=Sum("count"), took=Sum("seconds"), worst=Max("worst_seconds"))
    found = {
        step: (n, took, worst)
        for step, n, took, worst in sums.values_list("step", "n", "took", "worst")
    }
    return [StepTimes(step, *found[step]) for step in Step if step in found]


def list_waits() -> Sequence[StepMinute]:
    """The minutes of the last hour in which anything became queryable, and how long that took."""
    waits = StepMinute.objects.filter(step=Step.WAIT, minute_at__gt=clock.now() - HOUR)
    return list(waits.order_by("minute_at"))


def forget_before(moment: datetime) -> None:
    StepMinute.objects.filter(minute_at__lt=moment).delete()
