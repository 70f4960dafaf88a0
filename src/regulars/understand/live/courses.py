"""Courses: how the days like today went, learnt once a day and after an import of days gone by."""

from datetime import date

from django.db import transaction

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import query
from regulars.understand.live.models import Course, State
from regulars.understand.live.rules import LEAST_DAYS, QUANTILES

AT_ONCE = 1_000


def learn(day: date) -> int:
    """The courses of all places for a day, in the place of those that were known; how many. A place
    with too few comparable days has none."""
    asked = {
        "day": day,
        "cutoff_hours": chain().day_cutoff_hours,
        "least_days": LEAST_DAYS,
        "quantiles": list(QUANTILES),
    }
    told = query(named(__package__, "courses"), asked).to_pylist()
    known = set(Node.objects.values_list("pk", flat=True))
    courses = [
        Course(
            node_id=row["node"],
            business_on=day,
            days=row["days"],
            by_cents=row["by_cents"],
            rest_cents=row["rest_cents"],
            rest_half_cents=row["rest_half_cents"],
            ahead_cents=row["ahead_cents"],
            ahead_half_cents=row["ahead_half_cents"],
        )
        for row in told
        if row["node"] in known
    ]
    with transaction.atomic():
        Course.objects.all().delete()
        Course.objects.bulk_create(courses, batch_size=AT_ONCE)
        State.objects.filter(pk=1).update(learned_at=clock.now())
    return len(courses)
