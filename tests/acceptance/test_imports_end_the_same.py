"""However an import was interrupted or repeated, what stands there in the end is the same."""

import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow.parquet as pq
import pytest
from tests.acceptance.running import begin_in, new_folder
from tests.own_environment import own_environment, without_ours

from regulars.demo.simulate import simulate
from regulars.ground.kit.progress import silent
from regulars.ground.processes.service import attached

KILLS = 4
LAST_DAY = date(2026, 6, 30)
SEED = 20_260_731
CHAINS = """
    SELECT sum(hash(code, business_on, before, joined))
    FROM (
        SELECT
            code,
            business_on,
            min(prev_on) FILTER (prev_on < business_on) AS before,
            any_value(tickets.joined_on) AS joined
        FROM tickets
        JOIN members USING (member_id)
        GROUP BY ALL
    )
"""
FACTS = {
    "lines": "SELECT count(*), sum(net_cents), sum(units), sum(hash(quantity)) FROM order_lines",
    "tickets": "SELECT count(*), sum(net_cents), count(DISTINCT order_no) FROM tickets",
    "chains": CHAINS,
    "members": "SELECT count(*), sum(hash(code, joined_on, level)) FROM members",
    "products": "SELECT count(*), sum(hash(code, name)) FROM products",
    "left over": "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM batch_rejects)",
}
QUARANTINE = 'SELECT line_no, "column", reason, value FROM collect_reject ORDER BY 1, 2'
STATES = "SELECT state, count(*) FROM collect_batch GROUP BY state"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated chain as a till's daily export might bring it, with three bad lines."""
    folder = tmp_path_factory.mktemp("files") / "chain"
    simulate(folder, members=1_500, stores=5, days=90, seed=7, end=LAST_DAY, progress=silent)
    first = sorted(folder.glob("lines*.parquet"))[0]
    table = pq.read_table(first)
    columns = table.slice(0, 3).to_pydict()
    columns["order_id"] = ["BAD-1", "BAD-2", "BAD-3"]
    columns["store_id"][0] = columns["product_id"][1] = columns["member_id"][2] = "nobody"
    bad = type(table).from_pydict(columns, schema=table.schema)
    pq.write_table(bad, first.with_name("lines-99999.parquet"))
    return folder


def begin_import(files: Path, data: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "regulars.cli", "import", str(files), "--data", str(data)]
    return subprocess.Popen(
        command,
        cwd=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=own_environment(),
    )


def run_import(files: Path, data: Path) -> tuple[str, float]:
    began = time.monotonic()
    process = begin_import(files, data)
    output, _none = process.communicate(timeout=240)
    assert process.returncode == 1, output  # three rows are bad
    return output, time.monotonic() - began


def standing(data: Path) -> dict[str, Any]:
    """Everything that must not depend on the way there."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as warehouse:
        facts: dict[str, Any] = {n: warehouse.sql(sql).fetchall() for n, sql in FACTS.items()}
    with (
        without_ours(),
        attached(data) as environment,
        psycopg.connect(environment["DATABASE_URL"]) as postgres,
    ):
        facts["quarantine"] = postgres.execute(QUARANTINE).fetchall()
        facts["batches"] = postgres.execute(STATES).fetchall()
    return facts


def test_a_run_killed_again_and_again_ends_as_one_that_was_not(files: Path) -> None:
    chance = random.Random(SEED)
    # The one that is not killed has its database already; the other has it to make as well.
    with new_folder() as folder, new_folder() as killed:
        whole = begin_in(folder / "data")
        output, seconds = run_import(files, whole)
        assert "3 were rejected" in output, output
        wanted = standing(whole)
        assert len(wanted["quarantine"]) == 3
        for _kill in range(KILLS):
            process = begin_import(files, killed)
            time.sleep(seconds * chance.uniform(0.3, 1.05))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        run_import(files, killed)
        assert standing(killed) == wanted
        output, _seconds = run_import(files, killed)
        assert "imported before" in output, output
        assert standing(killed) == wanted
