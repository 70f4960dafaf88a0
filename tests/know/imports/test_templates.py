"""Workbooks to fill in, and the notes on their columns."""

import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from regulars.ground.kit.errors import NotFound
from regulars.know.collect.layouts import LAYOUTS
from regulars.know.imports.notes import NOTES
from regulars.know.imports.readers.excel_file import ExcelSource
from regulars.know.imports.rules import KindMapping, check_header
from regulars.know.imports.templates import describe, template


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_template_is_a_workbook_that_can_be_imported(kind: str, tmp_path: Path) -> None:
    (tmp_path / f"{kind}.xlsx").write_bytes(template(kind))
    source = ExcelSource(tmp_path / f"{kind}.xlsx", "x", kind)
    columns = check_header(source.columns, LAYOUTS[kind], KindMapping(), "x")
    assert list(columns) == [column.name for column in LAYOUTS[kind]]


def test_every_column_has_a_note_and_no_note_is_left_over() -> None:
    for kind, layout in LAYOUTS.items():
        for column in layout:
            assert len(describe(kind, column)) > 10
    known = {(kind, column.name) for kind, layout in LAYOUTS.items() for column in layout}
    known |= {("", name) for _kind, name in known}
    assert set(NOTES) <= known


def test_there_is_no_template_for_an_unknown_kind() -> None:
    with pytest.raises(NotFound):
        template("wishes")


def test_ids_keep_their_zeros_in_a_template() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(template("members")))
    assert book.sheet_names == ["members"]


def test_the_guide_names_every_column_of_every_kind() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "import.md").read_text("utf-8")
    for kind, layout in LAYOUTS.items():
        section = guide.partition(f"\n### {kind}\n")[2].partition("\n### ")[0]
        if kind == "lines":
            section += guide.partition("\n### orders\n")[2].partition("\n### ")[0]
        for column in layout:
            star = " *" if column.is_required else ""
            assert f"| `{column.name}`{star} | {column.type} |" in section, (kind, column.name)
