"""WeCom for pages and other rooms."""

from regulars.act.wecom.api import app_name
from regulars.act.wecom.callbacks import answer_of, take_in
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
from regulars.act.wecom.models import Connection, Sending, Token
from regulars.act.wecom.pages import Sdk, find_sdk, sign_page
from regulars.act.wecom.rules import own_path
from regulars.act.wecom.sending import list_sendings, send_again
from regulars.act.wecom.signing_in import begin, end

__all__ = [
    "Connection",
    "Sdk",
    "Sending",
    "answer_of",
    "begin",
    "chats_of",
    "connection",
    "end",
    "find_contact",
    "find_member_of",
    "find_sdk",
    "is_connected",
    "list_contacts",
    "list_sendings",
    "list_staff_with_matches",
    "match",
    "match_by_code",
    "match_file",
    "own_contact",
    "own_path",
    "save_connection",
    "send_again",
    "sign_page",
    "take_in",
    "tell_member",
    "try_connection",
    "unmatch",
]


def try_connection() -> str:
    """The app's name in WeCom: secret, app id and this server's address are right. Raises
    WecomError with what is wrong, Away, NotConnected."""
    Token.objects.all().delete()  # an old token would hide a wrong secret
    access_token()
    name = app_name()
    note_trouble("")
    return name
