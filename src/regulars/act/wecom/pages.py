"""What pages of ours need inside WeCom: where the SDK is, and signatures for it."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from regulars.act.wecom.client import ticket
from regulars.act.wecom.connecting import connection, is_connected
from regulars.act.wecom.crypt import page_signature
from regulars.act.wecom.errors import NotConnected
from regulars.act.wecom.models import Token
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError

NONCE_BYTES = 8
IN_WECOM = "wxwork"
"""What WeCom's own browser has in its name."""


@dataclass(frozen=True)
class Sdk:
    """The script to load, and whose app it registers."""

    address: str
    corp_id: str
    agent_id: str

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"


def find_sdk(user_agent: str) -> Sdk | None:
    """The SDK for a browser that is WeCom's; None for any other, or without a connection."""
    if IN_WECOM not in user_agent.lower() or not is_connected():
        return None
    kept = connection()
    return Sdk(kept.sdk_address, kept.corp_id, kept.agent_id)


def sign_page(url: str, own_address: str) -> dict[str, dict[str, Any]]:
    """Signatures of a page, of the corp and of the app: {"config": {"timestamp", "nonceStr",
    "signature"}, "agent": the same}. Raises UserError for a page that is not of `own_address` (or
    of the address that the connection names)."""
    if not is_connected():
        raise NotConnected
    own = {_origin(own_address), _origin(connection().public_address)}
    if _origin(url) not in own:
        raise UserError(_("Pages of this site alone are signed."), field="url")
    return {
        "config": _signed(ticket(Token.Kind.JSAPI), url),
        "agent": _signed(ticket(Token.Kind.AGENT), url),
    }


def _signed(with_ticket: str, url: str) -> dict[str, Any]:
    nonce, timestamp = secrets.token_hex(NONCE_BYTES), int(clock.now().timestamp())
    signature = page_signature(with_ticket, nonce, timestamp, url)
    return {"timestamp": timestamp, "nonceStr": nonce, "signature": signature}


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
