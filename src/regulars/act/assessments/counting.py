"""Who began an assessment, who finished, where the others left, and with which results."""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.act.assessments.content import Content
from regulars.act.assessments.keeping import content_of, latest_version
from regulars.act.assessments.models import Answer, Assessment
from regulars.ground.accounts.access import Capability, Scope, check
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.errors import NotFound
from regulars.ground.kit.sql import named

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STILL_THERE = timedelta(minutes=30)


@dataclass(frozen=True)
class Left:
    """`people` read this question and went no further."""

    place: int
    question: str
    people: int


@dataclass(frozen=True)
class Found:
    result: str
    people: int
    members: int


@dataclass(frozen=True)
class Standing:
    """Of all versions; where people left is told of the latest one, whose questions these are."""

    started: int
    finished: int
    members: int
    phones: int
    leads: int
    left: list[Left]
    found: list[Found]

    @property
    def finished_rate(self) -> Fraction | None:
        return Fraction(self.finished, self.started) if self.started else None


def count_answers(assessment: Assessment) -> Standing:
    """As of now; whoever answered in the last half hour may still be there, and has not left."""
    answers = Answer.objects.filter(version__assessment=assessment)
    counts = answers.aggregate(
        started=Count("pk"),
        finished=Count("pk", filter=Q(finished_at__isnull=False)),
        members=Count("member_id", distinct=True),
        phones=Count("pk", filter=Q(phone_hash__isnull=False)),
        leads=Count("lead_id"),
    )
    version = latest_version(assessment)
    content = content_of(version) if version else None
    ids = list(assessment.versions.values_list("pk", flat=True))
    left = _left(content, [version.pk]) if version and content else []
    return Standing(**counts, left=left, found=_found(content, ids))


def list_answers(scope: Scope, assessment: Assessment) -> QuerySet[Answer]:
    """The finished ones that brought a phone or are a member's, the latest first; none for someone
    whose sight is bounded."""
    answers = Answer.objects.filter(version__assessment=assessment, finished_at__isnull=False)
    told = answers.filter(Q(member__isnull=False) | Q(phone_hash__isnull=False))
    found = told.select_related("member", "store", "staff", "version").order_by("-finished_at")
    return found if scope.is_whole_chain else found.none()


def reveal_phone(actor: User, assessment: Assessment, answer_id: str) -> str:
    """A phone that someone left, whole, and an entry in the audit log. Raises NotAllowed and
    NotFound."""
    scope = check(actor, Capability.REVEAL_PHONE)
    told = list_answers(scope, assessment).filter(phone_hash__isnull=False)
    found = told.filter(pk=answer_id).first() if UUID_TEXT.fullmatch(answer_id) else None
    if found is None or found.phone_sealed is None:
        raise NotFound(_("Nobody left a phone there."))
    record(actor, "assessment.phone_revealed", "answer", found.pk, assessment=assessment.code)
    return crypto.decrypt(bytes(found.phone_sealed))


def _left(content: Content, versions: list[int]) -> list[Left]:
    before = clock.now() - STILL_THERE
    by_place = dict(_rows("left_at", versions=versions, before=before))
    return [
        Left(place + 1, question.text, by_place.get(place, 0))
        for place, question in enumerate(content.questions)
    ]


def _found(content: Content | None, versions: list[int]) -> list[Found]:
    names = {each.code: each.name for each in content.results} if content else {}
    return [
        Found(names.get(code, code), people, members)
        for code, people, members in _rows("by_result", versions=versions)
    ]


def _rows(name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, name), parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
