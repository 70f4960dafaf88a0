"""What WeCom seals: its own test vector, whatever else is sealed, and what was tampered with."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.act.wecom.fake import AES_KEY, CALLBACK_TOKEN, FakeWecom, opened_by_hand, sealed_by_hand

from regulars.act.wecom import crypt
from regulars.ground.kit.errors import NotAllowed, UserError

TIMESTAMP, NONCE = "1409659589", "263014780"
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
SIGNATURE = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
CORP = "wx5823bf96d3bd56c7"
KEY = crypt.key_of(AES_KEY)


def test_the_documented_vector_is_signed_and_opened_as_documented() -> None:
    assert crypt.signature_of(CALLBACK_TOKEN, TIMESTAMP, NONCE, ECHO) == SIGNATURE
    assert crypt.is_signed(SIGNATURE, CALLBACK_TOKEN, TIMESTAMP, NONCE, ECHO)
    assert crypt.opened(ECHO, KEY, CORP) == "1616140317555161061"


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_one_changed_part_and_the_signature_is_not_right(place: int) -> None:
    parts = [CALLBACK_TOKEN, TIMESTAMP, NONCE, ECHO]
    parts[place] = "x" + parts[place][1:]
    assert not crypt.is_signed(SIGNATURE, *parts)


def test_what_is_meant_for_another_corp_is_refused() -> None:
    with pytest.raises(NotAllowed, match="somebody else"):
        crypt.opened(ECHO, KEY, "wx0000000000000000")


def test_what_another_key_sealed_is_refused() -> None:
    with pytest.raises(NotAllowed):
        crypt.opened(ECHO, crypt.key_of("A" * 43), CORP)


@pytest.mark.parametrize(
    "broken",
    ["", "no base64!", b64encode(b"not a whole block").decode(), ECHO[:-24], "A" * 88],
)
def test_what_is_broken_is_refused_and_nothing_else_happens(broken: str) -> None:
    with pytest.raises(NotAllowed):
        crypt.opened(broken, KEY, CORP)


def test_a_length_beyond_the_end_is_refused() -> None:
    padded = bytearray(opened_by_hand(ECHO))
    padded[16:20] = (2**31).to_bytes(4, "big")
    with pytest.raises(NotAllowed):
        crypt.opened(sealed_by_hand(bytes(padded)), KEY, CORP)


def test_padding_that_is_not_to_32_is_refused() -> None:
    padded = bytearray(opened_by_hand(ECHO))
    padded[-1] = 33
    with pytest.raises(NotAllowed):
        crypt.opened(sealed_by_hand(bytes(padded)), KEY, CORP)


@given(st.text(max_size=300), st.text("abcdef0123456789", min_size=1, max_size=40))
def test_whatever_is_sealed_opens_as_it_was(message: str, receiver: str) -> None:
    message = message.encode(errors="ignore").decode()
    sealed = FakeWecom().seal(message, receiver)
    assert len(b64decode(sealed)) % 32 == 0
    assert crypt.opened(sealed, KEY, receiver) == message


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "!" * 43])
def test_a_key_has_43_letters_and_digits(text: str) -> None:
    with pytest.raises(UserError) as refusal:
        crypt.key_of(text)
    assert refusal.value.field == "aes_key"


def test_a_page_is_signed_without_what_follows_the_hash() -> None:
    """The documentation's own example."""
    ticket = (
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    )
    url = "http://mp.weixin.qq.com?params=value"
    expected = "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
    for page in (url, url + "#top"):
        assert crypt.page_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, page) == expected
