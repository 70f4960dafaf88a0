"""Pages by cursor: a page stays right while rows are added, however deep it is."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from regulars.ground.kit.errors import UserError

M = TypeVar("M", bound=Model)
DEFAULT_SIZE, LARGEST_SIZE = 100, 1_000


class Cursor(Schema):
    after: str = Field("", description="`next` of the page before; left out: the first page.")
    limit: int = Field(DEFAULT_SIZE, ge=1, le=LARGEST_SIZE, description="Records a page.")


def page(
    rows: QuerySet[M], cursor: Cursor, describe: Callable[[Sequence[M]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """`{"items": [...], "next": cursor of the following page or None}`, in order of making."""
    found = list(rows.filter(pk__gt=position(cursor)).order_by("pk")[: cursor.limit + 1])
    shown = found[: cursor.limit]
    has_more = len(found) > cursor.limit
    return {"items": describe(shown), "next": str(shown[-1].pk) if has_more else None}


def position(cursor: Cursor) -> int:
    """The id after which a page begins. Raises UserError for a cursor that is none of ours."""
    after = cursor.after
    if not after:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) < len(str(2**63))):
        raise UserError(
            _("“%(cursor)s” is not a page: use “next” of the page before.") % {"cursor": after},
            field="after",
        )
    return int(after)
