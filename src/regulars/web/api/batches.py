"""What became of a batch that was taken in."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router

from regulars.ground.accounts.access import Capability
from regulars.ground.kit.errors import NotFound
from regulars.ground.kit.phones import masked_text
from regulars.know.collect.models import Batch
from regulars.know.collect.reasons import explain
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.schemas import BatchOut

SHOWN_REJECTS = 1_000
router = Router(tags=["Orders"])


@router.get("/batches/{id}", auth=may(Capability.IMPORT_DATA), response=answers(BatchOut))
def get_batch(request: HttpRequest, id: UUID) -> dict[str, Any]:
    """Whether a batch is `waiting`, `loaded` or `failed`, and what in it could not go in."""
    batch = Batch.objects.filter(pk=id).first()
    if batch is None:
        raise NotFound(_("There is no batch “%(id)s”.") % {"id": id}, field="id")
    rejects = batch.rejects.order_by("line_no", "column")[:SHOWN_REJECTS]
    return {
        **{field.name: getattr(batch, field.name) for field in batch._meta.concrete_fields},
        "rejects": [
            {
                "line": reject.line_no,
                "column": reject.column,
                "reason": reject.reason,
                "message": explain(reject.reason),
                "value": masked_text(reject.value),
            }
            for reject in rejects
        ],
    }
