"""What happened to leads, written down: once for every request that says so."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from regulars.act.tasks.models import Lead, LeadChange
from regulars.ground.accounts.models import User
from regulars.ground.jobs.service import publish
from regulars.ground.kit.errors import UserError

What = LeadChange.What
BEGUN = (str(What.TOUCHED), str(What.SPLIT), str(What.REOPENED))
"""What somebody has done with a lead that is still open; who has it is another matter."""


def was_said(actor: User, request_id: UUID | None) -> LeadChange | None:
    """What a request did when it came first. Raises UserError for an id that somebody else's
    request had."""
    if request_id is None:
        return None
    with connection.cursor() as cursor:  # the same said twice at once: the second waits
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(request_id)])
    change = LeadChange.objects.filter(request_id=request_id).first()
    if change is not None and change.made_by_id != actor.pk:
        raise UserError(_("This request id was used before."), field="request_id")
    return change


def put_down(
    lead: Lead, what: str, actor: User | None, request_id: UUID | None = None, **detail: Any
) -> LeadChange:
    return LeadChange.objects.create(
        lead=lead, what=what, made_by=actor, request_id=request_id, detail=detail
    )


def put_all_down(
    lead_ids: Sequence[int],
    what: str,
    actor: User | None,
    request_id: UUID | None = None,
    **detail: Any,
) -> None:
    """The same of many: the first carries the request's id."""
    LeadChange.objects.bulk_create(
        LeadChange(
            lead_id=lead_id,
            what=what,
            made_by=actor,
            detail=detail,
            request_id=None if place else request_id,
        )
        for place, lead_id in enumerate(lead_ids)
    )


def tell(topic: str, leads: Sequence[Lead], **more: Any) -> None:
    """Publish what happened to a set of leads: one event, with their ids and stores."""
    if leads:
        stores = sorted({lead.store_id for lead in leads})
        publish(topic, lead_ids=[lead.pk for lead in leads], store_ids=stores, **more)
