"""CDNOW's customers of 1997: the tenth of them on which the models' parameters were published."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv
import pyarrow.parquet

ROOT = Path(__file__).resolve().parents[4]
FOLDER = Path(os.environ.get("CDNOW_DATA", ROOT.parent / "shared/data/cdnow"))
CALIBRATED = (date(1997, 9, 30) - date(1970, 1, 1)).days  # the last of the first 39 weeks
WEEK = 7


@dataclass(frozen=True, eq=False)
class Customers:
    """A row per customer, with days as the unit of time; `later` is how many days with a purchase
    followed in the second 39 weeks."""

    frequency: Any
    recency: Any
    age: Any
    later: Any


def published() -> dict[str, Any]:
    """The summary that the papers were fitted on: x, t_x and T in weeks, zbar in dollars."""
    table = pyarrow.csv.read_csv(FOLDER / "cdnow_customers_summary_with_transactions.csv")
    return {name: table[name].to_numpy() for name in table.column_names}


def customers() -> Customers:
    """The same customers from their purchases; a day with several is one."""
    table = pyarrow.parquet.read_table(FOLDER / "cdnow_sample.parquet")
    days = table["date"].to_numpy().astype("datetime64[D]").astype(int)
    bought = np.unique(np.stack([table["customer_id"].to_numpy(), days]), axis=1)
    (who, day), calibrated = bought, bought[1] <= CALIBRATED
    _, first = np.unique(who, return_index=True)
    counts = np.add.reduceat(calibrated.astype(int), first)
    latest = np.maximum.reduceat(np.where(calibrated, day, 0), first)
    later = np.add.reduceat((~calibrated).astype(int), first)
    return Customers(counts - 1, latest - day[first], CALIBRATED - day[first], later)
