"""Amounts as an Excel file: a line a place, a column a month; read back after it was worked on."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import IO, Any

import python_calamine
from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node
from regulars.understand.targets.keeping import Place, totals_in_force
from regulars.understand.targets.models import Plan
from regulars.understand.targets.stretches import stretches_of

MOST_LINES = 20_000
LARGEST = 10**13


def sheet_months(plan: Plan) -> list[date]:
    """The months that have a column, in order; its heading is like 2026-05."""
    return [each.month_on for each in stretches_of(plan)]


def read_sheet(plan: Plan, file: IO[bytes]) -> dict[Place, int]:
    """The amounts in a file that differ from the plan's, by place and month. Columns are found by
    their headings: the first is the place's id, months are like 2026-05, others are passed over; an
    empty cell changes nothing. Amounts are in yuan. Raises UserError naming line and column."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        lines = book.get_sheet_by_index(0).to_python()[: MOST_LINES + 1]
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise UserError(_("This is no Excel file: %(reason)s") % {"reason": error}) from None
    if not lines:
        raise UserError(_("The sheet is empty."), field="file")
    named = {month.strftime("%Y-%m"): month for month in sheet_months(plan)}
    columns = {at: named[h] for at, cell in enumerate(lines[0]) if (h := _heading(cell)) in named}
    if not columns:
        raise UserError(_("No column is headed by a month of the plan, like %(month)s.")
            % {"month": next(iter(named))}, field="file")  # fmt: skip
    nodes = dict(Node.objects.values_list("code", "pk"))
    now = totals_in_force(plan)
    found: dict[Place, int] = {}
    for place, cents in _cells(lines[1:], columns, nodes):
        if place not in now or now[place].net_cents != cents:
            found[place] = cents
    return found


def _cells(
    lines: Sequence[Sequence[Any]], columns: dict[int, date], nodes: dict[str, int]
) -> Iterator[tuple[Place, int]]:
    for number, line in enumerate(lines, start=2):
        code = _code(line[0]) if line else ""
        if not code:
            continue
        if code not in nodes:
            raise UserError(
                _("Line %(line)s: there is no place “%(code)s”.") % {"line": number, "code": code},
                field="file",
            )
        for at, month in columns.items():
            if at < len(line) and line[at] not in ("", None):
                yield (nodes[code], month), _cents(line[at], number, month)


def _cents(cell: Any, line: int, month: date) -> int:
    try:
        amount = Decimal(str(cell).replace(",", "").strip())
    except InvalidOperation:
        amount = Decimal(-1)
    if isinstance(cell, bool) or not amount.is_finite() or not 0 <= amount < LARGEST:
        raise UserError(
            _("Line %(line)s, %(month)s: “%(cell)s” is no amount.")
            % {"line": line, "month": month.strftime("%Y-%m"), "cell": cell},
            field="file",
        )
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def _heading(cell: Any) -> str:
    return cell.strftime("%Y-%m") if isinstance(cell, date) else str(cell).strip()


def _code(cell: Any) -> str:
    """Excel makes numbers of ids that look like them."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
