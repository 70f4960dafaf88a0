"""Messages to everybody, in the morning and in the evening: a text a place and language, a message
a person, each once.

The round and its messages are one transaction. Whoever is killed in the middle has written nothing,
and the next run writes all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from regulars.ground.accounts.access import Capability
from regulars.ground.accounts.audience import get_audience
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.messages.service import begin_round, find_last_round, write
from regulars.ground.org.models import Node
from regulars.understand.actions.service import Work, work_of_places
from regulars.understand.briefing import words
from regulars.understand.briefing.about_actions import tell_of_late
from regulars.understand.briefing.numbers import DAY, Numbers, numbers_of_places

MORNING, EVENING = "morning", "evening"
LATE_AT_MOST = timedelta(days=7)


def part_of_now() -> str:
    """What a day is looked at as when nobody says: its beginning, until the hour of its closing. A
    deployment that stands still begins its day."""
    return EVENING if clock.is_past(chain().closing_hour) and not chain().as_of else MORNING


def write_due_rounds() -> int:
    """Whatever the hour asks for and is not written yet; how many messages."""
    day, written = clock.today(), 0
    if clock.is_past(chain().briefing_hour):
        written += write_morning(day)
    if clock.is_past(chain().closing_hour):
        written += write_evening(day)
    return written


@transaction.atomic
def write_morning(day: date) -> int:
    """The briefing of a day to everybody, and what has become late since the last one to those
    whom it concerns; how many messages. 0 where it was written before."""
    last = find_last_round(MORNING)
    if not begin_round(MORNING, day.isoformat()):
        return 0
    since = max(date.fromisoformat(last) if last else date.min, day - LATE_AT_MOST)
    late = tell_of_late(since, day)
    return late + _to_everybody(
        _Part(MORNING, day, day - DAY, words.morning_title, words.morning_body)
    )


@transaction.atomic
def write_evening(day: date) -> int:
    """The closing of a day to everybody; how many messages. 0 where it was written before."""
    if not begin_round(EVENING, day.isoformat()):
        return 0
    return _to_everybody(_Part(EVENING, day, day, words.evening_title, words.evening_body))


@dataclass(frozen=True)
class _Part:
    """The morning or the evening of `day`: the numbers of the day `on`, in words."""

    kind: str
    day: date
    on: date
    title: Callable[[date, str], str]
    body: Callable[[Numbers, Work], str]

    @property
    def same(self) -> dict[str, str]:
        """What is the same in all of its messages."""
        query = urlencode({"day": self.day.isoformat(), "part": self.kind})
        return {
            "kind": self.kind,
            "about": self.day.isoformat(),
            "address": f"{reverse('briefing')}?{query}",
            "phone_address": f"{reverse('phone_briefing')}?{query}",
        }


def _to_everybody(part: _Part) -> int:
    audience = get_audience(Capability.SEE_METRICS, part.day)
    texts = _texts(audience.group_by(["node_id", "language"]).aggregate([]), part)
    return write(audience.join(texts, keys=["node_id", "language"], join_type="inner"))


def _texts(places: pa.Table, part: _Part) -> pa.Table:
    """A text for each place and language that somebody stands at and speaks."""
    asked = places.to_pylist()
    nodes = Node.objects.in_bulk({each["node_id"] for each in asked})
    numbers, work = numbers_of_places(part.on, list(nodes)), work_of_places(part.day)
    said = []
    for language in dict(settings.LANGUAGES):
        with translation.override(language):
            for each in asked:
                if each["language"] == language:
                    node = each["node_id"]
                    title = part.title(part.day, nodes[node].name)
                    body = part.body(numbers[node], work.get(node, Work()))
                    said.append(each | part.same | {"title": title, "body": body})
    names = ("language", "title", "body", *part.same)
    schema = pa.schema([("node_id", pa.int64()), *((name, pa.string()) for name in names)])
    return pa.Table.from_pylist(said, schema=schema)
