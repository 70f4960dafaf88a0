"""Hillstrom's e-mail test of 2008: 64,000 customers, two e-mails and none."""

import os
from pathlib import Path
from typing import Any

import pyarrow.parquet

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("HILLSTROM_DATA", ROOT.parent / "shared/data/hillstrom"))


def arms() -> dict[str, dict[str, Any]]:
    """Columns of each arm, by its name."""
    table = pyarrow.parquet.read_table(FOLDER / "hillstrom.parquet")
    names = table["segment"].to_numpy(zero_copy_only=False)
    columns = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}
    return {
        str(arm): {name: column[names == arm] for name, column in columns.items()}
        for arm in set(names)
    }
