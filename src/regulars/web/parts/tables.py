"""A table that sorts, filters and pages on the server; its whole state lives in the address.

`?sort=-net&find=shop&page=2`: the same address shows the same rows, as a page or as Excel.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

ROWS_A_PAGE = 50
TEXT, DATE, MOMENT, COUNT, CENTS, RATE, RATIO = (
    "text", "date", "moment", "count", "cents", "rate", "ratio",
)  # fmt: skip
FIGURES = frozenset({COUNT, CENTS, RATE, RATIO})


@dataclass(frozen=True)
class Column:
    """`value` gives the exact value of a row: what is sorted by and exported.

    `order` names the database field behind it, `link` the page that a row opens, `reason` why a
    value may be unknown.
    """

    key: str
    label: str | Promise
    value: Callable[[Any], Any]
    unit: str = TEXT
    order: str = ""
    link: Callable[[Any], str] | None = None
    reason: str | Promise = ""
    is_sortable: bool = True

    @property
    def is_figure(self) -> bool:
        return self.unit in FIGURES


@dataclass(frozen=True)
class Cell:
    value: Any
    column: Column
    url: str = ""


@dataclass(frozen=True)
class Table:
    """One page of rows, and what is needed to draw the controls around it."""

    columns: Sequence[Column]
    everything: Sequence[Any] | QuerySet[Any]
    page: Page[Any]
    sort: str
    find: str
    kept: Sequence[tuple[str, str]]

    @property
    def total(self) -> int:
        return int(self.page.paginator.count)

    @property
    def rows(self) -> Iterator[list[Cell]]:
        return (
            [Cell(c.value(row), c, c.link(row) if c.link else "") for c in self.columns]
            for row in self.page.object_list
        )

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
    source: Sequence[Any] | QuerySet[Any],
    columns: Sequence[Column],
    *,
    sort: str,
    find_in: Sequence[str] = (),
) -> Table:
    """Sort, filter and page `source` as the address says; `sort` is the order without one.

    `find_in` names the columns (of a list) or database fields (of a QuerySet) searched by `find`.
    """
    wanted = request.GET.get("sort", sort)
    if wanted.removeprefix("-") not in {column.key for column in columns if column.is_sortable}:
        wanted = sort
    column = next(column for column in columns if column.key == wanted.removeprefix("-"))
    find = request.GET.get("find", "").strip()
    is_falling = wanted.startswith("-")
    if isinstance(source, QuerySet):
        rows: Sequence[Any] | QuerySet[Any] = _from_database(
            source, column, is_falling, find, find_in
        )
    else:
        rows = _from_list(source, column, is_falling, find, [at(name) for name in find_in])
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    kept = [pair for pair in request.GET.items() if pair[0] not in {"find", "page", "export"}]
    return Table(columns, rows, page, wanted, find, kept)


def _from_database(
    source: QuerySet[Any], column: Column, is_falling: bool, find: str, fields: Sequence[str]
) -> QuerySet[Any]:
    if find and fields:
        anywhere = Q()
        for field in fields:
            anywhere |= Q((f"{field}__icontains", find))
        source = source.filter(anywhere)
    order = F(column.order or column.key)
    by = order.desc(nulls_last=True) if is_falling else order.asc(nulls_last=True)
    return source.order_by(by, "pk")


def _from_list(
    source: Sequence[Any],
    column: Column,
    is_falling: bool,
    find: str,
    values: Sequence[Callable[[Any], Any]],
) -> list[Any]:
    wanted = find.casefold()
    found = [
        row
        for row in source
        if not wanted or any(wanted in str(value(row)).casefold() for value in values)
    ]
    known = [row for row in found if column.value(row) is not None]
    unknown = [row for row in found if column.value(row) is None]
    return sorted(known, key=column.value, reverse=is_falling) + unknown
