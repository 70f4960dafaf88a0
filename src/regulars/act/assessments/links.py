"""Links to an assessment: who made one is told by its signature, and nobody can write another."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils.translation import gettext as _

from regulars.act.assessments.models import Assessment
from regulars.ground.kit.errors import NotFound
from regulars.ground.org.models import Node, Staff
from regulars.know.members.models import Member

SALT = "assessments.link"
PERSONAL_DAYS = 30


@dataclass(frozen=True)
class Link:
    """What a link says: which assessment, and where a consultant sent it, whose and to whom."""

    assessment_id: int
    member_id: int | None = None
    staff_id: int | None = None
    store_id: int | None = None


def token_of(
    assessment: Assessment,
    *,
    member: Member | None = None,
    staff: Staff | None = None,
    store: Node | None = None,
) -> str:
    """For a poster (nobody named) for ever; one that names a member for 30 days."""
    told = [assessment.pk, *(each.pk if each else 0 for each in (member, staff, store))]
    return signing.dumps(told, salt=SALT)


def read_token(token: str) -> Link:
    """Raises NotFound for one that is not ours or is too old."""
    try:
        told = signing.loads(token, salt=SALT)
        if told[1]:
            signing.loads(token, salt=SALT, max_age=timedelta(days=PERSONAL_DAYS))
    except signing.BadSignature:
        raise NotFound(_("This link is not valid any more. Please ask for a new one.")) from None
    assessment, member, staff, store = told
    return Link(assessment, member or None, staff or None, store or None)
