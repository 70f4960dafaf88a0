"""What is late is told: to the manager the morning after, to the head above a day later."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import pyarrow as pa
from django.db import connection
from django.utils import translation
from django.utils.translation import ngettext

from regulars.act.tasks.models import Lead
from regulars.act.tasks.noting import What, put_all_down
from regulars.ground.accounts.access import Capability
from regulars.ground.accounts.audience import get_audience
from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.messages.service import LETTERS, write
from regulars.ground.org.models import Node
from regulars.ground.org.service import list_above

A_DAY = timedelta(days=1)
STEPS = (("manager", 0), ("head", 1))
"""Who is told, and how many days after the lead became late."""
DESK, PHONE = "/leads/?late=1", "/m/leads/"


def escalate(on: date) -> int:
    """Tell of what is late by a day; how many messages. One message a person and day."""
    return sum(_escalate(to, on, on - days * A_DAY) for to, days in STEPS)


def _escalate(to: str, on: date, before: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "late"), {"before": before, "to": to})
        late = cursor.fetchall()
    if not late:
        return 0
    ids = [pk for pk, _store in late]
    put_all_down(ids, What.ESCALATED, None, to=to)
    Lead.objects.filter(pk__in=ids, escalated_at=None).update(escalated_at=clock.now())
    return _tell(to, on, Counter(store for _pk, store in late))


def _tell(to: str, on: date, late: Mapping[int, int]) -> int:
    """Managers of their own store, heads of all stores below their place but head office."""
    at = _counts_by_place(late, on) if to == "head" else dict(late)
    letters = []
    for each in get_audience(Capability.ASSIGN_LEADS, on).to_pylist():
        if count := at.get(each["node_id"], 0):
            letters.append(_letter(each, to, on, count))
    return write(pa.Table.from_pylist(letters, schema=LETTERS))


def _counts_by_place(late: Mapping[int, int], on: date) -> dict[int, int]:
    """How many are late at the stores below each place between them and head office."""
    heads = Node.Kind.REGION, Node.Kind.BRANCH
    between = set(Node.objects.filter(kind__in=heads).values_list("pk", flat=True))
    counts: Counter[int] = Counter()
    for above, store in list_above(list(late), on):
        if above in between:
            counts[above] += late[store]
    return counts


def _letter(reader: Mapping[str, object], to: str, on: date, count: int) -> dict[str, object]:
    with translation.override(str(reader["language"])):
        title = ngettext("%(n)s lead is late", "%(n)s leads are late", count) % {"n": count}
    return {
        "user_id": reader["user_id"],
        "kind": f"lead.late.{to}",
        "about": on.isoformat(),
        "title": title,
        "body": "",
        "address": DESK,
        "phone_address": PHONE,
    }
