"""Backup and restore as an operator runs them: both stores, either alone, onto another machine."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from tests.acceptance.running import begin_in, new_folder
from tests.know.imports.conftest import FILES
from tests.own_environment import own_environment, without_ours

from regulars.ground.processes.service import attached

ARCHIVE = """
import sys
from datetime import timedelta
from pathlib import Path
from regulars import cli
with cli._attached(Path(sys.argv[1])):
    from regulars.know.loader.archive import archive_loaded
    print(archive_loaded(timedelta(0)))
"""
FACTS = {
    "lines": "SELECT count(*), sum(net_cents)::BIGINT, sum(hash(business_on, store_id, product_id))::VARCHAR FROM order_lines",  # noqa: E501
    "tickets": "SELECT order_no, version, net_cents, prev_on, joined_on FROM tickets ORDER BY ALL",
    "members": "FROM members ORDER BY ALL",
    "left over": "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM batch_rejects)",
}
TOLD = {
    "quarantine": "SELECT line_no, reason, value FROM collect_reject ORDER BY 1, 2",
    "batches": "SELECT id, state FROM collect_batch ORDER BY 1",
    "published": "SELECT count(*) FROM jobs_event",
}
LATER = "order_id,sold_at,store_id,member_id,product_id,quantity,net_cents\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as made:
        yield made


def regulars(*words: str, fails: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "regulars.cli", *words],
        capture_output=True, text=True, check=False, env=own_environment(),
        cwd=tempfile.gettempdir(),
    )  # fmt: skip
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def bring(data: Path, lines: str, *, is_whole: bool = True) -> None:
    files = data.with_name(f"{data.name}-files")
    files.mkdir(exist_ok=True)
    for name, text in (FILES | {"lines.csv": lines}).items():
        (files / name).write_text(text, "utf-8")
    regulars("import", str(files), "--data", str(data), fails=not is_whole)


def archive(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ARCHIVE, str(data)],
        capture_output=True, text=True, check=False, env=own_environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def standing(data: Path) -> dict[str, Any]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as warehouse:
        facts: dict[str, Any] = {n: warehouse.sql(sql).fetchall() for n, sql in FACTS.items()}
    with (
        without_ours(),
        attached(data) as environment,
        psycopg.connect(environment["DATABASE_URL"]) as postgres,
    ):
        return facts | {name: postgres.execute(sql).fetchall() for name, sql in TOLD.items()}


def later(*orders: str) -> str:
    return LATER + "".join(f"{name},2024-04-01T10:00:00+08:00,S1,M1,P1,1,{n}00\n"
                           for n, name in enumerate(orders, 1))  # fmt: skip


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A small chain with a refused line, half of what it was made from in the archive."""
    with new_folder() as folder:
        data = begin_in(folder / "data")
        lines = FILES["lines.csv"] + "T9,2024-03-04T12:00:00+08:00,S9,,P2,1,100\n"
        bring(data, lines, is_whole=False)
        archive(data)
        bring(data, later("L1"))
        yield data


@pytest.fixture
def data(made: Path, folder: Path) -> Path:
    """That chain, to do with as a test likes: the same owners, nothing running."""
    subprocess.run(["cp", "-a", str(made), str(folder)], check=True)
    return folder / made.name


def test_a_backup_restored_elsewhere_is_the_same_and_goes_on(folder: Path, data: Path) -> None:
    file = folder / "backup.tar"
    before = standing(data)
    regulars("backup", str(file), "--data", str(data))
    assert file.stat().st_mode & 0o077 == 0
    assert "is there already" in regulars("backup", str(file), "--data", str(data), fails=True)
    other = folder / "other"
    regulars("restore", str(file), "--data", str(other))
    assert standing(other) == before
    assert (other / "secrets.toml").read_bytes() == (data / "secrets.toml").read_bytes()
    bring(other, later("L1", "L2"))
    bring(data, later("L1", "L2"))
    ours, theirs = standing(data), standing(other)
    assert [ours[name] for name in FACTS] == [theirs[name] for name in FACTS]
    regulars("rebuild", "--data", str(other))
    assert standing(other) == theirs


def test_what_came_after_a_backup_is_gone_when_both_are_restored(folder: Path, data: Path) -> None:
    before = standing(data)
    regulars("backup", str(folder / "backup.tar"), "--data", str(data))
    bring(data, later("L1", "L2"))
    regulars("restore", str(folder / "backup.tar"), "--data", str(data))
    assert standing(data) == before


@pytest.mark.parametrize("only", ["warehouse", "database"])
def test_a_store_restored_alone_is_mended_at_the_next_start(
    folder: Path, data: Path, only: str
) -> None:
    regulars("backup", str(folder / "backup.tar"), "--data", str(data))
    bring(data, later("L1", "L2", "L3"))
    archive(data)
    after = standing(data)
    regulars("restore", str(folder / "backup.tar"), "--data", str(data), "--only", only)
    assert standing(data)["batches"] != after["batches"] or only == "warehouse"
    archive(data)  # any command prepares and mends
    bring(data, later("L1", "L2", "L3"))  # its import may be forgotten; what it brings is known
    again = standing(data)
    assert [again[name] for name in FACTS] == [after[name] for name in FACTS]
    assert again["quarantine"] == after["quarantine"]


def test_what_is_no_backup_is_refused_and_changes_nothing(folder: Path, data: Path) -> None:
    before = standing(data)
    (folder / "torn.tar").write_bytes(b"not a tar file")
    said = regulars("restore", str(folder / "torn.tar"), "--data", str(data), fails=True)
    assert "cannot be read as a backup" in said
    assert standing(data) == before
