"""The members of a segment as a file: phones masked, unless the role may see them and says why; the
audit log has it before the reader does."""

import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence

import xlsxwriter
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.ground.accounts.access import Capability, Scope, check, requires
from regulars.ground.audit.service import record
from regulars.ground.kit import crypto
from regulars.ground.kit.errors import UserError
from regulars.know.members.models import Member
from regulars.know.members.service import masked_phone
from regulars.know.segments.models import Segment
from regulars.know.segments.service import count_members, get_segment, list_member_ids
from regulars.web.console.segments import members_of
from regulars.web.parts.excel import CONTENT_TYPE
from regulars.web.parts.who import signed_in

ROWS_AT_ONCE = 2_000
MOST_ROWS_OF_EXCEL = 50_000
LONGEST_REASON = 200
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_POST
@requires(Capability.EXPORT_DATA)
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Everybody in it whom the caller may see, as CSV or Excel. Raises NotAllowed, and UserError
    for a whole phone without a reason or an Excel file that would be too long."""
    segment, user = get_segment(code), signed_in(request)
    scope = check(user, Capability.SEE_MEMBERS)
    is_plain, is_excel = request.POST.get("phones") == "plain", request.POST.get("as") == "xlsx"
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if is_plain:
        check(user, Capability.REVEAL_PHONE)
        if not reason:
            raise UserError(_("Say why whole phone numbers are needed."), field="reason")
    count = count_members(scope, segment)
    if is_excel and count > MOST_ROWS_OF_EXCEL:
        raise UserError(
            _("An Excel file takes %(most)s members, and these are %(count)s: take CSV.")
            % {"most": MOST_ROWS_OF_EXCEL, "count": count}
        )
    told = {"count": count, "phones": "plain" if is_plain else "masked", "reason": reason}
    record(user, "segment.exported", "segment", segment.pk, code=segment.code, **told)
    heading = [_("Number"), _("Member"), _("Phone"), _("Level"), _("Home store"), _("Joined")]
    pages = _pages(scope, segment, heading, is_plain=is_plain)
    if is_excel:
        return _as_file(HttpResponse(_workbook(pages), content_type=CONTENT_TYPE), code, "xlsx")
    answer = StreamingHttpResponse(_sent(_csv(pages)), content_type="text/csv; charset=utf-8")
    # Compressed, each piece would be a file of its own, and browsers read the first one alone.
    answer["Content-Encoding"] = "identity"
    return _as_file(answer, code, "csv")


def _as_file(answer: HttpResponseBase, code: str, ending: str) -> HttpResponseBase:
    answer["Content-Disposition"] = f'attachment; filename="segment-{code}.{ending}"'
    return answer


def _pages(
    scope: Scope, segment: Segment, heading: Sequence[str], *, is_plain: bool
) -> Iterator[list[Sequence[str]]]:
    """The heading, then the members, so many at a time; in between no connection is held."""
    yield [heading]
    after = 0
    while ids := list_member_ids(scope, segment, after, ROWS_AT_ONCE):
        rows = [_row(member, is_plain=is_plain) for member in members_of(scope, ids)]
        if not connection.in_atomic_block:
            connection.close()
        yield rows
        after = ids[-1]


def _row(member: Member, *, is_plain: bool) -> Sequence[str]:
    phone = masked_phone(member)
    if is_plain and member.phone_sealed:
        phone = crypto.decrypt(bytes(member.phone_sealed))
    home = member.home_store.name if member.home_store else ""
    joined = member.joined_on.isoformat() if member.joined_on else ""
    return [member.code, member.name, phone or "", member.level, home, joined]


def _csv(pages: Iterator[list[Sequence[str]]]) -> Iterator[bytes]:
    """UTF-8 with a mark, so that Excel knows it; what looks like a formula stays asleep."""
    yield "\ufeff".encode()
    for rows in pages:
        text = io.StringIO()
        csv.writer(text).writerows([_asleep(cell) for cell in row] for row in rows)
        yield text.getvalue().encode()


def _asleep(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


async def _sent(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Piece by piece, each made when the one before has gone out."""
    while part := await sync_to_async(_next)(parts):
        yield part


def _next(parts: Iterator[bytes]) -> bytes:
    return next(parts, b"")


def _workbook(pages: Iterator[list[Sequence[str]]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        number = 0
        for rows in pages:
            for row in rows:
                for place, cell in enumerate(row):
                    sheet.write_string(number, place, cell)
                number += 1
    return buffer.getvalue()
