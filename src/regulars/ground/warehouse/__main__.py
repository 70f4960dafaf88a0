"""`python -m regulars.ground.warehouse`: the process that owns the DuckDB file."""

import os
import signal
import threading
from typing import Any

from regulars.ground.kit.deployment import data_dir
from regulars.ground.warehouse import files
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.flight import Server


def main() -> None:
    memory_limit = os.environ.get("REGULARS_WAREHOUSE_MEMORY") or _a_third_of_the_machine()
    path = data_dir() / "warehouse.duckdb"
    engine = files.opened_or_begun_anew(path, lambda: Engine(path, memory_limit))
    server = Server(os.environ["REGULARS_WAREHOUSE"], engine)

    def stop(*_: Any) -> None:
        threading.Thread(target=server.shutdown).start()

    engine.end = stop
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve()
    engine.close()


def _a_third_of_the_machine() -> str:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{memory // 3 // 2**20}MiB"


main()
