"""Assessments are written, copied, published and closed."""

from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from regulars.act.assessments.content import Content, plain, read
from regulars.act.assessments.guarding import check_content
from regulars.act.assessments.library import ready
from regulars.act.assessments.models import Assessment, Version
from regulars.ground.accounts.access import Capability, check
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.upsert import lock
from regulars.know.tags.service import check_by_hand

MAKE = Capability.MAKE_ASSESSMENTS
LONGEST_NAME = 100
EMPTY: dict[str, Any] = {
    "title": "", "intro": "", "by": "highest", "scales": {}, "questions": [], "results": [],
    "closing": "",
}  # fmt: skip


def list_assessments() -> QuerySet[Assessment]:
    """All of them, those changed last first; `published` is the number of the latest version."""
    return Assessment.objects.annotate(published=Max("versions__number")).order_by("-changed_at")


def get_assessment(code: str) -> Assessment:
    """Raises NotFound."""
    found = list_assessments().filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no such assessment."))
    return found


def make(actor: User, name: str, draft: dict[str, Any] | None = None, tag: str = "") -> Assessment:
    """A new one, of nothing or of a draft. Raises UserError for a name that is none."""
    check(actor, MAKE)
    name = _checked(name)
    lock(Assessment)  # two at once would take one code
    number = (Assessment.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    made = Assessment.objects.create(
        code=f"a{number}", name=name, tag=tag, made_by=actor,
        draft=draft or {**EMPTY, "title": name},
    )  # fmt: skip
    record(actor, "assessment.made", "assessment", made.pk, name=name)
    return made


def make_ready(actor: User, code: str) -> Assessment:
    """One of the library, in its language. Raises NotFound."""
    found = next((each for each in ready() if each.code == code), None)
    if found is None:
        raise NotFound(_("There is no such assessment."))
    return make(actor, found.content.title, plain(found.content))


def copy(actor: User, assessment: Assessment) -> Assessment:
    name = _("%(name)s (copy)") % {"name": assessment.name}
    return make(actor, name[:LONGEST_NAME], assessment.draft, assessment.tag)


def write(
    actor: User, assessment: Assessment, *, name: str, draft: dict[str, Any], tag: str = ""
) -> None:
    """Keep what is being written, finished or not; what customers see stays as it was."""
    check(actor, MAKE)
    assessment.name, assessment.draft, assessment.tag = _checked(name), draft, tag.strip()
    assessment.changed_at = clock.now()
    assessment.save(update_fields=["name", "draft", "tag", "changed_at"])


def publish(actor: User, assessment: Assessment) -> Version:
    """What is written now is what customers answer from now on. Raises UserError for what cannot be
    read, may not be said, or does not fit the tag."""
    check(actor, MAKE)
    content = read(assessment.draft)
    check_content(content)
    if assessment.tag:
        for result in content.results:
            check_by_hand(assessment.tag, result.name)
    latest = Assessment.objects.select_for_update().get(pk=assessment.pk)
    number = (latest.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = Version.objects.create(
        assessment=latest, number=number, content=plain(content), published_by=actor
    )
    _now(actor, assessment, Assessment.State.OPEN, number=number)
    return version


def close(actor: User, assessment: Assessment) -> None:
    """Nobody begins any more; who has begun may finish."""
    check(actor, MAKE)
    _now(actor, assessment, Assessment.State.CLOSED)


def open_again(actor: User, assessment: Assessment) -> None:
    """Undoes `close`. Raises UserError where nothing was published yet."""
    check(actor, MAKE)
    if not assessment.versions.exists():
        raise UserError(_("Publish it first."))
    _now(actor, assessment, Assessment.State.OPEN)


def latest_version(assessment: Assessment) -> Version | None:
    return assessment.versions.select_related("assessment").order_by("-number").first()


def content_of(version: Version) -> Content:
    return read(version.content)


def _now(actor: User, assessment: Assessment, state: str, **detail: Any) -> None:
    assessment.state = state
    assessment.save(update_fields=["state"])
    record(actor, f"assessment.{state}", "assessment", assessment.pk, **detail)


def _checked(name: str) -> str:
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise UserError(
            _("A name has 1 to %(most)s letters.") % {"most": LONGEST_NAME}, field="name"
        )
    return name.strip()
