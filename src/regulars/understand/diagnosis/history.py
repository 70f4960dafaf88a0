"""Counts of stores by month: those of the past are kept, so that a morning counts what is new."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from regulars.ground.kit.deployment import chain
from regulars.ground.kit.sql import named
from regulars.ground.org.service import ensure_head_office
from regulars.ground.warehouse.service import Statement, query, run, stage
from regulars.understand.diagnosis.cube import GOODS_COUNTS, Month
from regulars.understand.metrics.service import Period, Question, counts_of_places, month_of

MONTHS = 24
KINDS = ("places", "goods", "baskets")
OPEN_FOR = timedelta(days=40)
"""A month that ended longer ago is not counted again: what came late changes it by little."""


def past_months(period: Period) -> list[Period]:
    """The calendar months that ended before the period, at most `MONTHS`, the earliest first. Those
    before the first sale are not among them."""
    first = _first_sale()
    months: list[Period] = []
    month = month_of(period.start - timedelta(days=1))
    if month.end > period.start:
        month = month_of(month.start - timedelta(days=1))
    while first is not None and month.start >= first.replace(day=1) and len(months) < MONTHS:
        months.insert(0, month)
        month = month_of(month.start - timedelta(days=1))
    if months and first is not None and months[0].start < first:
        months.pop(0)  # half a month is no month
    return months


def counts_of_months(
    months: Sequence[Period], stores: Sequence[int], categories: Sequence[int]
) -> list[Month]:
    """Counts of each month by store and part, and by store, category and part; kept once counted.
    Months that may still change are counted anew."""
    run(*(Statement(sql) for sql in _tables()))
    rows = query(named(__package__, "kept_periods")).to_pylist()
    kept = {(row["first_on"], row["last_on"]) for row in rows}
    return [
        _kept(month) if _is_kept(month, kept) else keep(month, stores, categories)
        for month in months
    ]


def counts_of(period: Period, stores: Sequence[int], categories: Sequence[int]) -> Month:
    """The same of any period, counted now."""
    places = counts_of_places(Question(ensure_head_office(), period), stores)
    return month_from(places, _cells(period, categories))


def goods_of(period: Period, categories: Sequence[int]) -> Month:
    """Only what was sold by category, counted now."""
    names = ("store_id", "members", "buyers", "tickets", "net_cents")
    nobody = {name: pa.array([], pa.int64()) for name in names}
    places = pa.table({**nobody, "part": pa.array([], pa.string())})
    return month_from(places, _cells(period, categories))


def month_from(places: pa.Table, cells: pa.Table) -> Month:
    """A month out of counts of places by part, and of goods by store, category and part."""
    names = ["store_id" if name == "node" else name for name in places.column_names]
    sums = [(name, "sum") for name in GOODS_COUNTS]
    goods = _plain(cells.group_by(["store_id", "category_id"]).aggregate(sums))
    baskets = _plain(cells.group_by(["part", "category_id"]).aggregate([("lines", "sum")]))
    return Month(places.rename_columns(names), goods, baskets)


def keep(period: Period, stores: Sequence[int], categories: Sequence[int]) -> Month:
    """Count a period and keep it in place of what was kept of it."""
    month = counts_of(period, stores, categories)
    for kind in KINDS:
        stage(f"diagnosis_staged_{kind}", getattr(month, kind))
    days = _days(period)
    steps = (f"{step}_{kind}" for kind in KINDS for step in ("forget", "keep"))
    run(*(Statement(named(__package__, step), days) for step in steps))
    run(*(Statement(f"DROP TABLE diagnosis_staged_{kind}") for kind in KINDS))
    return month


def by_channel(period: Period, compared: Period) -> dict[str, dict[int, int]]:
    """How much more each store sold through each channel than in the compared period, in cents."""
    days = {"start": period.start, "end": period.end}
    days |= {"before_start": compared.start, "before_end": compared.end}
    found: dict[str, dict[int, int]] = {}
    for row in query(named(__package__, "channels"), days).to_pylist():
        stores = found.setdefault(row["channel"] or "", {})
        stores[row["store_id"]] = row["now"] - row["before"]
    return found


def daily_tickets(until: date) -> dict[date, int]:
    """Tickets of the whole chain by day, of the 26 months before a day."""
    start = until - timedelta(days=800)
    rows = query(named(__package__, "days"), {"start": start, "end": until}).to_pylist()
    return {row["day"]: row["tickets"] for row in rows}


def _cells(period: Period, categories: Sequence[int]) -> pa.Table:
    parameters = {
        "start": period.start,
        "end": period.end,
        "window_days": chain().active_window_days,
        "categories": list(categories),
    }
    return query(named(__package__, "goods_cells"), parameters)


def _kept(period: Period) -> Month:
    return Month(*(query(named(__package__, f"kept_{kind}"), _days(period)) for kind in KINDS))


def _is_kept(month: Period, kept: set[tuple[date, date]]) -> bool:
    days = (month.start, month.last_day)
    return days in kept and month.end + OPEN_FOR <= _last_sale()


def _plain(sums: pa.Table) -> pa.Table:
    return sums.rename_columns([name.removesuffix("_sum") for name in sums.column_names])


def _days(period: Period) -> dict[str, Any]:
    return {"first_on": period.start, "last_on": period.last_day}


def _tables() -> list[str]:
    sql = named(__package__, "warehouse_schema")
    return [f"{part};" for part in sql.split(";") if part.strip()]


def _first_sale() -> date | None:
    first: date | None = query(named(__package__, "sold"))["first_on"][0].as_py()
    return first


def _last_sale() -> date:
    last: date | None = query(named(__package__, "sold"))["last_on"][0].as_py()
    return last or date.min
