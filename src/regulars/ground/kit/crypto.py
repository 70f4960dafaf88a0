"""What is sealed at rest; phone numbers are looked up by keyed hash and shown masked."""

import hashlib
import hmac
import os
import re
import unicodedata
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from regulars.ground.kit.deployment import secrets_of_deployment

NONCE_BYTES = 12
SHOWN_HEAD, SHOWN_TAIL = 3, 4


def normalise_phone(text: str) -> str:
    """Digits only, without +86 or 0086; the form that is hashed."""
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(0086|86)(?=1\d{10}$)", "", digits)


def encrypt(text: str) -> bytes:
    """The sealed text, as `seal` seals it."""
    return seal(text.encode())


def decrypt(sealed: bytes) -> str:
    """Raises InvalidTag when the bytes were not sealed with this deployment's key."""
    return unseal(sealed).decode()


def seal(content: bytes) -> bytes:
    """AES-256-GCM: 12 bytes of nonce, then what was sealed."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, content, None)


def unseal(sealed: bytes) -> bytes:
    """Raises InvalidTag when the bytes were not sealed with this deployment's key."""
    return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)


def lookup_hash(phone: str) -> bytes:
    """HMAC-SHA256 of the normalised phone under the deployment's lookup key."""
    return keyed_hash(normalise_phone(phone))


def keyed_hash(normalised: str) -> bytes:
    """The same of a phone that is normalised already."""
    return hmac.digest(_lookup_key(), normalised.encode(), "sha256")


def mask(phone: str) -> str:
    """`13812345678` → `138****5678`; short numbers are hidden whole."""
    if len(phone) < SHOWN_HEAD + SHOWN_TAIL + 2:
        return "*" * len(phone)
    hidden = "*" * (len(phone) - SHOWN_HEAD - SHOWN_TAIL)
    return phone[:SHOWN_HEAD] + hidden + phone[-SHOWN_TAIL:]


@cache
def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(secrets_of_deployment().phone_encryption.encode()).digest())


@cache
def _lookup_key() -> bytes:
    return secrets_of_deployment().phone_lookup.encode()
