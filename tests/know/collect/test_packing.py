"""A body comes back as it came, whatever it is and however small."""

import os

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from regulars.ground.kit.crypto import seal
from regulars.know.collect.packing import WORTH_IT, packed, unpacked


@given(st.binary(max_size=4 * WORTH_IT))
def test_it_comes_back(body: bytes) -> None:
    assert unpacked(packed(body)) == body


def test_what_repeats_itself_takes_little_room_and_can_be_read_by_nobody_else() -> None:
    body = b'{"event":"Product Viewed","userId":"M0000001"}' * 1_000
    kept = packed(body)
    assert len(kept) < len(body) / 50
    assert b"Product" not in kept
    assert unpacked(kept) == body


def test_what_was_sealed_before_bodies_were_compressed_is_read_too() -> None:
    body = b'{"batch":[]}' * 200
    assert unpacked(seal(body)) == body


def test_what_was_not_sealed_here_is_refused() -> None:
    with pytest.raises(InvalidTag):
        unpacked(os.urandom(100))
