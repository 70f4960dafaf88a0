"""Phone numbers in files and records: sealed before they are written anywhere.

A sealed text, `sealed:` and base64, stands where the number stood. It travels like the number (in
an archived file, a record in quarantine, a reject file), and says nothing without our key.
"""

import binascii
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag

from regulars.ground.kit import crypto

COLUMNS = [("phone_hash", pa.binary()), ("phone_sealed", pa.binary())]
PREFIX = "sealed:"
SEALED = rf"{PREFIX}[A-Za-z0-9+/]{{39,}}={{0,2}}"
NOT_OURS = b""
"""What stands for a seal that this deployment's key does not open."""
DATE = r"(?:19|20|21)\d\d[-/.]?\d\d[-/.]?\d\d(?!\d)"
MAYBE_PHONE = re.compile(rf"{SEALED}|(?<!\d)(?!{DATE})\+?\d(?:[ ().-]{{0,2}}\d){{6,}}")
"""A seal, or seven digits and more that are no date."""


def seal_phones(rows: pa.Table) -> pa.Table:
    """Replace column `phone`, where there is one, by `phone_hash` and `phone_sealed` (binary).

    Numbers may come in clear or sealed. What has no digits is no phone; what was sealed with
    another key has no hash.
    """
    if "phone" not in rows.column_names:
        return rows
    pairs = [_found_and_sealed(text) for text in sealed_texts(rows["phone"]).to_pylist()]
    hashes, seals = zip(*pairs, strict=True) if pairs else ((), ())
    return (
        rows.drop_columns(["phone"])
        .append_column("phone_hash", pa.array(hashes, pa.binary()))
        .append_column("phone_sealed", pa.array(seals, pa.binary()))
    )


def sealed_texts(phones: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Phones of any type as sealed texts of normalised numbers; of what has no digits, as it is.
    What is sealed already stays."""
    texts = _as_text(phones)
    is_sealed = pc.match_substring_regex(texts, f"^{SEALED}$")
    is_clear = pc.fill_null(pc.invert(pc.or_(is_sealed, pc.equal(texts, ""))), False)
    clear = texts.filter(is_clear)
    digits = pc.replace_substring_regex(pc.utf8_normalize(clear, form="NFKC"), r"[^0-9]", "")
    local = pc.replace_substring_regex(digits, r"^(?:0086|86)(1[0-9]{10})$", r"\1")
    seals = map(_seal, pc.if_else(pc.equal(local, ""), clear, local).to_pylist())
    return pc.replace_with_mask(texts, is_clear, pa.array(seals, pa.string()))


def sealed_text(phone: Any) -> str | None:
    """One phone as a sealed text; None of None and of empty text."""
    sealed = sealed_texts(pa.array([None if phone is None else str(phone)], pa.string()))
    return sealed[0].as_py() or None


def without_phones(text: str) -> str:
    """Text of which nobody knows what it holds: whatever may be a phone is sealed in it."""
    return MAYBE_PHONE.sub(lambda found: sealed_text(found[0]) or "", text)


def masked_text(text: str) -> str:
    """Text as it may be shown: `138****5678` where a number is sealed."""
    return re.sub(SEALED, lambda found: _masked(found[0]), text)


def _as_text(phones: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(phones, pa.ChunkedArray):
        phones = phones.combine_chunks()
    if pa.types.is_floating(phones.type):  # a column of numbers with gaps, as pandas writes it
        phones = pc.cast(phones, pa.int64(), safe=False)
    return pc.utf8_trim_whitespace(pc.cast(phones, pa.string()))


def _seal(text: str) -> str:
    return PREFIX + binascii.b2a_base64(crypto.encrypt(text), newline=False).decode()


def _open(sealed: bytes) -> str | None:
    try:
        return crypto.decrypt(sealed)
    except (InvalidTag, ValueError):
        return None


def _bytes(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text.removeprefix(PREFIX))
    except binascii.Error:
        return NOT_OURS


def _found_and_sealed(text: str | None) -> tuple[bytes | None, bytes | None]:
    if not text:
        return None, None
    sealed = _bytes(text)
    phone = _open(sealed)
    if phone is None:
        return None, NOT_OURS
    return (crypto.keyed_hash(phone), sealed) if phone.isdecimal() else (None, None)


def _masked(text: str) -> str:
    phone = _open(_bytes(text))
    return "****" if phone is None else crypto.mask(phone)
