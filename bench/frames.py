"""The same parts worked out on data frames, from tickets and members already in memory."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

WINDOW = timedelta(days=365)
TICKETS = """
    SELECT member_id, business_on, is_purchase, net_cents
    FROM tickets
"""
MEMBERS = "SELECT member_id, recorded_joined_on, graduates_on FROM members"


def tickets() -> tuple[Any, Any]:
    """Arrow tables of what the frames need: tickets, members."""
    from regulars.ground.warehouse.service import query

    return query(TICKETS), query(MEMBERS)


def with_polars(tables: tuple[Any, Any], start: date, end: date) -> dict[str, int]:
    tickets, members = (pl.from_arrow(table).lazy() for table in tables)
    bought = pl.col("is_purchase")
    per_member = (
        tickets.filter(pl.col("business_on") < end)
        .group_by("member_id")
        .agg(
            first_on=pl.col("business_on").filter(bought).min(),
            last_on=pl.col("business_on").filter(bought & (pl.col("business_on") < start)).max(),
            net_cents=pl.col("net_cents").filter(pl.col("business_on") >= start).sum(),
        )
        .join(members, on="member_id", how="left")
        .with_columns(joined_on=pl.min_horizontal("recorded_joined_on", "first_on"))
    )
    part = (
        pl.when(pl.col("member_id").is_null())
        .then(pl.lit("non_member"))
        .when(pl.col("joined_on") >= start)
        .then(pl.lit("new"))
        .when(pl.col("graduates_on") <= start)
        .then(pl.lit("graduated"))
        .when(pl.col("last_on").is_null())
        .then(pl.lit("never_bought"))
        .when(pl.col("last_on") >= start - WINDOW)
        .then(pl.lit("active_old"))
        .otherwise(pl.lit("dormant_old"))
    )
    sums = per_member.group_by(part.alias("part")).agg(pl.col("net_cents").sum()).collect()
    return dict(sums.iter_rows())


def with_pandas(tables: tuple[Any, Any], start: date, end: date) -> dict[str, int]:
    tickets, members = (table.to_pandas(date_as_object=False) for table in tables)
    begin, finish = pd.Timestamp(start), pd.Timestamp(end)
    tickets = tickets[tickets.business_on < finish]
    in_period = tickets[tickets.business_on >= begin]
    strangers = int(in_period.loc[in_period.member_id.isna(), "net_cents"].sum())
    purchases = tickets[tickets.is_purchase & tickets.member_id.notna()]
    first_on = purchases.groupby("member_id").business_on.min()
    last_on = purchases[purchases.business_on < begin].groupby("member_id").business_on.max()
    sums = in_period.dropna(subset="member_id").groupby("member_id").net_cents.sum()
    people = pd.DataFrame({"net_cents": sums, "first_on": first_on.reindex(sums.index)})
    people["last_on"] = last_on.reindex(people.index)
    people = people.join(members.set_index("member_id"))
    joined_on = people[["recorded_joined_on", "first_on"]].min(axis=1)
    part = np.select(
        [
            joined_on >= begin,
            people.graduates_on <= begin,
            people.last_on.isna(),
            people.last_on >= begin - pd.Timedelta(WINDOW),
        ],
        ["new", "graduated", "never_bought", "active_old"],
        "dormant_old",
    )
    found = people.groupby(part).net_cents.sum().astype(int).to_dict()
    return {**found, "non_member": strangers}
