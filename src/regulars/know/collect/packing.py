"""A body as it is kept: compressed where that pays, then sealed.

What SDKs send repeats itself: a tenth of it is left, and a tenth of the log that PostgreSQL
writes before it may say that the body is safe. Sealed bytes have no pattern: compression is first.
"""

import pyarrow as pa

from regulars.ground.kit.crypto import seal, unseal

COMPRESSED = b"\x00zst"
SIZE_BYTES = 8
WORTH_IT = 1_024
_codec = pa.Codec("zstd", compression_level=1)


def packed(body: bytes) -> bytes:
    if len(body) < WORTH_IT and not body.startswith(COMPRESSED):
        return seal(body)
    size = len(body).to_bytes(SIZE_BYTES)
    return seal(COMPRESSED + size + _codec.compress(body, asbytes=True))


def unpacked(kept: bytes) -> bytes:
    """Raises InvalidTag when the bytes were not sealed with this deployment's key."""
    content = unseal(kept)
    if not content.startswith(COMPRESSED):
        return content
    start = len(COMPRESSED) + SIZE_BYTES
    size = int.from_bytes(content[len(COMPRESSED) : start])
    body: bytes = _codec.decompress(memoryview(content)[start:], size, asbytes=True)
    return body
