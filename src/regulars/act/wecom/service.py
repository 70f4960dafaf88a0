"""WeCom for pages and other rooms."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from regulars.act.wecom.api import app_name
from regulars.act.wecom.callbacks import answer_of, take_in
from regulars.act.wecom.choosing_tags import Choice, choose_tags, list_choices, list_customer_tags
from regulars.act.wecom.client import access_token
from regulars.act.wecom.connecting import (
    connection,
    is_connected,
    note_trouble,
    save_connection,
)
from regulars.act.wecom.contacts import (
    chats_of,
    find_contact,
    find_member_of,
    list_contacts,
    own_contact,
    tell_member,
)
from regulars.act.wecom.matching import (
    list_staff_with_matches,
    match,
    match_by_code,
    match_file,
    unmatch,
)
from regulars.act.wecom.models import Callback, Connection, Contact, Sending, StaffMatch, Token
from regulars.act.wecom.pages import Sdk, find_sdk, sign_page
from regulars.act.wecom.rules import own_path
from regulars.act.wecom.sending import list_sendings, reason_of, said_of, send_failed_again
from regulars.act.wecom.signing_in import begin, end

__all__ = [
    "Choice",
    "Connection",
    "Numbers",
    "Sdk",
    "Sending",
    "answer_of",
    "begin",
    "chats_of",
    "choose_tags",
    "connection",
    "end",
    "find_contact",
    "find_member_of",
    "find_sdk",
    "get_numbers",
    "is_connected",
    "list_choices",
    "list_contacts",
    "list_customer_tags",
    "list_sendings",
    "list_staff_with_matches",
    "match",
    "match_by_code",
    "match_file",
    "own_contact",
    "own_path",
    "reason_of",
    "said_of",
    "save_connection",
    "send_failed_again",
    "sign_page",
    "take_in",
    "tell_member",
    "try_connection",
    "unmatch",
]


@dataclass(frozen=True)
class Numbers:
    """What the connection has brought and done."""

    matched: int
    customers: int
    known: int
    waiting: int
    failed: int
    called_back_at: datetime | None


def get_numbers() -> Numbers:
    customers = Contact.objects.filter(ended_at=None)
    return Numbers(
        matched=StaffMatch.objects.count(),
        customers=customers.count(),
        known=customers.filter(member__isnull=False).count(),
        waiting=Sending.objects.filter(state=Sending.State.WAITING).count(),
        failed=Sending.objects.filter(state=Sending.State.FAILED).count(),
        called_back_at=Callback.objects.aggregate(at=Max("received_at"))["at"],
    )


def try_connection() -> str:
    """The app's name in WeCom: secret, app id and this server's address are right. Raises
    WecomError with what is wrong, Away, NotConnected."""
    Token.objects.all().delete()  # an old token would hide a wrong secret
    access_token()
    name = app_name()
    note_trouble("")
    return name
