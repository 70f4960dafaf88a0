"""The counts and sums among the eighty tags on data frames that are already in memory, of a tenth
of the members: what memory holds."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import polars as pl

from bench.harness import timed
from bench.tag_sets import CATEGORY_WINDOWS, WINDOWS

PART = 10
TICKETS = """
    SELECT member_id, business_on, is_purchase, units, net_cents
    FROM tickets WHERE member_id % $part = 0
"""
LINES = """
    SELECT member_id, business_on, split_part(categories.code, ' > ', 1) AS top, net_cents
    FROM order_lines JOIN products USING (product_id) JOIN categories USING (category_id)
    WHERE member_id % $part = 0
"""


def others(today: date, categories: list[str]) -> dict[str, float]:
    """Seconds by the name of the tool, for all members in proportion to a tenth."""
    from regulars.ground.warehouse.service import query

    tables = [query(sql, {"part": PART}) for sql in (TICKETS, LINES)]
    for_polars = [pl.from_arrow(table) for table in tables]
    found, with_polars = timed(lambda: _with_polars(for_polars, today, categories))
    for_pandas = [table.to_pandas(date_as_object=False) for table in tables]
    same, with_pandas = timed(lambda: _with_pandas(for_pandas, today, categories))
    if found != same:
        raise SystemExit(f"tags_full: Polars found {found}, pandas {same}")
    said = f"56 of the 80, in memory (from a tenth of the members, times {PART})"
    return {f"Polars, {said}": with_polars * PART, f"pandas, {said}": with_pandas * PART}


def _with_polars(frames: list[Any], today: date, categories: list[str]) -> int:
    tickets, lines = (frame.lazy() for frame in frames)
    day, net = pl.col("business_on"), pl.col("net_cents")
    orders = []
    for days in WINDOWS:
        within = day > today - timedelta(days=days)
        bought = within & pl.col("is_purchase")
        orders += [
            bought.sum().alias(f"orders_{days}"),
            net.filter(within).sum().alias(f"spend_{days}"),
            pl.col("units").filter(within).sum().alias(f"units_{days}"),
            day.filter(bought).max().alias(f"last_on_{days}"),
        ]
    sums = []
    for number, category in enumerate(categories):
        for days in CATEGORY_WINDOWS:
            chosen = (pl.col("top") == category) & (day > today - timedelta(days=days))
            sums += [
                chosen.sum().alias(f"lines_{number}_{days}"),
                net.filter(chosen).sum().alias(f"net_{number}_{days}"),
            ]
    one, other = pl.collect_all(
        [tickets.group_by("member_id").agg(orders), lines.group_by("member_id").agg(sums)]
    )
    total = int(one["spend_365"].sum())
    return total + sum(int(other[f"net_{n}_180"].sum()) for n in range(len(categories)))


def _with_pandas(frames: list[Any], today: date, categories: list[str]) -> int:
    tickets, lines = frames
    total = 0
    for days in WINDOWS:
        within = tickets[tickets.business_on > pd.Timestamp(today - timedelta(days=days))]
        by_member = within.groupby("member_id")
        spend = by_member.net_cents.sum()
        by_member.units.sum()
        purchases = within[within.is_purchase].groupby("member_id").business_on
        purchases.count()
        purchases.max()
        total = int(spend.sum())
    for category in categories:
        own = lines[lines.top == category]
        for days in CATEGORY_WINDOWS:
            recent = own[own.business_on > pd.Timestamp(today - timedelta(days=days))]
            net = recent.groupby("member_id").net_cents
            net.count()
            found = int(net.sum().sum())
        total += found
    return total
