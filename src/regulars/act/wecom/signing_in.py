"""Silent sign-in: to WeCom's authorize address with a signed state, and back with a code."""

import secrets
import time
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlencode

from django.core.signing import b62_encode
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from regulars.act.wecom import api, errors
from regulars.act.wecom.connecting import connection, is_connected
from regulars.act.wecom.errors import NotConnected, WecomError
from regulars.act.wecom.models import StaffMatch
from regulars.act.wecom.rules import own_path
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotAllowed

SALT = "wecom.state"
KEPT_UNDER = "wecom_signing_in"
SECONDS_TO_COME_BACK = 600
MOST_AT_ONCE = 5
NONCE_BYTES = 16

Session = MutableMapping[str, Any]


def begin(session: Session, next_path: str, back_path: str, otherwise: str) -> str:
    """The address to send a browser to. It comes back to `back_path` with a state of letters and
    digits alone, as WeCom asks; where it was going is kept in its session. Raises NotConnected."""
    if not is_connected():
        raise NotConnected
    kept = connection()
    nonce, began = secrets.token_hex(NONCE_BYTES), int(time.time())
    waiting = dict(list(_waiting(session).items())[1 - MOST_AT_ONCE :])
    session[KEPT_UNDER] = waiting | {nonce: [own_path(next_path, otherwise), began]}
    query = {
        "appid": kept.corp_id,
        "redirect_uri": kept.public_address + back_path,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": nonce + _mark_of(nonce),
        "agentid": kept.agent_id,
    }
    return f"{kept.authorize_address}?{urlencode(query)}#wechat_redirect"


def end(session: Session, state: str, code: str) -> tuple[User, str]:
    """Who came back, and where she was going. Raises NotAllowed: a state that is not ours, not this
    browser's, used or old; a code that is; somebody nobody has matched or who was shut out."""
    if not is_connected():
        raise NotConnected
    next_path = _taken(session, state)
    try:
        userid = api.userid_of_code(code) if code else None
    except WecomError as refusal:
        if refusal.code in errors.WRONG_CODE:
            raise NotAllowed(
                _("This sign-in is used up. Open the page from WeCom again.")
            ) from None
        raise
    if userid is None:
        raise NotAllowed(_("WeCom does not say who you are: this is for the chain's colleagues."))
    user = _user_of(userid)
    record(user, "wecom.signed_in", "user", user.pk)
    return user, next_path


def _user_of(userid: str) -> User:
    match = StaffMatch.objects.select_related("staff").filter(userid__iexact=userid).first()
    if match is None:
        raise NotAllowed(
            _("Nobody has been told yet who “%(userid)s” is. Ask whoever keeps the WeCom page."),
            facts={"userid": userid},
        )
    user = User.objects.filter(staff=match.staff_id).first()
    if user is None:
        raise NotAllowed(
            _("%(name)s has no account yet. An administrator can make one."),
            facts={"name": match.staff.name},
        )
    if not user.is_active:
        raise NotAllowed(_("This account was closed. An administrator can open it again."))
    return user


def _taken(session: Session, state: str) -> str:
    """Where the browser was going; the state is used up by this."""
    nonce, mark = state[: 2 * NONCE_BYTES], state[2 * NONCE_BYTES :]
    waiting = _waiting(session)
    is_ours = constant_time_compare(mark, _mark_of(nonce))
    next_path, began = waiting.pop(nonce, ("", 0)) if is_ours else ("", 0)
    session[KEPT_UNDER] = waiting
    if time.time() - began > SECONDS_TO_COME_BACK:
        raise NotAllowed(_("This sign-in did not begin here. Open the page from WeCom again."))
    return str(next_path)


def _waiting(session: Session) -> dict[str, list[Any]]:
    return dict(session.get(KEPT_UNDER) or {})


def _mark_of(nonce: str) -> str:
    digest = salted_hmac(SALT, nonce, algorithm="sha256").digest()
    return b62_encode(int.from_bytes(digest, "big"))
