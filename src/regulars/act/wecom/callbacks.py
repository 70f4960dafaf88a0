"""What WeCom calls back with: checked, stored once, answered; handled afterwards."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Xml

from django.utils.translation import gettext_lazy as _

from regulars.act.wecom.connecting import callback_keys
from regulars.act.wecom.crypt import is_signed, opened
from regulars.act.wecom.models import Callback
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, UserError

CALLED_BACK = "wecom.called_back"
"""The event; `callback_id` is its payload."""
KEPT_FOR = timedelta(days=90)
MOST_BYTES = 64 * 1024


def answer_of(signature: str, timestamp: str, nonce: str, echo: str) -> str:
    """What to answer to the first call, which asks whether this address is ours: the opened
    `echo`. Raises NotAllowed and NotConnected."""
    return _opened(signature, timestamp, nonce, echo)


def take_in(signature: str, timestamp: str, nonce: str, body: bytes) -> Callback | None:
    """Store what is told, and have it handled; None of what was told before. Raises NotAllowed for
    what is not signed, not sealed with our key or not for us, UserError for what cannot be read."""
    if len(body) > MOST_BYTES:
        raise UserError(_("A callback is smaller than this."))
    sealed = _fields(body.decode("utf-8", errors="replace")).get("Encrypt", "")
    told = _fields(_opened(signature, timestamp, nonce, sealed))
    told_at = _moment(told.get("CreateTime", ""))
    if told_at < clock.now() - KEPT_FOR:
        return None  # whether it was told before is no longer known
    stored, is_new = Callback.objects.get_or_create(
        event=told.get("Event", ""),
        change_type=told.get("ChangeType", ""),
        userid=told.get("UserID", ""),
        external_userid=told.get("ExternalUserID", ""),
        told_at=told_at,
        defaults={"facts": told},
    )
    if not is_new:
        return None
    publish(CALLED_BACK, callback_id=stored.pk)
    return stored


def forget_callbacks() -> int:
    return Callback.objects.filter(received_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _opened(signature: str, timestamp: str, nonce: str, sealed: str) -> str:
    keys = callback_keys()
    if not is_signed(signature, keys.token, timestamp, nonce, sealed):
        raise NotAllowed(_("The signature is not right."))
    return opened(sealed, keys.key, keys.corp_id)


def _fields(text: str) -> dict[str, str]:
    """The fields of a flat XML document. One that declares anything is refused: entities that
    swell have no place in it."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UserError(_("This is no callback."))
    try:
        return {each.tag: (each.text or "").strip() for each in Xml.fromstring(text)}
    except Xml.ParseError:
        raise UserError(_("This is no callback.")) from None


def _moment(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise UserError(_("This is no callback.")) from None
