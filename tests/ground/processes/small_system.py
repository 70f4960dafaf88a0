"""A system of the embedded PostgreSQL and children that do little.

Run as: small_system.py DATA_DIR PORT [dawdle]; `dawdle` takes long once all is ready.
"""

import os
import sys
import time
from pathlib import Path

from django.conf import settings

from regulars.ground.kit.errors import UserError
from regulars.ground.processes.children import (
    System,
    database_name,
    database_server,
    our_python,
)
from regulars.ground.processes.doors import why_not_connected
from regulars.ground.processes.keeper import Child
from regulars.ground.processes.up import up

STEADY = "import sys, time; print('[WARNING] hello from', sys.argv[1]); time.sleep(1000)"
CONNECTED = (
    "import os, psycopg, time;"
    "connection = psycopg.connect(os.environ['DATABASE_URL']); time.sleep(1000)"
)
PREPARE = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).close()"


def small_children(system: System) -> list[Child]:
    assert system.cluster
    folder = str(system.data_dir)
    return [
        database_server(system.cluster),
        our_python(system, "prepare", ["-c", PREPARE], needs=("postgres",), once=True),
        our_python(
            system, "steady", ["-c", STEADY, folder], needs=("prepare",), settle_seconds=0.1
        ),
        our_python(
            system,
            "other",
            ["-c", CONNECTED, folder],
            needs=("prepare",),
            why_not_ready=lambda: why_not_connected(system.database_url, database_name("other")),
        ),
    ]


def when_ready(url: str) -> None:
    sys.stdout.write(f"ready at {url} with {os.environ['DATABASE_URL']}\n")
    if "dawdle" in sys.argv:
        time.sleep(1000)


if __name__ == "__main__":
    settings.configure(USE_I18N=False)
    try:
        up(Path(sys.argv[1]), port=int(sys.argv[2]), when_ready=when_ready, children=small_children)
    except UserError as refused:
        sys.exit(f"refused: {refused}")
