"""Write messages, once; read them."""

from datetime import timedelta

import pyarrow as pa
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.models import User
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import copy_to_temporary_table
from regulars.ground.kit.errors import NotFound
from regulars.ground.kit.looking import seen_once
from regulars.ground.kit.sql import named
from regulars.ground.messages.models import Message, Round

KEPT_FOR = timedelta(days=60)
WRITTEN = "messages.written"
"""The event; `message_ids` is its payload, of all that were written together."""
LETTERS = pa.schema(
    [
        ("user_id", pa.int64()),
        *((name, pa.string()) for name in
          ("kind", "about", "title", "body", "address", "phone_address")),
    ]
)  # fmt: skip


@transaction.atomic
def write(letters: pa.Table) -> int:
    """Messages as `LETTERS` has them, in one statement; how many are new. Nobody is told again what
    he was told before, and nobody who may not sign in any more is told anything."""
    if not letters.num_rows:
        return 0
    copy_to_temporary_table("messages_incoming", letters.select(LETTERS.names).cast(LETTERS))
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "put"), {"now": clock.now()})
        new = [row[0] for row in cursor.fetchall()]
    if new:
        publish(WRITTEN, message_ids=new)
    return len(new)


def begin_round(kind: str, about: str) -> bool:
    """Whether a round to everybody is still to be written, and by the caller's transaction; another
    that asks at the same time waits for how this one ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            named(__package__, "begin_round"), {"kind": kind, "about": about, "now": clock.now()}
        )
        return bool(cursor.rowcount)


def find_last_round(kind: str) -> str | None:
    """What the latest round of a kind was about."""
    rounds = Round.objects.filter(kind=kind).order_by("-made_at", "-pk")
    return rounds.values_list("about", flat=True).first()


def list_messages(user: User) -> QuerySet[Message]:
    """A user's own, the latest first."""
    return Message.objects.filter(user=user).order_by("-made_at", "-pk")


def count_unread(user: User) -> int:
    return seen_once(("unread", user.pk), lambda: _count_unread(user.pk))


def _count_unread(user_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "unread"), {"user": user_id})
        return int(cursor.fetchone()[0])


def read_message(user: User, message_id: int) -> Message:
    """Mark a message as read. Raises NotFound, also for somebody else's."""
    message = Message.objects.filter(user=user, pk=message_id).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=clock.now())
    return message


def read_all(user: User) -> int:
    """Mark all as read; how many were not."""
    return Message.objects.filter(user=user, read_at=None).update(read_at=clock.now())


def forget_old() -> int:
    """Messages are no archive: pages say what was, messages that it happened."""
    before = clock.now() - KEPT_FOR
    return Message.objects.filter(made_at__lt=before).delete()[0]
