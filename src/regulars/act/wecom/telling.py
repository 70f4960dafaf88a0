"""What colleagues are to be told in WeCom: put down once, sent by `sending`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.act.tasks.models import Lead
from regulars.act.tasks.service import end_of_quiet
from regulars.act.wecom.connecting import is_connected
from regulars.act.wecom.models import Sending
from regulars.ground.kit import clock
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.sql import named

MESSAGE, LEADS, ASSIGNED, WAITING = "message", "leads", "leads_assigned", "leads_waiting"
LEADS_PAGE = "/m/leads/"
GIVEN = (Lead.State.OPEN.value,)
TO_DO = (*GIVEN, Lead.State.TAKEN.value)


@dataclass(frozen=True)
class _Share:
    """How many leads of a batch are one colleague's, or wait for anybody of her store."""

    userid: str
    staff_id: int
    language: str
    count: int
    is_waiting: bool
    about: str

    @property
    def is_mornings(self) -> bool:
        return self.about.startswith("launch-")


def tell_messages(message_ids: Sequence[int]) -> int:
    """Messages of the house to those of their receivers who are in WeCom; how many. One statement:
    the message holds all that is to be said, in its receiver's language."""
    if not is_connected():
        return 0
    parameters: dict[str, Any] = {
        "ids": list(message_ids), "kind": MESSAGE, "now": clock.now(),
        "page": reverse("phone_messages"),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "put_messages"), parameters)
        return int(cursor.rowcount)


def tell_opened(lead_ids: Sequence[int]) -> int:
    """One message a colleague of the leads she has among these; those that nobody has yet are told
    to whoever keeps the store."""
    return _put(LEADS, _shares(lead_ids, TO_DO)) if is_connected() else 0


def tell_assigned(lead_ids: Sequence[int]) -> int:
    """One message a colleague of the leads that were given to her just now; one that she took
    herself is no news to her."""
    if not is_connected():
        return 0
    given = (each for each in _shares(lead_ids, GIVEN) if not each.is_waiting)
    return _put(ASSIGNED, given)


def _shares(lead_ids: Sequence[int], states: Sequence[str]) -> list[_Share]:
    parameters: dict[str, Any] = {
        "ids": list(lead_ids), "states": [*states], "today": clock.today(),
        "language": settings.LANGUAGE_CODE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "lead_shares"), parameters)
        return [_Share(*row) for row in cursor.fetchall()]


def _put(kind: str, shares: Iterable[_Share]) -> int:
    rows = []
    for each in shares:
        with translation.override(each.language):
            title, body = _words(kind, each)
        # A lead may be given to the same colleague twice, and she is to be told twice.
        about = str(new_id()) if kind == ASSIGNED else each.about
        facts = {"kind": WAITING if each.is_waiting else kind, "about": about}
        told = {"title": title, "body": body, "path": LEADS_PAGE, "due_at": _due(kind, each)}
        rows.append(Sending(userid=each.userid, staff_id=each.staff_id, **facts, **told))
    return len(Sending.objects.bulk_create(rows, ignore_conflicts=True))


def _due(kind: str, share: _Share) -> datetime:
    """The morning's at once: its hour was chosen. Of others nobody is told in the quiet hours, in
    which no member may be approached either."""
    is_mornings = kind == LEADS and share.is_mornings
    return clock.now() if is_mornings else end_of_quiet()


def _words(kind: str, share: _Share) -> tuple[str, str]:
    n = share.count
    if share.is_waiting:
        title = ngettext("%(n)s lead waits in your store", "%(n)s leads wait in your store", n)
        return title % {"n": n}, _("Nobody has taken them yet: hand them out, or take them.")
    if kind == ASSIGNED:
        title = ngettext("%(n)s lead was given to you", "%(n)s leads were given to you", n)
    else:
        title = ngettext("%(n)s lead for today", "%(n)s leads for today", n)
    return title % {"n": n}, _("Who, why and what to say stand on each card.")
