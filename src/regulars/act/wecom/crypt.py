"""How WeCom seals what it calls back with: signature, AES-256-CBC, and to whom it is meant."""

import hashlib
import hmac
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import NotAllowed, UserError

KEY_LENGTH = 43
PADDED_TO_BITS = 32 * 8
BEFORE_LENGTH, LENGTH_BYTES = 16, 4


def key_of(text: str) -> bytes:
    """The 32 bytes of an EncodingAESKey. Raises UserError."""
    try:
        if len(text) != KEY_LENGTH:
            raise ValueError
        return b64decode(text + "=", validate=True)
    except (ValueError, NotBase64):
        raise UserError(
            _("An EncodingAESKey has 43 letters and digits."), field="aes_key"
        ) from None


def signature_of(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    return _sha1(sorted([token, timestamp, nonce, sealed]))


def is_signed(signature: str, token: str, timestamp: str, nonce: str, sealed: str) -> bool:
    expected = signature_of(token, timestamp, nonce, sealed)
    return hmac.compare_digest(signature.encode(), expected.encode())


def opened(sealed: str, key: bytes, receive_id: str) -> str:
    """The message in `sealed`. Raises NotAllowed when it was not sealed with this key, is broken,
    or is meant for another than `receive_id`."""
    try:
        plain = _unpadded(_decrypted(b64decode(sealed, validate=True), key))
        start = BEFORE_LENGTH + LENGTH_BYTES
        end = start + int.from_bytes(plain[BEFORE_LENGTH:start], "big")
        if len(plain) < start or end > len(plain):
            raise ValueError
        message, to = plain[start:end].decode(), plain[end:].decode()
    except ValueError:  # what is not base64, not whole blocks, not padded or no text is this too
        raise NotAllowed(_("This was not sealed with our key.")) from None
    if not hmac.compare_digest(to.encode(), receive_id.encode()):
        raise NotAllowed(_("This is meant for somebody else."))
    return message


def page_signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """What the JS-SDK asks of a page: its address without what follows #."""
    page = url.partition("#")[0]
    return _sha1([f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"])


def _decrypted(sealed: bytes, key: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:BEFORE_LENGTH])).decryptor()
    return cipher.update(sealed) + cipher.finalize()


def _unpadded(padded: bytes) -> bytes:
    take_off = PKCS7(PADDED_TO_BITS).unpadder()
    return take_off.update(padded) + take_off.finalize()


def _sha1(parts: Iterable[str]) -> str:
    """WeCom's own choice of hash."""
    return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
