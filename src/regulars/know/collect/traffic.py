"""How much each source sent, as the door counted it minute by minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Sum

from regulars.ground.kit import clock
from regulars.know.collect.models import Source, SourceMinute

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Traffic:
    """Of the last hour; `last_at` is the last minute in which anything came, ever."""

    events: int = 0
    refused: int = 0
    last_at: datetime | None = None


def traffic_of_the_last_hour() -> dict[str, Traffic]:
    """By source code; a source that never sent is not among them."""
    rows = SourceMinute.objects.values("source")
    last = dict(rows.annotate(last=Max("minute_at")).values_list("source", "last"))
    recent = rows.filter(minute_at__gt=clock.now() - HOUR)
    sums = recent.annotate(n=Sum("events"), no=Sum("refused")).values_list("source", "n", "no")
    counted = {source: (events, refused) for source, events, refused in sums}
    return {source: Traffic(*counted.get(source, (0, 0)), at) for source, at in last.items()}


def list_minutes(source: str) -> list[SourceMinute]:
    """The minutes of the last hour in which the source sent anything, in order."""
    minutes = SourceMinute.objects.filter(source=source, minute_at__gt=clock.now() - HOUR)
    return list(minutes.order_by("minute_at"))


def list_minutes_by_source(most: int) -> dict[str, dict[datetime, int]]:
    """Events by minute of the last hour, of the sources that sent most, the first first."""
    recent = SourceMinute.objects.filter(minute_at__gt=clock.now() - HOUR)
    busiest = recent.values("source").annotate(n=Sum("events")).order_by("-n", "source")[:most]
    counted: dict[str, dict[datetime, int]] = {row["source"]: {} for row in busiest}
    rows = recent.filter(source__in=counted).order_by("minute_at")
    for source, minute, events in rows.values_list("source", "minute_at", "events"):
        counted[source][minute] = events
    return counted


def address_of(source: Source) -> str:
    """The path at which the source's requests are taken in."""
    return {
        Source.Kind.SEGMENT: "/v1/batch",
        Source.Kind.TRACKER: "/v1/batch",
        Source.Kind.SENSORS: f"/sa?project={source.settings.get('project', 'default')}",
        Source.Kind.WEBHOOK: f"/hooks/{source.code}",
    }[Source.Kind(source.kind)]
