"""Segments: how many a text would find, and who is in one."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from regulars.ground.accounts.access import Capability, scope_of
from regulars.know.language.errors import TextError
from regulars.know.members.service import visible_members
from regulars.know.segments import service as segments
from regulars.know.segments.service import Counted
from regulars.web.api.answers import answers
from regulars.web.api.auth import may
from regulars.web.api.paging import Cursor, position
from regulars.web.api.phones import masked
from regulars.web.api.schemas import Page
from regulars.web.api.tag_schemas import PreviewIn, PreviewOut, SegmentMemberOut

MOST_QUOTED = 80

router = Router(tags=["Segments"])


@router.post("/segments/preview", auth=may(Capability.SEE_TAGS), response=answers(PreviewOut))
def preview(request: HttpRequest, given: PreviewIn) -> dict[str, Any]:
    """How many of the members in the caller's sight meet a text, and each condition in it. A text
    that means nothing is refused (400): the message names the place, `at` its characters from 0."""
    try:
        found = segments.preview(scope_of(request.user), given.text)
    except TextError as error:
        raise _placed(error, given.text) from None
    return {"count": found.count, "total": found.total, "root": _counted(found.root)}


@router.get(
    "/segments/{code}/members",
    auth=may(Capability.SEE_MEMBERS),
    response=answers(Page[SegmentMemberOut]),
)
def list_members(request: HttpRequest, code: str, cursor: Query[Cursor]) -> dict[str, Any]:
    """Who is in a segment and in the caller's sight; phones masked."""
    segment, scope = segments.get_segment(code), scope_of(request.user)
    ids = segments.list_member_ids(scope, segment, position(cursor), cursor.limit + 1)
    shown = ids[: cursor.limit]
    found = visible_members(scope).filter(pk__in=shown).select_related("home_store").order_by("pk")
    items = [
        {
            "member_id": member.code,
            "name": member.name,
            "phone": masked(member.phone_sealed),
            "home_store_id": member.home_store.code if member.home_store else None,
        }
        for member in found
    ]
    return {"items": items, "next": str(shown[-1]) if len(ids) > cursor.limit else None}


def _placed(error: TextError, text: str) -> TextError:
    """The same error with its place in words."""
    start, end = error.at
    place = text[start:end] or text[max(0, start - MOST_QUOTED) : start]
    told = {"what": str(error), "at": start + 1, "text": place[:MOST_QUOTED]}
    return TextError(_("%(what)s (at character %(at)s: “%(text)s”)") % told, error.at)


def _counted(counted: Counted) -> dict[str, Any]:
    parts = [_counted(part) for part in counted.parts]
    return {"text": counted.text, "count": counted.count, "parts": parts}
