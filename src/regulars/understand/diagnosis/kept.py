"""Findings of each morning, kept: pages open on them at once, and actions answer them."""

from datetime import date

from django.db import transaction

from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office
from regulars.know.catalog.models import Category
from regulars.understand.diagnosis import models
from regulars.understand.diagnosis.findings import Finding, Place, lists_from
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
        tuple(as_told(row) for row in rows if not row.is_dismissed),
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


def as_told(row: models.Finding) -> Finding:
    """A kept finding as people read it, with its sentence."""
    told = row.told
    return Finding(
        node_code=row.node.code,
        node_name=row.node.name,
        category_code=row.category.code if row.category else None,
        category_name=row.category.name if row.category else "",
        channel=told.get("channel"),
        part=row.part,
        factor=row.factor,
        first_on=row.first_on,
        last_on=row.last_on,
        against=row.against,
        gap_cents=row.gap_cents,
        contribution_cents=row.contribution_cents,
        members_concerned=row.members_concerned,
        score=row.score,
        is_raised=told.get("is_raised", True),
        excess_cents=told.get("excess_cents", 0),
        asked_code=told.get("asked_code", row.node.code),
        asked_name=told.get("asked_name", row.node.name),
        pk=row.pk,
        **lists_from(told),
    )
