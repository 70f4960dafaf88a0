"""Phones in files and records: sealed in every form they come in, and the same number again."""

import time

import pyarrow as pa
import pytest

from regulars.ground.kit import crypto
from regulars.ground.kit.phones import (
    masked_text,
    seal_phones,
    sealed_text,
    sealed_texts,
    without_phones,
)

NUMBER = "13812345678"
WAYS = [
    "13812345678",
    "+86 138-1234-5678",
    "008613812345678",
    "１３８１２３４５６７８",
    " 138 1234 5678 ",
]


def hashes(*phones: object) -> list[bytes | None]:
    rows = pa.table({"phone": pa.array(phones)})
    found: list[bytes | None] = seal_phones(rows)["phone_hash"].to_pylist()
    return found


def test_every_way_of_writing_a_number_is_found_by_one_hash() -> None:
    assert set(hashes(*WAYS)) == {crypto.lookup_hash(NUMBER)}


@pytest.mark.parametrize("column", [pa.array([13812345678, None]), pa.array([13812345678.0, None])])
def test_numbers_in_columns_of_numbers_are_phones_too(column: pa.Array) -> None:
    sealed = sealed_texts(column).to_pylist()
    assert hashes(*sealed) == [crypto.lookup_hash(NUMBER), None]


def test_a_sealed_text_hides_the_number_and_is_not_sealed_twice() -> None:
    sealed = sealed_texts(pa.chunked_array([WAYS, [None, ""]])).to_pylist()
    assert all(NUMBER not in text and text.startswith("sealed:") for text in sealed[: len(WAYS)])
    assert sealed[len(WAYS) :] == [None, ""]
    assert sealed_texts(pa.array(sealed)).to_pylist() == sealed
    assert hashes(*sealed[: len(WAYS)]) == hashes(*WAYS)


def test_a_number_behind_the_word_sealed_is_sealed_all_the_same() -> None:
    sealed = sealed_text(f"sealed:{NUMBER}")
    assert sealed is not None
    assert NUMBER not in sealed
    assert hashes(sealed) == [crypto.lookup_hash(NUMBER)]


def test_what_has_no_digits_is_no_phone() -> None:
    assert hashes("none", "", None) == [None, None, None]


def test_a_seal_of_another_key_has_no_hash() -> None:
    foreign = "sealed:" + "A" * 52
    sealed = seal_phones(pa.table({"phone": [foreign]}))
    assert sealed["phone_hash"].to_pylist() == [None]
    assert sealed["phone_sealed"].is_valid().to_pylist() == [True]


def test_text_of_unknown_columns_loses_its_phones_and_keeps_the_rest() -> None:
    text = f"M1,2024-01-05,Li,{NUMBER},S1,+86 139 0000 0000,20240105"
    sealed = without_phones(text)
    assert NUMBER not in sealed
    assert "0000 0000" not in sealed
    assert masked_text(sealed) == "M1,2024-01-05,Li,138****5678,S1,139****0000,20240105"
    assert without_phones(sealed) == sealed


def test_a_foreign_seal_is_shown_as_nothing_but_hidden() -> None:
    assert masked_text("sealed:" + "A" * 52) == "****"


def test_ten_million_phones_stay_feasible() -> None:
    phones = pa.array([str(13_000_000_000 + number) for number in range(20_000)])
    began = time.process_time()
    seal_phones(pa.table({"phone": sealed_texts(phones)}))
    assert len(phones) / (time.process_time() - began) > 30_000
