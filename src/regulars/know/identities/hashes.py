"""Under what an identity is found, and what is kept of its value."""

import hashlib
from functools import cache
from typing import Any

from regulars.ground.kit import crypto
from regulars.ground.kit.deployment import secrets_of_deployment
from regulars.know.identities.rules import Kind

SEALED_KINDS = frozenset({Kind.PHONE.value, Kind.EMAIL.value})
KEY_BYTES = 64
"""The longest key that BLAKE2b takes."""


def hash_of(kind: str, value: str) -> bytes:
    """The keyed hash of a normalised value. A phone has the same one as on a member's record."""
    if kind == Kind.PHONE:
        return crypto.keyed_hash(value)
    keyed = _keyed(kind).copy()
    keyed.update(value.encode(errors="surrogatepass"))
    return bytes(keyed.digest())


def sealed(kind: str, value: str) -> bytes | None:
    """The value itself, where it may be needed again."""
    return crypto.encrypt(value) if kind in SEALED_KINDS else None


@cache
def _keyed(kind: str) -> Any:
    """BLAKE2b takes a quarter of the time of HMAC-SHA256, and every new identity needs one."""
    key = hashlib.sha512(secrets_of_deployment().phone_lookup.encode()).digest()
    return hashlib.blake2b(key=key[:KEY_BYTES], digest_size=32, person=kind.encode()[:16])
