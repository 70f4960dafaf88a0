"""The deployment's own PostgreSQL: made once, run as a direct child of whoever starts it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.ground.processes import locks, places, rules
from regulars.ground.processes.owner import Owner, bound_to_us, database_owner, owner_of

NAME = "regulars"
MIB = 2**20
# For clusters that may be lost: tests.
DISPOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
TAIL_LINES = 20


class DatabaseStartError(UserError):
    """PostgreSQL ended instead of starting; the message holds the end of its log."""


@dataclass
class Cluster:
    """One PostgreSQL data folder and how to run it."""

    folder: Path
    binaries: Path
    sockets: Path
    log: Path
    owner: Owner
    settings: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql:///{NAME}?host={self.sockets}&user={NAME}"

    @property
    def command(self) -> list[str]:
        """The server's command line; whoever runs it must be `owner` (see `bound_to_us`)."""
        settings = default_settings() | {"unix_socket_directories": str(self.sockets)}
        settings |= self.settings
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self.binaries / "postgres"), "-D", str(self.folder), *options]

    def why_not_ready(self) -> str | None:
        """None when the server answers, else what it says."""
        return why_not_reachable(self.url)

    def prepare(self) -> None:
        """What must be done before each start."""
        places.make_private(self.sockets, self.owner)
        locks.disown_ended_server(self.folder, self.sockets)

    def start(self) -> None:
        """Return when the server answers, however long its recovery takes.

        Raises DatabaseStartError as soon as it ends instead.
        """
        self.prepare()
        self._process = self._run(self.command, death_signal=signal.SIGINT)
        pause = 0.0
        # Another server on this folder would answer in place of one that is about to give up.
        while not (locks.holder(self.folder) == self._process.pid and not self.why_not_ready()):
            if (code := self._process.poll()) is not None:
                raise DatabaseStartError(
                    _("PostgreSQL ended with code %(code)s instead of starting:\n%(log)s"),
                    facts={"code": code, "log": tail(self.log)},
                )
            pause = rules.look_again_after(pause, is_ready=False)
            time.sleep(pause)

    def stop(self) -> None:
        """Close all connections, write everything out, and wait for the end."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None
            places.remove_if_empty(self.sockets)

    def initialise(self) -> None:
        """Make the data folder with the database in it: whole, or not at all."""
        making = self.folder.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        places.make_private(making, self.owner)
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        flags = ["--encoding=UTF8", "--auth=trust", "--no-instructions", "--no-sync"]
        self._finish("initdb", "-D", str(making), "-U", NAME, *locale, *flags)
        single = ["--single", "-D", str(making), "-F", "-c", "exit_on_error=on", "postgres"]
        self._finish("postgres", *single, input=f"CREATE DATABASE {NAME}\n")
        if self.settings.get("fsync") != "off":
            self._finish("initdb", "-D", str(making), "--sync-only")
        making.rename(self.folder)

    def _finish(self, program: str, *arguments: str, input: str = "") -> None:
        process = self._run([str(self.binaries / program), *arguments], stdin=subprocess.PIPE)
        process.communicate(input.encode())
        if process.returncode:
            raise DatabaseStartError(
                _("%(program)s could not make the database in %(folder)s:\n%(log)s"),
                facts={"program": program, "folder": self.folder, "log": tail(self.log)},
            )

    def _run(
        self,
        command: list[str],
        *,
        death_signal: signal.Signals = signal.SIGKILL,
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                bound_to_us(command, death_signal=death_signal, owner=self.owner),
                stdin=stdin,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                start_new_session=True,
            )


def ensure_cluster(
    data_dir: Path,
    *,
    settings: Mapping[str, str] | None = None,
    shared: Path = places.SHARED,
) -> Cluster:
    """The data folder's cluster, made on first use (about 2 s).

    As root it belongs to an unprivileged user; where that user cannot reach the data folder or
    PostgreSQL's programs, these stand under `shared`. Raises UserError, DatabaseStartError.
    """
    data_dir = data_dir.resolve()
    existing = places.find_cluster(data_dir)
    owner = owner_of(existing) if existing else database_owner()
    cluster = Cluster(
        folder=existing or places.place_for_cluster(data_dir, owner, shared),
        binaries=places.binaries_for(owner, shared),
        sockets=places.runtime_folder(data_dir, owner),
        log=data_dir / "postgres.log",
        owner=owner,
        settings=settings or {},
    )
    if existing is None:
        cluster.initialise()
        places.record_cluster(data_dir, cluster.folder)
    return cluster


@contextmanager
def postgres(data_dir: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """A running server's DATABASE_URL: the environment's own, or the data folder's cluster."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    cluster = ensure_cluster(data_dir, settings=settings)
    try:
        cluster.start()
        yield cluster.url
    finally:
        cluster.stop()


@contextmanager
def disposable_postgres() -> Iterator[str]:
    """A server for one test run or measurement: fast, and gone afterwards with all its data."""
    with tempfile.TemporaryDirectory(prefix="regulars-data-", dir=places.RUNTIME) as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder), settings=DISPOSABLE) as url:
            yield url


def why_not_reachable(url: str) -> str | None:
    """None when a database answers at `url`, else why not."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as refused:
        return str(refused).strip()
    return None


def default_settings() -> dict[str, str]:
    """Settings for operations on one machine; heavy reading is the warehouse's, not ours."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MIB
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{min(max(memory // 32, 128), 1024)}MB",
        "effective_cache_size": f"{memory // 4}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "4GB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        # Parallel plans want shared memory that containers seldom have.
        "max_parallel_workers_per_gather": "0",
        "log_checkpoints": "off",
        "log_line_prefix": "",
        "timezone": "UTC",
    }


def tail(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-TAIL_LINES:])
