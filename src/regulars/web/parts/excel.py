"""A table as an Excel file: every row, exact figures."""

import io
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse

from regulars.ground.accounts.access import Capability, check
from regulars.ground.kit import clock
from regulars.web.parts.tables import CENTS, CHANGE, COUNT, DATE, MOMENT, RATE, RATIO, SIGNED, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    CENTS: "#,##0.00", COUNT: "#,##0", RATE: "0.00%", RATIO: "0.0000",
    SIGNED: "+#,##0.00;-#,##0.00;0.00", CHANGE: "+0.00%;-0.00%;0.00%",
    DATE: "yyyy-mm-dd", MOMENT: "yyyy-mm-dd hh:mm:ss",
}  # fmt: skip
WIDTH = 16


def wants_excel(request: HttpRequest) -> bool:
    return request.GET.get("export") == "xlsx"


def as_excel(request: HttpRequest, table: Table, name: str) -> HttpResponse:
    """The file `name`.xlsx. Raises NotAllowed for those who may not export."""
    check(request.user, Capability.EXPORT_DATA)
    response = HttpResponse(workbook(table), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def workbook(table: Table) -> bytes:
    """The bytes of the file: one sheet, headings frozen, what is unknown left empty."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False}
    ) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.columns) - 1, WIDTH)
        heading = book.add_format({"bold": True})
        formats = {unit: book.add_format({"num_format": text}) for unit, text in FORMATS.items()}
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, str(column.label), heading)
        for line, values in enumerate(table.exact_rows, start=1):
            for place, (column, value) in enumerate(zip(table.columns, values, strict=True)):
                if value is not None:
                    sheet.write(line, place, _as_cell(value, column.unit), formats.get(column.unit))
    return buffer.getvalue()


def _as_cell(value: Any, unit: str) -> Any:
    if unit in (CENTS, SIGNED):
        return float(Fraction(value) / 100)
    if isinstance(value, datetime):
        return value.astimezone(clock.zone()).replace(tzinfo=None)
    if isinstance(value, Fraction):
        return float(value)
    return value if isinstance(value, int | float | date) else str(value)
