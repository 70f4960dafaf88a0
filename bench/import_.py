"""Import: lines of Parquet in, through archive, inbox, loader and warehouse, to where the tree
can be asked; beside DuckDB's own bulk load of the same files, which checks and resolves nothing."""

import time
from pathlib import Path

import duckdb

from bench import chains
from bench.harness import Result, peak_mb


def main(scale: float) -> None:
    with chains.deployment(scale, is_new=True) as source:
        from regulars.ground.warehouse.service import query

        took = chains.import_kinds(source, ("lines",))
        (row,) = query("SELECT count(*) AS lines FROM order_lines").to_pylist()
        lines = int(row["lines"])
        Result(
            name="import",
            claim="Lines of Parquet imported in a second, until the tree can be asked",
            value=lines / took,
            unit="lines/s",
            bar=1_000_000,
            at_most=False,
            alternatives={"DuckDB CREATE TABLE AS": lines / bulk_load(source)},
            sizes={"lines": lines},
            notes=f"{took:.0f} s in all; peak memory of the one process {peak_mb():,.0f} MB",
        ).save()


def bulk_load(source: Path) -> float:
    """Seconds for the same files into a bare table of a new DuckDB file."""
    target = chains.FOLDER / "bulk.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect(str(target)) as database:
        began = time.perf_counter()
        files = str(source / "lines-*.parquet")
        database.execute("CREATE TABLE lines AS FROM read_parquet($files)", {"files": files})
        database.execute("CHECKPOINT")
        took = time.perf_counter() - began
    target.unlink()
    return took
