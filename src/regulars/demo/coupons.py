"""The demo's coupons, written as events beside the files that are imported."""

from pathlib import Path

import duckdb

from regulars.ground.kit.sql import named

FILE = Path("events") / "coupons.parquet"
"""In the folder of the chain's files, where the import does not look."""


def write_coupons(database: duckdb.DuckDBPyConnection, query: str, source: Path) -> None:
    """Write what `queries/{query}/coupons.sql` tells: event, message_id, member_id, occurred_at (a
    moment as text), store_id, coupon, campaign."""
    path = source / FILE
    path.parent.mkdir(exist_ok=True)
    database.sql(named(__package__, f"{query}/coupons")).write_parquet(str(path))


def write_simulated(source: Path) -> None:
    """The same for a simulated chain, from the lines that it sold."""
    with duckdb.connect() as database:
        database.read_parquet(str(source / "lines-*.parquet")).create_view("lines")
        write_coupons(database, "simulated", source)
