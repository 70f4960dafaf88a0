"""Write down who did what."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from regulars.ground.audit.models import Entry


def record(
    actor: AbstractBaseUser | None,
    action: str,
    subject_type: str,
    subject_id: object,
    **detail: Any,
) -> Entry:
    """Add one entry in the caller's transaction; `actor` None is the system itself."""
    return Entry.objects.create(
        actor_id=actor.pk if actor else None,
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id),
        detail=detail,
    )


def list_entries() -> QuerySet[Entry]:
    """The whole log with who acted, the latest first."""
    return Entry.objects.select_related("actor").order_by("-at", "-pk")
