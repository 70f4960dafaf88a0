"""CSV, Excel and Parquet: what is read, from which line, and what is said of broken files."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.progress import silent
from regulars.know.imports.readers import csv_file
from regulars.know.imports.readers.csv_file import CsvSource
from regulars.know.imports.readers.excel_file import ExcelSource
from regulars.know.imports.readers.parquet_file import ParquetSource
from regulars.know.imports.readers.source import Refused, Source

pytestmark = pytest.mark.usefixtures("english")


def rows_of(source: Source) -> tuple[list[tuple[Any, ...]], list[Refused]]:
    refused: list[Refused] = []
    rows = [
        tuple(row.values())
        for batch in source.batches(silent, refused)
        for row in batch.to_pylist()
    ]
    return rows, refused


def csv_of(folder: Path, content: bytes) -> CsvSource:
    (folder / "x.csv").write_bytes(content)
    return CsvSource(folder / "x.csv", "x.csv")


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", ""), ("utf-8", "\ufeff"), ("gb18030", ""), ("utf-16", "")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_the_usual_encodings_and_delimiters(
    tmp_path: Path, encoding: str, mark: str, delimiter: str
) -> None:
    text = mark + "编号,名称\r\n007,中文\r\n".replace(",", delimiter)
    source = csv_of(tmp_path, text.encode(encoding))
    assert source.columns == ["编号", "名称"]
    assert rows_of(source) == ([(2, "007", "中文")], [])


@pytest.mark.parametrize("block_bytes", [24, 1 << 20])
def test_lines_are_counted_through_breaks_blanks_and_misfits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr(csv_file, "BLOCK_BYTES", block_bytes)
    source = csv_of(tmp_path, b'a,b\n1,2\n3\n4,"5\n5"\n\n,\n"6\n6",7\n8,9,"10\n"\n11,12\n13')
    rows, refused = rows_of(source)
    assert rows == [(2, "1", "2"), (4, "4", "5\n5"), (8, "6\n6", "7"), (12, "11", "12")]
    assert [(row.line_no, row.reason) for row in refused] == [
        (3, "wrong_width"),
        (10, "wrong_width"),
        (13, "wrong_width"),
    ]
    assert refused[0].record == {"": "3"}


def test_a_header_of_two_lines_counts_as_two(tmp_path: Path) -> None:
    source = csv_of(tmp_path, b'"a\nz",b\n1,2\n')
    assert rows_of(source) == ([(3, "1", "2")], [])


def test_words_for_nothing_are_text_and_empty_is_nothing(tmp_path: Path) -> None:
    source = csv_of(tmp_path, b'a,b\nNULL,NA\n"",x\n')
    assert rows_of(source)[0] == [(2, "NULL", "NA"), (3, None, "x")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.csv has no header in its first line"),
        (b"\n\na,b\n", "x.csv has no header in its first line"),
        (b"a,,c\n", "x.csv: column 2 has no name"),
        (b"PK\x03\x04\0\0", "x.csv is damaged or not what its name says: it is not text"),
        (b"a,b\n\xff\xff,1\n", "neither UTF-8 nor GB18030"),
        (b'a,b\n1,2\n1,"x\n2,3\n', "x.csv: the quotation mark in line 3 is never closed"),
        (b'a,b\n1,"' + b"x\n" * 100, "x.csv"),
    ],
)
def test_a_broken_csv_file_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    monkeypatch.setattr(csv_file, "BLOCK_BYTES", 64)
    with pytest.raises(UserError) as caught:
        rows_of(csv_of(tmp_path, content))
    assert message in str(caught.value)


def test_excel_cells_read_as_one_would_type_them(tmp_path: Path) -> None:
    rows = [
        [],
        ["id", "n", "on", "at", "yes"],
        ["007", 12, date(2024, 1, 5), datetime(2024, 1, 5, 3, 4, 5), True],  # noqa: DTZ001
        [],
        ["8", 19.9, "", "x", False],
    ]
    source = ExcelSource(workbook(tmp_path / "x.xlsx", Sheet1=rows), "x.xlsx", "members")
    assert source.where == "x.xlsx, sheet “Sheet1”"
    assert source.columns == ["id", "n", "on", "at", "yes"]
    assert rows_of(source)[0] == [
        (3, "007", "12", "2024-01-05", "2024-01-05T03:04:05", "true"),
        (5, "8", "19.9", None, "x", "false"),
    ]


def test_a_long_number_in_excel_is_refused_as_it_has_lost_its_end(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx", Sheet1=[["id"], [6901234567890123456], ["6901234567890123456"]]
    )
    rows, refused = rows_of(ExcelSource(path, "x.xlsx", "members"))
    assert rows == [(3, "6901234567890123456")]
    assert [(row.line_no, row.column, row.reason) for row in refused] == [
        (2, "id", "too_many_digits")
    ]


def test_a_value_beyond_the_header_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", Sheet1=[["a"], ["1"], ["2", "3"]])
    rows, refused = rows_of(ExcelSource(path, "x.xlsx", "members"))
    assert rows == [(2, "1")]
    assert [(row.line_no, row.reason) for row in refused] == [(3, "wrong_width")]


def test_the_sheet_is_the_named_one_or_the_one_like_the_kind_or_the_first_filled(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "x.xlsx", Empty=[], Notes=[["n"]], Members=[["m"]])
    assert ExcelSource(path, "x", "members").sheet == "Members"
    assert ExcelSource(path, "x", "stores").sheet == "Notes"
    assert ExcelSource(path, "x", "stores", "Members").sheet == "Members"


def test_a_broken_workbook_is_explained(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "x.xlsx", Empty=[]).read_bytes()
    for content, sheet, message in (
        (b"", "", "x.xlsx is damaged"),
        (b"a,b\n1,2\n", "", "x.xlsx is damaged"),
        (whole[: len(whole) // 2], "", "x.xlsx is damaged"),
        (whole, "", "x.xlsx, sheet “Empty” is empty"),
        (whole, "Emtpy", "no sheet “Emtpy”; it has Empty (did you mean “Empty”?)"),
    ):
        (tmp_path / "x.xlsx").write_bytes(content)
        with pytest.raises(UserError) as caught:
            ExcelSource(tmp_path / "x.xlsx", "x.xlsx", "members", sheet)
        assert message in str(caught.value)


def test_parquet_keeps_types_and_counts_rows_from_one(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [7, 8]}), tmp_path / "x.parquet")
    assert rows_of(ParquetSource(tmp_path / "x.parquet", "x")) == ([(1, 7), (2, 8)], [])


def test_a_broken_parquet_file_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": [[1]]}), path)
    whole = path.read_bytes()
    for content, message in (
        (b"", "x.parquet is damaged or not what its name says"),
        (b"a,b\n1,2\n", "x.parquet is damaged or not what its name says"),
        (whole[:-10], "x.parquet is damaged or not what its name says"),
        (whole, "column “a” holds list"),
    ):
        path.write_bytes(content)
        with pytest.raises(UserError) as caught:
            ParquetSource(path, "x.parquet")
        assert message in str(caught.value)
