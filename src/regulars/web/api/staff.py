"""Staff and the positions they hold today."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from regulars.ground.accounts.access import Capability, Scope, scope_of
from regulars.ground.org import service as org
from regulars.ground.org.models import Position, Staff
from regulars.web.api.answers import answers
from regulars.web.api.auth import may, sees_the_whole_chain
from regulars.web.api.paging import Cursor, page
from regulars.web.api.phones import masked
from regulars.web.api.records import upsert
from regulars.web.api.schemas import Batch, Page, StaffIn, StaffOut, Upserted

router = Router(tags=["Organisation"])


@router.get("/staff", auth=may(Capability.SEE_ORG), response=answers(Page[StaffOut]))
def list_staff(request: HttpRequest, cursor: Query[Cursor]) -> dict[str, Any]:
    """Who works inside the caller's scope today; for the whole chain, everyone on record."""
    scope = scope_of(request.user)
    staff = Staff.objects.all()
    if scope.node_id is not None:
        staff = staff.filter(pk__in=org.list_staff(scope.node_id).values("staff_id"))
    return page(staff, cursor, lambda shown: _described(scope, shown))


@router.post("/staff", auth=may(Capability.EDIT_ORG), response=answers(Upserted))
def upsert_staff(request: HttpRequest, batch: Batch[StaffIn]) -> dict[str, Any]:
    """Make or change staff by `staff_id`; each record is one position, someone may have several."""
    sees_the_whole_chain(request)
    return upsert("staff", batch.records, org.upsert_staff, notice="changed.org")


def _described(scope: Scope, staff: Sequence[Staff]) -> list[dict[str, Any]]:
    positions: defaultdict[int, list[Position]] = defaultdict(list)
    for position in org.list_staff(scope.node_id).filter(staff__in=staff):
        positions[position.staff_id].append(position)
    return [
        {
            "staff_id": someone.code,
            "name": someone.name,
            "phone": masked(someone.phone_sealed),
            "positions": [
                {
                    "position": position.kind,
                    "node_id": position.node.code,
                    "valid_from": position.valid_from,
                    "valid_to": position.valid_to,
                }
                for position in positions[someone.pk]
            ],
        }
        for someone in staff
    ]
