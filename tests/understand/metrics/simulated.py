"""The simulated chain counted by pandas, straight from its files: nothing of ours is asked."""

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from regulars.know.members.rules import stage_on

WINDOW = pd.Timedelta(days=365)
AGE_RANGE_MONTHS = 72


@cache
def tickets(folder: Path) -> pd.DataFrame:
    """A row a ticket: member, store, channel, day, is_purchase, net_cents, margin_cents."""
    lines = pd.concat(pd.read_parquet(path) for path in sorted(folder.glob("lines-*.parquet")))
    lines["margin_cents"] = lines["net_cents"] - lines["cost_cents"]
    lines["day"] = lines["sold_at"].dt.normalize()
    return lines.groupby("order_id").agg(
        member=("member_id", "first"),
        store=("store_id", "first"),
        channel=("channel", "first"),
        day=("day", "first"),
        is_purchase=("quantity", lambda quantities: bool((quantities >= 0).any())),
        net_cents=("net_cents", "sum"),
        margin_cents=("margin_cents", "sum"),
    )


@cache
def members(folder: Path) -> pd.DataFrame:
    """A row a member: joined (no later than the first ticket), home, join_channel, youngest."""
    told = pd.read_parquet(folder / "members.parquet").set_index("member_id")
    children = pd.read_parquet(folder / "children.parquet")
    born = children["birth_on"].fillna(children["due_on"])
    recorded = pd.to_datetime(told["joined_on"])
    first = tickets(folder).groupby("member")["day"].min().reindex(told.index)
    return pd.DataFrame(
        {
            "joined": first.where(first < recorded, recorded),
            "home": told["home_store_id"],
            "join_channel": told["join_channel"],
            "youngest": born.groupby(children["member_id"]).max().reindex(told.index),
        }
    )


def slices_of(folder: Path, part: str, start: date) -> "pd.Series[str]":
    """The slice of each member of a part as of a month's start."""
    everyone, sold, day = members(folder), tickets(folder), pd.Timestamp(start)
    if part == "new":
        joined = everyone["joined"]
        return everyone.loc[(joined >= day) & (joined < next_month(day)), "join_channel"]
    earlier = sold["is_purchase"] & (sold["day"] < day) & (sold["day"] >= day - WINDOW)
    active = everyone.loc[everyone.index.isin(sold.loc[earlier, "member"])]
    stage = active["youngest"].map(lambda born: _stage(born, start))
    return stage[stage != "graduated"]


def next_month(day: pd.Timestamp) -> pd.Timestamp:
    return day + pd.offsets.MonthBegin()


def _stage(born: date | None, on: date) -> str:
    return "no_child" if pd.isna(born) else str(stage_on(born, on, AGE_RANGE_MONTHS))
