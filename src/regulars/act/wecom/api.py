"""WeCom's APIs that this house has a use for, a function each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.act.wecom import errors
from regulars.act.wecom.client import call
from regulars.act.wecom.connecting import keys
from regulars.act.wecom.errors import WecomError
from regulars.act.wecom.rules import (
    BODY_BYTES,
    MOST_ATTACHMENTS,
    MOST_USERS,
    STATE_LENGTH,
    TITLE_BYTES,
    cut,
)
from regulars.ground.kit.errors import UserError

SAME_FOR_SECONDS = 1800


@dataclass(frozen=True)
class Card:
    """What a colleague is told: a title, a text, and the address that it opens."""

    title: str
    body: str
    url: str
    button: str


def send_card(userids: Sequence[str], card: Card) -> frozenset[str]:
    """Tell up to 1000 colleagues. Returns who could not be told, in small letters. The same again
    within half an hour is dropped by WeCom, so that a lost answer does no harm."""
    if not 0 < len(userids) <= MOST_USERS:
        raise UserError(_("A message goes to 1 to 1000 colleagues."), field="userids")
    text = {
        "title": cut(card.title, TITLE_BYTES), "description": cut(card.body or " ", BODY_BYTES),
        "url": card.url, "btntxt": card.button,
    }  # fmt: skip
    body = {
        "touser": "|".join(userids), "msgtype": "textcard", "agentid": int(keys().agent_id),
        "textcard": text, "enable_duplicate_check": 1, "duplicate_check_interval": SAME_FOR_SECONDS,
    }  # fmt: skip
    try:
        answer = call("/cgi-bin/message/send", body=body)
    except WecomError as refusal:
        if refusal.code != errors.NOBODY_OF_THEM:
            raise
        return frozenset(userid.lower() for userid in userids)
    untold = f"{answer.get('invaliduser', '')}|{answer.get('unlicenseduser', '')}"
    return frozenset(userid.lower() for userid in untold.split("|") if userid)


def userid_of_code(code: str) -> str | None:
    """Who came back from signing in; None for somebody who is not of this corp. Raises WecomError
    (`WRONG_CODE`) for a code used before or too old."""
    userid: str | None = call("/cgi-bin/auth/getuserinfo", code=code).get("userid") or None
    return userid


def app_name() -> str:
    """The app's name: the secret, the app id and this server's address are right."""
    name: str = call("/cgi-bin/agent/get", agentid=keys().agent_id).get("name", "")
    return name


def get_customer(external_userid: str) -> dict[str, Any]:
    """{"external_contact": {"unionid": …}, "follow_user": [{"userid": …, "remark_mobiles": […],
    "state": …}]}. Raises WecomError (`NO_RELATION`)."""
    return call("/cgi-bin/externalcontact/get", external_userid=external_userid)


def send_welcome(welcome_code: str, text: str, attachments: Sequence[dict[str, Any]] = ()) -> None:
    """Greet a customer within 20 s of being added, once. Raises WecomError (`WELCOME_EXPIRED`,
    `WELCOME_SENT`, `WELCOME_BUSY`)."""
    if len(attachments) > MOST_ATTACHMENTS:
        raise UserError(_("A greeting has at most nine attachments."), field="attachments")
    body = {"welcome_code": welcome_code, "text": {"content": text}}
    more = {"attachments": list(attachments)} if attachments else {}
    call("/cgi-bin/externalcontact/send_welcome_msg", body=body | more)


def list_tags() -> dict[tuple[str, str], str]:
    """The corp's customer tags: {(group, name): id}."""
    answer = call("/cgi-bin/externalcontact/get_corp_tag_list", body={})
    return _ids_of(answer.get("tag_group", []))


def add_tags(group: str, names: Sequence[str]) -> dict[tuple[str, str], str]:
    """New customer tags in a group, which is made where it is not there: as `list_tags`."""
    body = {"group_name": group, "tag": [{"name": name} for name in names]}
    return _ids_of([call("/cgi-bin/externalcontact/add_corp_tag", body=body)["tag_group"]])


def _ids_of(groups: Iterable[dict[str, Any]]) -> dict[tuple[str, str], str]:
    return {
        (group["group_name"], tag["name"]): tag["id"]
        for group in groups
        for tag in group.get("tag", [])
        if not tag.get("deleted")
    }


def mark_tags(
    userid: str, external_userid: str, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> None:
    """Tags hang on (colleague, customer), not on her. Raises WecomError (`NO_RELATION`)."""
    body = {
        "userid": userid, "external_userid": external_userid,
        "add_tag": list(add), "remove_tag": list(remove),
    }  # fmt: skip
    call("/cgi-bin/externalcontact/mark_tag", body=body)


def add_contact_way(userids: Sequence[str], state: str) -> dict[str, str]:
    """A code to scan that adds one of these colleagues: {"config_id": …, "qr_code": address}. Who
    scans it is told of with `state`. Raises UserError where that is too long."""
    if len(state) > STATE_LENGTH:
        raise UserError(_("A state has at most 30 characters."), field="state")
    body = {"type": 2, "scene": 2, "user": list(userids), "state": state}
    if len(userids) == 1:
        body["type"] = 1
    answer = call("/cgi-bin/externalcontact/add_contact_way", body=body)
    return {"config_id": answer["config_id"], "qr_code": answer.get("qr_code", "")}


def prepare_group_message(
    sender: str, external_userids: Sequence[str], text: str
) -> tuple[str, list[str]]:
    """A message that waits in the colleague's WeCom until she sends it: (its id, whom it cannot
    reach). Nothing is sent by this; ask `group_message_results` what was."""
    body = {
        "chat_type": "single", "external_userid": list(external_userids), "sender": sender,
        "text": {"content": text},
    }  # fmt: skip
    answer = call("/cgi-bin/externalcontact/add_msg_template", body=body)
    return answer["msgid"], list(answer.get("fail_list", []))


def group_message_results(message_id: str, userid: str) -> list[dict[str, Any]]:
    """What became of it with each customer: {"external_userid": …, "status": 0 not sent yet, 1
    sent, 2 no longer a contact, 3 had too many this month}."""
    found: list[dict[str, Any]] = []
    body: dict[str, Any] = {"msgid": message_id, "userid": userid, "limit": 500}
    while True:
        answer = call("/cgi-bin/externalcontact/get_groupmsg_send_result", body=body)
        found += answer.get("send_list", [])
        if not (cursor := answer.get("next_cursor")):
            return found
        body["cursor"] = cursor


def upload(name: str, type_: str, content: bytes) -> str:
    """A media id, which lasts three days. `type_`: image, voice, video or file."""
    media = {"media": (name, content)}
    media_id: str = call("/cgi-bin/media/upload", files=media, type=type_)["media_id"]
    return media_id
