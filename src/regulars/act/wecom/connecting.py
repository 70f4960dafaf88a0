"""The connection: kept, changed, and what keeps it from working."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from regulars.act.wecom import models
from regulars.act.wecom.crypt import key_of
from regulars.act.wecom.errors import NotConnected
from regulars.act.wecom.models import API, AUTHORIZE, SDK, Token
from regulars.ground.audit.service import record
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.errors import UserError

THE_ONE = 1
SECRETS = {"secret": "secret_sealed", "token": "token_sealed", "aes_key": "aes_key_sealed"}
PLAIN = ("corp_id", "agent_id", "welcome", "is_active")
ADDRESSES = {
    "public_address": "", "api_address": API, "authorize_address": AUTHORIZE, "sdk_address": SDK,
}  # fmt: skip
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Keys:
    """What calls are made with, opened."""

    corp_id: str
    agent_id: str
    secret: str
    api_address: str


@dataclass(frozen=True)
class CallbackKeys:
    corp_id: str
    token: str
    key: bytes


def connection() -> models.Connection:
    """As it is kept; an empty one before anybody connected."""
    return models.Connection.objects.filter(pk=THE_ONE).first() or models.Connection(pk=THE_ONE)


def is_connected() -> bool:
    return models.Connection.objects.filter(pk=THE_ONE, is_active=True).exists()


def keys() -> Keys:
    """Raises NotConnected where something is missing."""
    kept = connection()
    if not (kept.corp_id and kept.agent_id and kept.secret_sealed):
        raise NotConnected
    secret = crypto.decrypt(bytes(kept.secret_sealed))
    return Keys(kept.corp_id, kept.agent_id, secret, kept.api_address)


def callback_keys() -> CallbackKeys:
    """Raises NotConnected where something is missing."""
    kept = connection()
    if not (kept.corp_id and kept.token_sealed and kept.aes_key_sealed):
        raise NotConnected
    token = crypto.decrypt(bytes(kept.token_sealed))
    return CallbackKeys(kept.corp_id, token, key_of(crypto.decrypt(bytes(kept.aes_key_sealed))))


def save_connection(actor: AbstractBaseUser | None, **wish: Any) -> models.Connection:
    """Keep what is given of `PLAIN`, `ADDRESSES` and `SECRETS`; an empty secret stays as it was.
    Raises UserError: an address that is not https, a wrong key, or active without what it needs."""
    kept = connection()
    for name in PLAIN:
        if name in wish:
            value = wish[name]
            setattr(kept, name, value.strip() if isinstance(value, str) else value)
    for name, otherwise in ADDRESSES.items():
        if name in wish:
            setattr(kept, name, _address(name, wish[name]) or otherwise)
    changed = [name for name in SECRETS if wish.get(name)]
    for name in changed:
        if name == "aes_key":
            key_of(wish[name].strip())
        setattr(kept, SECRETS[name], crypto.encrypt(wish[name].strip()))
    _check_whole(kept)
    kept.trouble, kept.trouble_at = "", None
    kept.save()
    Token.objects.all().delete()  # of another secret, perhaps
    record(
        actor, "wecom.connection_changed", "wecom", kept.pk,
        secrets=changed, is_active=kept.is_active, corp_id=kept.corp_id,
    )  # fmt: skip
    return kept


def note_trouble(text: str) -> None:
    """What the last call ran into, for those who keep the connection; empty: nothing."""
    kept = models.Connection.objects.filter(pk=THE_ONE).exclude(trouble=text)
    kept.update(trouble=text, trouble_at=clock.now() if text else None)


def _address(name: str, given: str) -> str:
    """https, or plain http on this machine alone."""
    text = given.strip().rstrip("/")
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    is_whole = bool(parts.hostname) and not any(mark in text for mark in " ;,'\"\\")
    if text and not (is_safe and is_whole):
        raise UserError(_("“%(text)s” is no https address."), field=name, facts={"text": text})
    return text


def _check_whole(kept: models.Connection) -> None:
    needed = {
        "corp_id": kept.corp_id, "agent_id": kept.agent_id, "secret": kept.secret_sealed,
        "public_address": kept.public_address,
    }  # fmt: skip
    missing = next((name for name, value in needed.items() if not value), None)
    if kept.is_active and missing:
        raise UserError(_("This is needed before WeCom can be used."), field=missing)
    if kept.agent_id and not kept.agent_id.isdigit():
        raise UserError(_("An app id (AgentId) is a number."), field="agent_id")
