"""The web process: Granian with a few workers, which share what was loaded and never outlive it."""

import gc
import os
import sys
from typing import Any

from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import Interfaces, Loops

from regulars.ground.processes.shim import end_with

APPLICATION = "regulars.config.asgi.application"
# An open stream counts as a request: the default would let 1,024 of them block every page.
BACKPRESSURE = 16_384
STOP_SECONDS = 4
MOST_WORKERS = 4
"""Beyond these the database and the warehouse are what pages wait for."""


def serve(host: str, port: int) -> None:
    """Serve until told to stop; streams still open `STOP_SECONDS` later are cut."""
    main = os.getpid()
    application = import_string(APPLICATION)
    gc.collect()
    gc.freeze()  # what stands here now stays, and is the same memory in every worker

    def load(_target: str) -> Any:
        end_with(main)
        return application

    server = Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,  # Django knows no lifespan
        loop=Loops.uvloop,
        websockets=False,
        backpressure=BACKPRESSURE,
        workers=worker_count(),
        workers_kill_timeout=STOP_SECONDS,
    )
    server.serve(target_loader=load)


def worker_count() -> int:
    """`REGULARS_WEB_WORKERS`; one a core, up to `MOST_WORKERS`, where it says nothing."""
    told = os.environ.get("REGULARS_WEB_WORKERS", "")
    return max(1, int(told)) if told else min(len(os.sched_getaffinity(0)), MOST_WORKERS)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
