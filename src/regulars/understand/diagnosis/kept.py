"""Findings of a day, kept: pages open on them at once, actions answer them, and they can be told
anew beside another period without another search."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office
from regulars.know.catalog.models import Category
from regulars.understand.diagnosis import models
from regulars.understand.diagnosis.causes import Cause
from regulars.understand.diagnosis.dismissing import find_dismissal, standing
from regulars.understand.diagnosis.findings import TARGET, Finding, Place
from regulars.understand.diagnosis.reading import finding_of
from regulars.understand.diagnosis.whole import KEEP_SECONDS, Found, Known, look
from regulars.understand.metrics.service import Method, Question, get_freshness

COMPARED = {"previous": "previous", "year": "last_year", TARGET: "previous"}
"""What a period is set beside, and from what days its goods and its calendar are taken."""
COLUMNS = (
    "part", "factor", "gap_cents", "contribution_cents", "members_concerned", "score", "rank",
    "told", "is_dismissed", "is_of_morning",
)  # fmt: skip


def find_kept(question: Question, against: str) -> Found | None:
    """What was found today for the question's periods; None where nobody looked yet."""
    if question.method is not Method.SHAPLEY:
        return None
    rows = list(_rows(question, against=against).order_by("rank"))
    if not rows:
        return None
    told = rows[0].told
    return Found(
        tuple(finding_of(row) for row in rows),
        told["calendar_share"],
        tuple(Place(**each) for each in told["openings"]),
        silent=tuple(told.get("silent", ())),
    )


def find_known(question: Question) -> Known | None:
    """What today's search found in the question's period, beside whatever it was set."""
    rows = _rows(question).exclude(factor="")
    first = rows.order_by("against").first()
    if first is None or first.told.get("cause") is None:
        return None
    same = rows.filter(against=first.against).order_by("rank")
    causes = [_cause(row.told["cause"]) for row in same]
    return Known(causes, tuple(first.told["silent"]))


def keep_morning(question: Question, against: str, made_on: date) -> int:
    """Look at the whole chain and keep what was found in place of what was kept of the same
    morning; how many findings."""
    return len(keep(question, against, made_on, is_of_morning=True).findings)


@transaction.atomic
def keep(question: Question, against: str, made_on: date, *, is_of_morning: bool = False) -> Found:
    """As `keep_morning`. A cause that was kept already stays under its number, so that actions go
    on answering it; what was searched for today is not searched for again."""
    everywhere = Question(ensure_head_office(), question.period, question.compared)
    _one_after_another()
    if not is_of_morning and (found := find_kept(everywhere, against)):
        return found  # somebody else looked while this one waited
    known = None if is_of_morning else find_known(question)
    found = look(everywhere, against, known)
    days = {"first_on": question.period.start, "last_on": question.period.last_day}
    kept = models.Finding.objects.filter(made_on=made_on, against=against, **days)
    before = {_subject(row): row for row in kept.select_related("node", "category")}
    nodes = dict(Node.objects.values_list("code", "pk"))
    categories = dict(Category.objects.values_list("code", "pk"))
    aside = standing()
    shared = {
        "calendar_share": found.calendar_share,
        "openings": [vars(place) for place in found.openings],
        "silent": list(found.silent),
    }
    rows = []
    for rank, each in enumerate(found.findings, 1):
        row = before.pop(_subject(each), None) or models.Finding(made_on=made_on, **days)
        row.node_id, row.against = nodes[each.node_code], against
        row.category_id = categories[each.category_code] if each.category_code else None
        row.is_dismissed = find_dismissal(each, aside.get(each.subject, [])) is not None
        row.rank, row.told, row.is_of_morning = rank, each.as_json() | shared, is_of_morning
        for name in ("part", "factor", "gap_cents", "contribution_cents", "members_concerned"):
            setattr(row, name, getattr(each, name))
        row.score = each.score
        rows.append(row)
    kept.filter(pk__in=[row.pk for row in before.values()]).delete()
    models.Finding.objects.bulk_update([row for row in rows if row.pk], COLUMNS)
    models.Finding.objects.bulk_create([row for row in rows if not row.pk])
    return find_kept(everywhere, against) or found


def told_by(method: Method, question: Question, against: str, found: Found) -> Found:
    """The same causes, their amounts shared out by another method; each under its number."""
    numbers = {each.subject: each.pk for each in found.findings}
    causes = [_cause(each.cause) for each in found.findings if each.cause]
    everywhere = replace(question, org=ensure_head_office(), categories=(), method=method)
    days = f"{question.period}:{question.compared}"
    key = hashlib.sha256(f"{get_freshness().version}:{method}:{against}:{days}".encode())
    anew: Found | None = cache.get(f"told:{key.hexdigest()}")
    if anew is None:
        anew = look(everywhere, against, Known(causes, found.silent))
        cache.set(f"told:{key.hexdigest()}", anew, KEEP_SECONDS)
    findings = tuple(replace(each, pk=numbers.get(each.subject)) for each in anew.findings)
    return replace(anew, findings=findings)


def forget_old(before: date) -> None:
    """What was found on demand before a day is forgotten: mornings are what the ledger is of. What
    somebody answered was given a number in the action, and goes on by its own words."""
    models.Finding.objects.filter(is_of_morning=False, made_on__lt=before).delete()


def _one_after_another() -> None:
    """Until the end of the transaction: two who ask at once would both keep what they find."""
    with connection.cursor() as cursor:
        table = models.Finding._meta.db_table
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])


def _rows(question: Question, **which: Any) -> Any:
    return models.Finding.objects.filter(
        made_on=clock.today(),
        first_on=question.period.start,
        last_on=question.period.last_day,
        **which,
    ).select_related("node", "category")


def _cause(told: Mapping[str, Any]) -> Cause:
    keys: Sequence[int] = told["keys"]
    return Cause(**{**told, "keys": tuple(keys)})


def _subject(each: models.Finding | Finding) -> tuple[Any, ...]:
    """What a finding is about; of the chain's circumstances also which of them it is."""
    if isinstance(each, models.Finding):
        each = finding_of(each)
    circumstance = each.guards[0].code if not each.factor and each.guards else ""
    return (*each.subject, circumstance)
