"""Definitions leave as files and come back the same, all of them or none."""

import re
from pathlib import Path

import pytest
from tests.know.tags.small_library import bring_tags, tag

from regulars.ground.kit.errors import UserError
from regulars.know.tags import files
from regulars.know.tags.library import bring_library
from regulars.know.tags.models import Definition
from regulars.know.tags.service import Subject, save, set_active

pytestmark = pytest.mark.usefixtures("db")


def told() -> dict[tuple[str, str], object]:
    return {(each.subject, each.code): each.told for each in Definition.objects.all()}


def test_the_whole_library_leaves_and_comes_back_the_same(tmp_path: Path) -> None:
    bring_library()
    bring_tags()
    # A code may stand for one thing of a member and for another of a product.
    save(None, "net_sales", tag("aggregate", fact="orders", measure="sum", field="net"))
    of_goods = tag("aggregate", fact="lines", measure="sum", field="net", subject="product")
    save(None, "net_sales", of_goods | {"note": 'one\ntwo "three" ⇒ \\four'})
    before = told()
    names, others = files.write(tmp_path, Subject)
    assert (names, others) == (sorted(names), [])
    assert {"member_lifecycle.toml", "product_others.toml"} <= set(names)
    same = files.take_in(None, files.texts_in(tmp_path))
    assert (same.new, same.changed, len(same.unchanged)) == ((), (), len(before))
    Definition.objects.all().delete()
    assert len(files.take_in(None, files.texts_in(tmp_path)).new) == len(before)
    assert told() == before
    first = files.texts_of(Subject)
    assert first == files.texts_in(tmp_path)
    # What is switched off stays behind.
    set_active(None, Definition.objects.get(code="is_vip_by_manager"), is_active=False)
    assert "is_vip_by_manager" not in files.texts_of([Subject.MEMBER])["member_service.toml"]


def test_a_rehearsal_says_what_would_be_and_changes_nothing() -> None:
    bring_tags()
    before = told()
    texts = files.texts_of([Subject.MEMBER])
    (name, text), *_ = texts.items()
    text = re.sub(r'(\[spend\][^[]*?en = )"Tag"', r'\1"Spent"', text)
    text += '\n[brand_new]\nkind = "rule"\ntext = "spend > 1.00"\nzh = "新"\nen = "New"\n'
    outcome = files.take_in(None, {name: text}, is_rehearsal=True)
    assert (outcome.new, outcome.changed) == (("member/brand_new",), ("member/spend",))
    assert told() == before
    files.take_in(None, {name: text})
    assert Definition.objects.get(code="spend").en == "Spent"
    assert Definition.objects.get(code="brand_new").version == 1


GOOD = '[fine]\nkind = "rule"\ntext = "spend > 1.00"\nzh = "好"\nen = "Fine"\n\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[a\nkind = "rule"', "tags.toml: .*line 7"),
        ('x = "spend"', r"tags.toml, line 1, \[fine\] x: “x” says nothing"),
        ('[bad]\nkind = "rule"\nzh = "坏"\nen = "Bad"', r"line 7, \[bad\] text: “text” is missing"),
        (
            '[bad]\nkind = "rule"\ntext = "spend > 1.00 and nobody = 1"\nzh = "坏"\nen = "Bad"',
            r"tags.toml, line 7, \[bad\] text, character 18: There is no tag “nobody”",
        ),
        (
            '[bad]\nkind = "rule"\ntext = "fine or worse"\nzh = "坏"\nen = "Bad"\n'
            '[worse]\nkind = "rule"\ntext = "bad"\nzh = "更坏"\nen = "Worse"',
            r"tags.toml, line 7, \[bad\]: These stand on each other in a circle",
        ),
        (
            '[spend]\nkind = "attribute"\nfield = "level"\nzh = "级"\nen = "Level"',
            r"\[\w+\]",  # of what stands on it here already
        ),
        (GOOD, "tags.toml: Cannot declare .* twice"),
    ],
)
def test_what_is_wrong_is_refused_whole_with_its_place(text: str, said: str) -> None:
    bring_tags()
    before = told()
    with pytest.raises(UserError, match=said):
        files.take_in(None, {"tags.toml": GOOD + text})
    assert told() == before


def test_a_tag_that_stands_in_two_files_is_refused() -> None:
    bring_tags()
    with pytest.raises(UserError, match=r"b.toml, line 1, \[fine\]: it stands in a.toml already"):
        files.take_in(None, {"a.toml": GOOD, "b.toml": GOOD})


def test_a_place_without_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no TOML file at"):
        files.texts_in(tmp_path)
