"""Send what waits: the same text in one call for up to 1000 colleagues, nobody too often."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from regulars.act.wecom.api import Card, send_card
from regulars.act.wecom.connecting import connection, is_connected, note_trouble
from regulars.act.wecom.errors import SAYS, Away, Later, WecomError
from regulars.act.wecom.models import Sending
from regulars.act.wecom.rules import HOUR, MOST_TRIES, MOST_USERS, free_from, in_blocks, wait_after
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.upsert import lock

MOST_AT_ONCE = 5_000
KEPT_FOR = timedelta(days=60)
NOT_KNOWN = "invaliduser"
State = Sending.State


class _Said(NamedTuple):
    title: str
    body: str
    path: str


def send_due() -> int:
    """Send what is due; how many colleagues were told. What comes before its time, what WeCom
    refuses and whom it does not know waits for its next time, or is left as failed."""
    if not is_connected():
        return 0
    lock(Sending)  # two at once would each count the other's messages as not sent
    due = _claimed()
    now = clock.now()
    ready = _not_too_often(due, now)
    by_text: defaultdict[_Said, list[Sending]] = defaultdict(list)
    for each in ready:
        by_text[_Said(each.title, each.body, each.path)].append(each)
    told = 0
    for said, rows in by_text.items():
        for block in in_blocks(rows, MOST_USERS):
            told += _send(said, block)
    return told


def list_sendings() -> QuerySet[Sending]:
    return Sending.objects.select_related("staff").order_by("-made_at", "-pk")


def send_failed_again(actor: AbstractBaseUser | None) -> int:
    """Whatever failed gets another go; how many."""
    failed = Sending.objects.filter(state=State.FAILED)
    count = failed.update(state=State.WAITING, tries=0, error="", due_at=clock.now())
    if count:
        record(actor, "wecom.sent_again", "wecom", 1, count=count)
    return count


def reason_of(sending: Sending) -> str:
    """Why it could not be sent, in words."""
    if sending.error == NOT_KNOWN:
        return _("WeCom does not know this user, or the app may not see her.")
    return said_of(sending.error)


def said_of(error: str) -> str:
    """A code of WeCom's that was kept, in words where we have them."""
    code = int(error) if error.lstrip("-").isdigit() else None
    return str(SAYS.get(code, error)) if code is not None else error


def forget_sendings() -> int:
    return Sending.objects.filter(made_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _claimed() -> list[Sending]:
    due = Sending.objects.filter(state=State.WAITING, due_at__lte=clock.now())
    return list(due.select_for_update().order_by("due_at", "pk")[:MOST_AT_ONCE])


def _not_too_often(due: Sequence[Sending], now: datetime) -> list[Sending]:
    """Those whose receivers may be told now; the others are put off to when they may be."""
    sent: defaultdict[str, list[datetime]] = defaultdict(list)
    userids = {each.userid for each in due}
    lately = Sending.objects.filter(userid__in=userids, sent_at__gt=now - HOUR)
    for userid, at in lately.values_list("userid", "sent_at"):
        if at is not None:
            sent[userid].append(at)
    ready, held = [], []
    for each in due:
        free = free_from(sent[each.userid], now)
        if free <= now:
            sent[each.userid].append(now)
            ready.append(each)
        else:
            each.due_at = free
            held.append(each)
    Sending.objects.bulk_update(held, ["due_at"], batch_size=MOST_USERS)
    return ready


def _send(said: _Said, rows: Sequence[Sending]) -> int:
    try:
        untold = send_card([each.userid for each in rows], _card(said))
    except Later as wait:
        _ids(rows).update(due_at=clock.now() + timedelta(seconds=wait.seconds))
        return 0
    except Away as away:
        note_trouble(str(away))
        _ids(rows).update(due_at=clock.now() + timedelta(minutes=1))
        return 0
    except WecomError as refusal:
        note_trouble(str(refusal))
        _fail(rows, str(refusal.code))
        return 0
    note_trouble("")
    told = [each for each in rows if each.userid.lower() not in untold]
    _ids(told).update(state=State.SENT, sent_at=clock.now(), error="")
    _fail([each for each in rows if each.userid.lower() in untold], NOT_KNOWN)
    return len(told)


def _fail(rows: Iterable[Sending], error: str) -> None:
    """Tried a few times more: whoever was let see the app meanwhile is told after all."""
    changed = list(rows)
    for each in changed:
        each.tries += 1
        each.error = error
        each.due_at = clock.now() + wait_after(each.tries)
        if each.tries >= MOST_TRIES:
            each.state = State.FAILED
    Sending.objects.bulk_update(changed, ["tries", "error", "due_at", "state"])


def _card(said: _Said) -> Card:
    enter = f"{reverse('wecom_enter')}?{urlencode({'next': said.path})}"
    url = connection().public_address + enter
    return Card(said.title, said.body, url, _("Open"))


def _ids(rows: Iterable[Sending]) -> QuerySet[Sending]:
    return Sending.objects.filter(pk__in=[each.pk for each in rows])
