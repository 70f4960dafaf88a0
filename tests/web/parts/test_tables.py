import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from regulars.ground.org.models import Node
from regulars.web.parts.excel import workbook
from regulars.web.parts.tables import CENTS, COUNT, DATE, Column, Table, at, table_of


@dataclass
class Shop:
    name: str
    net_cents: int | None
    opened_on: date = date(2020, 1, 1)


SHOPS = [Shop("Oak Street", 12_345), Shop("Mill Lane", None), Shop("Oak Hill", 99)]
COLUMNS = (
    Column("name", "Shop", at("name")),
    Column("net", "Net sales", at("net_cents"), CENTS, reason="never sold"),
    Column("opened", "Opened", at("opened_on"), DATE),
)


def shown(query: dict[str, str], source: Any = SHOPS, columns: Any = COLUMNS) -> Table:
    request = RequestFactory().get("/", query)
    return table_of(request, source, columns, sort="-net", find_in=("name",))


def test_a_column_may_say_of_each_row_why_its_value_is_unknown() -> None:
    net = Column("net", "Net", at("net_cents"), CENTS, reason=lambda shop: f"{shop.name}: closed")
    (cell,) = next(shown({}, SHOPS[1:2], [net]).rows)
    assert (cell.value, cell.reason) == (None, "Mill Lane: closed")


def names(table: Table) -> list[str]:
    return [row[0].value for row in table.rows]


def test_rows_are_sorted_as_the_address_says_and_the_unknown_stands_last_either_way() -> None:
    assert names(shown({})) == ["Oak Street", "Oak Hill", "Mill Lane"]
    assert names(shown({"sort": "net"})) == ["Oak Hill", "Oak Street", "Mill Lane"]


def test_a_sort_that_no_column_knows_falls_back_to_the_usual_one() -> None:
    assert names(shown({"sort": "password"})) == ["Oak Street", "Oak Hill", "Mill Lane"]


def test_a_filter_finds_parts_of_words_in_any_case() -> None:
    assert names(shown({"find": "oak"})) == ["Oak Street", "Oak Hill"]


def test_a_second_click_on_a_heading_turns_the_order_round() -> None:
    headings = {h["column"].key: h["next_sort"] for h in shown({"sort": "-net"}).headings}
    assert headings == {"name": "name", "net": "net", "opened": "opened"}


def test_a_page_beyond_the_last_shows_the_last() -> None:
    many = [Shop(f"Shop {number}", number) for number in range(120)]
    table = shown({"page": "99"}, many)
    assert table.page.number == 3
    assert names(table)[-1] == "Shop 0"
    assert table.total == 120


def test_filters_beside_the_table_are_kept_by_its_own_form() -> None:
    assert shown({"org": "S1", "find": "oak", "page": "2"}).kept == [("org", "S1")]


@pytest.mark.django_db
def test_the_database_sorts_filters_and_cuts() -> None:
    for code in ("b", "a", "c"):
        Node.objects.create(code=code, name=f"Store {code}", kind="store")
    columns = (Column("code", "Id", at("code")),)
    request = RequestFactory().get("/", {"sort": "-code", "find": "STORE"})
    source = Node.objects.order_by("code")
    table = table_of(request, source, columns, sort="code", find_in=("name",), most=2)
    assert names(table) == ["c", "b"]


def sheet_of(table: Table) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(table)))
    return book.get_sheet_by_index(0).to_python()


def test_the_excel_file_holds_every_row_with_exact_figures() -> None:
    many = [Shop(f"Shop {number}", number) for number in range(120)]
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(workbook(shown({}, many)))
    ).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[0] == ["Shop", "Net sales", "Opened"]
    assert rows[1] == ["Shop 119", 1.19, date(2020, 1, 1)]
    assert len(rows) == 121


def test_what_is_unknown_is_an_empty_cell_and_text_is_never_a_formula() -> None:
    assert sheet_of(shown({}, [Shop("=1+1", None)]))[1][:2] == ["=1+1", ""]


def test_counts_stay_whole_numbers_in_excel() -> None:
    columns = (Column("net", "Units", at("net_cents"), COUNT),)
    assert sheet_of(shown({}, SHOPS[:1], columns))[1] == [12_345]
