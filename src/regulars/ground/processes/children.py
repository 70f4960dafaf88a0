"""Which processes make up a running system: the table that the supervisor works from."""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regulars.ground.processes.doors import (
    web_address,
    why_not_connected,
    why_not_listening,
    why_not_serving,
)
from regulars.ground.processes.keeper import Child
from regulars.ground.processes.postgres import ENVIRONMENT as BARE_ENVIRONMENT
from regulars.ground.processes.postgres import Cluster
from regulars.ground.processes.status import STATUS


@dataclass(frozen=True)
class System:
    """One system to run: where it listens, where it keeps things, which database it uses.

    `cluster` is None when the database is a server that others run.
    """

    data_dir: Path
    runtime: Path
    host: str
    port: int
    database_url: str
    cluster: Cluster | None

    @property
    def url(self) -> str:
        return web_address(self.host, self.port)

    @property
    def warehouse_socket(self) -> Path:
        return self.runtime / "warehouse.sock"

    @property
    def status_file(self) -> Path:
        return self.runtime / STATUS

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to be part of this system."""
        return {
            "DJANGO_SETTINGS_MODULE": "regulars.config.settings",
            "REGULARS_DATA": str(self.data_dir),
            "DATABASE_URL": self.database_url,
            "REGULARS_WAREHOUSE": f"grpc+unix://{self.warehouse_socket}",
            "REGULARS_PORT": str(self.port),
            "REGULARS_STATUS": str(self.status_file),
        }


def children_of(system: System) -> list[Child]:
    """All processes of `system`, each after what it needs."""
    database = [database_server(system.cluster)] if system.cluster else []
    servers = ("migrate", "warehouse")
    return [
        *database,
        our_python(
            system,
            "migrate",
            ["-m", "django", "migrate", "--noinput", "--verbosity=0"],
            needs=tuple(child.name for child in database),
            once=True,
        ),
        our_python(
            system,
            "warehouse",
            ["-m", "regulars.ground.warehouse"],
            why_not_ready=lambda: why_not_listening(system.warehouse_socket),
            # Long enough to write its file out.
            grace_seconds=60.0,
        ),
        our_python(
            system,
            "loader",
            ["-m", "regulars.know.loader"],
            needs=servers,
            why_not_ready=lambda: why_not_connected(system.database_url, database_name("loader")),
        ),
        our_python(
            system,
            "tags",
            ["-m", "regulars.know.segments"],
            needs=servers,
            why_not_ready=lambda: why_not_connected(system.database_url, database_name("tags")),
            # Long enough to end what it asked of the warehouse.
            grace_seconds=30.0,
        ),
        our_python(
            system,
            "live",
            ["-m", "regulars.understand.live"],
            needs=servers,
            why_not_ready=lambda: why_not_connected(system.database_url, database_name("live")),
        ),
        our_python(
            system,
            "leads",
            ["-m", "regulars.act.tasks"],
            needs=servers,
            why_not_ready=lambda: why_not_connected(system.database_url, database_name("leads")),
        ),
        our_python(
            system,
            "worker",
            ["-m", "regulars.ground.jobs"],
            needs=servers,
            why_not_ready=lambda: why_not_connected(system.database_url, database_name("worker")),
            # Long enough for the jobs it runs to end.
            grace_seconds=30.0,
        ),
        our_python(
            system,
            "web",
            ["-m", "regulars.ground.processes.web", system.host, str(system.port)],
            needs=servers,
            why_not_ready=lambda: why_not_serving(system.host, system.port),
            # Lets its worker finish what it answers.
            death_signal=signal.SIGTERM,
        ),
    ]


def our_python(system: System, name: str, arguments: Sequence[str], **traits: Any) -> Child:
    """A child that runs our Python in the environment of `system`; `traits` as in `Child`."""
    ours = {"PGAPPNAME": database_name(name), "PYTHONUNBUFFERED": "1"}
    environment = {**os.environ, **system.environment, **ours}
    return Child(name, [sys.executable, *arguments], environment, **traits)


def database_name(name: str) -> str:
    """What PostgreSQL lists the connections of a child as."""
    return f"regulars {name}"


def database_server(cluster: Cluster) -> Child:
    return Child(
        "postgres",
        cluster.command,
        BARE_ENVIRONMENT,
        owner=cluster.owner,
        before_start=cluster.prepare,
        why_not_ready=cluster.why_not_ready,
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        grace_seconds=120.0,
    )
