"""Findings of each morning, kept: pages open on them at once, and actions answer them."""

from datetime import date

from django.db import transaction

from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office
from regulars.know.catalog.models import Category
from regulars.understand.diagnosis import models
from regulars.understand.diagnosis.findings import Place
from regulars.understand.diagnosis.reading import finding_of
from regulars.understand.diagnosis.whole import Found, look
from regulars.understand.metrics.service import Question, compared_with


def find_morning(question: Question, against: str) -> Found | None:
    """What this morning found for the question's period; None where it did not look at it."""
    today = clock.today()
    rows = list(
        models.Finding.objects.filter(
            made_on=today,
            first_on=question.period.start,
            last_on=question.period.last_day,
            against=against,
        )
        .select_related("node", "category")
        .order_by("rank")
    )
    if not rows:
        return None
    circumstances = rows[0].told
    return Found(
        tuple(finding_of(row) for row in rows if not row.is_dismissed),
        circumstances["calendar_share"],
        tuple(Place(**each) for each in circumstances["openings"]),
    )


@transaction.atomic
def keep_morning(question: Question, against: str, made_on: date) -> int:
    """Look at the whole chain and keep what was found in place of what was kept of the same
    morning; how many findings."""
    compared = compared_with(question.period, "last_year" if against == "year" else "previous")
    found = look(Question(ensure_head_office(), question.period, compared), against)
    days = {"first_on": question.period.start, "last_on": question.period.last_day}
    models.Finding.objects.filter(made_on=made_on, against=against, **days).delete()
    nodes = dict(Node.objects.values_list("code", "pk"))
    categories = dict(Category.objects.values_list("code", "pk"))
    shared = {
        "calendar_share": found.calendar_share,
        "openings": [vars(place) for place in found.openings],
    }
    rows = [
        models.Finding(
            made_on=made_on,
            node_id=nodes[each.node_code],
            category_id=categories[each.category_code] if each.category_code else None,
            part=each.part,
            factor=each.factor,
            against=against,
            gap_cents=each.gap_cents,
            contribution_cents=each.contribution_cents,
            members_concerned=each.members_concerned,
            score=each.score,
            rank=rank,
            told=each.as_json() | shared,
            **days,
        )
        for rank, each in enumerate(found.findings, 1)
    ]
    models.Finding.objects.bulk_create(rows)
    return len(rows)
