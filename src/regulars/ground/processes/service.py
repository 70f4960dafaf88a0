"""What the room offers to others."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.deployment import data_dir as deployment_folder
from regulars.ground.kit.errors import UserError
from regulars.ground.processes.dump import dump_database, restore_database
from regulars.ground.processes.instance import find_environment, only_instance
from regulars.ground.processes.places import runtime_folder
from regulars.ground.processes.postgres import disposable_postgres, ensure_cluster, postgres
from regulars.ground.processes.status import STATUS, is_alive, read_json
from regulars.ground.processes.up import up

__all__ = [
    "attached",
    "disposable_postgres",
    "dump_database",
    "ensure_cluster",
    "find_environment",
    "postgres",
    "read_status",
    "restore_database",
    "up",
]


def read_status() -> dict[str, Any]:
    """What the supervisor last knew; {} when none runs.

    `{"supervisor": pid, "processes": {name: {"state", "pid", "restarts", "since", "last_end",
    "reason"}}}`. `state` is waiting, starting, ready, unready, pausing (before a new start), done
    (ran once and ended well) or stopped; `since` is UTC, ISO; `reason` says why it is not ready.
    """
    path = os.environ.get("REGULARS_STATUS")
    status = read_json(Path(path) if path else runtime_folder(deployment_folder()) / STATUS)
    return status if is_alive(status.get("supervisor")) else {}


@contextmanager
def attached(data_dir: Path) -> Iterator[dict[str, str]]:
    """The environment for a command on `data_dir`: of the system that is up, or, when none is,
    of PostgreSQL alone, run for as long as the block (nothing else can be started meanwhile).

    Raises UserError where there is no such folder.
    """
    if not data_dir.is_dir():
        raise UserError(
            _("There is no folder %(folder)s: “regulars up” makes one, or name another by --data."),
            facts={"folder": data_dir},
        )
    if environment := find_environment(data_dir):
        yield environment
        return
    with only_instance(data_dir, "a command"), postgres(data_dir) as url:
        yield {"DATABASE_URL": url, "REGULARS_DATA": str(data_dir)}
