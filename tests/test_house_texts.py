"""Every text that people see is there in Chinese."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import translations  # noqa: E402

PLACES = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture
def catalogue() -> translations.Catalog:
    return translations.read_catalogue()


def test_every_text_of_the_source_has_a_chinese_one(catalogue: translations.Catalog) -> None:
    assert not translations.missing(catalogue)


def test_the_catalogue_holds_nothing_that_the_source_no_longer_says(
    catalogue: translations.Catalog,
) -> None:
    before = {message.id for message in catalogue}
    translations.bring_up_to_date(catalogue)
    assert not before - {message.id for message in catalogue}


def test_a_chinese_text_has_the_places_of_the_english_one(catalogue: translations.Catalog) -> None:
    for message in catalogue:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[-1]
        chinese = message.string if isinstance(message.string, str) else message.string[0]
        assert set(PLACES.findall(chinese)) <= set(PLACES.findall(english)), english


def test_the_compiled_catalogue_is_the_one_of_the_source(catalogue: translations.Catalog) -> None:
    from django.utils.translation import gettext, override, pgettext

    def compiled(message: translations.Message) -> str:
        text, context = message.id, message.context
        return pgettext(context, text) if context else gettext(text)

    with override("zh-hans"):
        stale = [
            message.id
            for message in catalogue
            if isinstance(message.id, str) and message.id and compiled(message) != message.string
        ]
    assert not stale, "run scripts/translations.py compile"
