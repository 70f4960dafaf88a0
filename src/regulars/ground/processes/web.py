"""The web process: Granian with one worker that never outlives it."""

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


def serve(host: str, port: int) -> None:
    """Serve until told to stop; streams still open `STOP_SECONDS` later are cut."""
    main = os.getpid()

    def load(target: str) -> Any:
        end_with(main)
        application = import_string(target)
        gc.freeze()  # what stands here now stays: no need to look for garbage in it
        return application

    server = Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,  # Django knows no lifespan
        loop=Loops.uvloop,
        websockets=False,
        backpressure=BACKPRESSURE,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.serve(target_loader=load)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
