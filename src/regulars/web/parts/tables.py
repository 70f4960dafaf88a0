"""A table that sorts, filters and pages on the server; its whole state lives in the address.

`?sort=-net&find=shop&page=2`: the same address shows the same rows, as a page or as Excel.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter, or_
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

Rows = Sequence[Any] | QuerySet[Any]

ROWS_A_PAGE = 50
NOT_KEPT = {"find", "page", "export"}
TEXT, DATE, MOMENT, COUNT, CENTS, RATE, RATIO, SIGNED, CHANGE = (
    "text", "date", "moment", "count", "cents", "rate", "ratio", "signed", "change",
)  # fmt: skip
FIGURES = frozenset({COUNT, CENTS, RATE, RATIO, SIGNED, CHANGE})


@dataclass(frozen=True)
class Column:
    """`value` gives the exact value of a row: what is sorted by and exported.

    `order` names the database field behind it, `link` the page that a row opens, `reason` why a
    value may be unknown, or tells it of a row, `note` stands small below it. SIGNED is a difference
    in cents, CHANGE a rate of change.
    """

    key: str
    label: str | Promise
    value: Callable[[Any], Any]
    unit: str = TEXT
    order: str = ""
    link: Callable[[Any], str] | None = None
    reason: str | Promise | Callable[[Any], str | Promise | None] = ""
    is_sortable: bool = True
    note: Callable[[Any], str] | None = None

    @property
    def is_figure(self) -> bool:
        return self.unit in FIGURES


@dataclass(frozen=True)
class Cell:
    value: Any
    column: Column
    url: str = ""
    reason: str | Promise = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """One page of rows, and what is needed to draw the controls around it."""

    columns: Sequence[Column]
    everything: Rows
    page: Page[Any]
    sort: str
    find: str
    kept: Sequence[tuple[str, str]]

    @property
    def total(self) -> int:
        return int(self.page.paginator.count)

    @property
    def rows(self) -> Iterator[list[Cell]]:
        return ([_cell(row, column) for column in self.columns] for row in self.page.object_list)

    @property
    def exact_rows(self) -> Iterator[list[Any]]:
        """Every row of all pages, as exact values."""
        everything: Iterable[Any] = self.everything
        if isinstance(everything, QuerySet):
            everything = everything.iterator(chunk_size=2000)
        return ([column.value(row) for column in self.columns] for row in everything)

    @property
    def headings(self) -> list[dict[str, Any]]:
        """Each column with the sort that a click on it asks for."""
        return [
            {
                "column": column,
                "is_current": column.key == self.sort.removeprefix("-"),
                "is_ascending": column.key == self.sort,
                "next_sort": self._next_sort(column),
            }
            for column in self.columns
        ]

    def _next_sort(self, column: Column) -> str:
        falling = f"-{column.key}"
        if self.sort.removeprefix("-") != column.key:
            return falling if column.is_figure else column.key
        return column.key if self.sort == falling else falling


def _cell(row: Any, column: Column) -> Cell:
    reason = column.reason(row) if callable(column.reason) else column.reason
    url = column.link(row) if column.link else ""
    note = column.note(row) if column.note else ""
    return Cell(column.value(row), column, url, reason or "", note)


def at(path: str) -> Callable[[Any], Any]:
    """The value at a dotted path of attributes; None where the path ends early."""

    def value(row: Any) -> Any:
        try:
            return attrgetter(path)(row)
        except AttributeError:
            return None

    return value


def table_of(
    request: HttpRequest,
    source: Rows,
    columns: Sequence[Column],
    *,
    sort: str,
    find_in: Sequence[str] = (),
    most: int | None = None,
) -> Table:
    """Sort, filter and page `source` as the address says; `sort` is the order without one.

    A QuerySet comes in that order already: its own is kept, and with it the index behind it.
    `find_in` names the columns (of a list) or database fields (of a QuerySet) searched by `find`.
    Beyond `most` rows nobody pages: what comes after is left out, so that counting stays cheap.
    """
    wanted = request.GET.get("sort", sort)
    if wanted.removeprefix("-") not in {column.key for column in columns if column.is_sortable}:
        wanted = sort
    find = request.GET.get("find", "").strip()
    rows = _found(source, find, find_in) if find and find_in else source
    if wanted != sort or not isinstance(rows, QuerySet):
        column = next(column for column in columns if column.key == wanted.removeprefix("-"))
        rows = _sorted(rows, column, is_falling=wanted.startswith("-"))
    rows = rows[:most] if most else rows
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    kept = [pair for pair in request.GET.items() if pair[0] not in NOT_KEPT]
    return Table(columns, rows, page, wanted, find, cast("list[tuple[str, str]]", kept))


def _found(source: Rows, find: str, find_in: Sequence[str]) -> Rows:
    if isinstance(source, QuerySet):
        anywhere = (Q((f"{field}__icontains", find)) for field in find_in)
        return source.filter(reduce(or_, anywhere))
    values = [at(name) for name in find_in]
    wanted = find.casefold()
    return [row for row in source if any(wanted in str(value(row)).casefold() for value in values)]


def _sorted(rows: Rows, column: Column, *, is_falling: bool) -> Rows:
    """What is unknown stands last, whichever way."""
    if isinstance(rows, QuerySet):
        order = F(column.order or column.key)
        by = order.desc(nulls_last=True) if is_falling else order.asc(nulls_last=True)
        return rows.order_by(by, "pk")
    known = [row for row in rows if column.value(row) is not None]
    unknown = [row for row in rows if column.value(row) is None]
    return sorted(known, key=column.value, reverse=is_falling) + unknown
