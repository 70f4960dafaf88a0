"""One log stream for all processes, each line with the name of the process it came from."""

import json
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from regulars.ground.processes.rules import level_of

COLOURS = ("36", "32", "35", "34", "33", "96", "92", "95")
LEVEL_COLOURS = {"warning": "33", "error": "31", "debug": "2"}
OURSELVES = "regulars"


class LogStream:
    """Writes lines to standard output: for people in a terminal, else one JSON object a line."""

    def __init__(self, *, as_json: bool, coloured: bool) -> None:
        self._as_json = as_json
        self._coloured = coloured
        # Kept: Django changes the process's zone when it is set up.
        self._zone = datetime.now().astimezone().tzinfo
        self._levels: dict[str, str] = {}
        self._lock = threading.Lock()

    def write(self, process: str, line: str, level: str | None = None) -> None:
        """Write one line; without a `level` it is read from the line."""
        with self._lock:
            level = level or level_of(line, self._levels.get(process, "info"))
            self._levels[process] = level
            form = self._json if self._as_json else self._text
            # Looked up each time: a progress bar may stand in for standard output. Whoever read
            # it may be gone, which is no reason to stop.
            with suppress(OSError):
                sys.stdout.write(form(process, line, level) + "\n")
                sys.stdout.flush()

    def say(self, line: str, level: str = "info") -> None:
        """Write a line of our own."""
        self.write(OURSELVES, line, level)

    def _json(self, process: str, line: str, level: str) -> str:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        record = {"ts": at, "process": process, "level": level, "message": line}
        return json.dumps(record, ensure_ascii=False)

    def _text(self, process: str, line: str, level: str) -> str:
        at = datetime.now(self._zone).strftime("%H:%M:%S")
        name = self._painted(f"{process:<9}", self._colour_of(process))
        return f"{at} {name} {self._painted(line, LEVEL_COLOURS.get(level))}"

    def _painted(self, text: str, colour: str | None) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured and colour else text

    def _colour_of(self, process: str) -> str:
        return COLOURS[sum(process.encode()) % len(COLOURS)]


def log_stream(environment: Mapping[str, str] = os.environ) -> LogStream:
    """The stream that suits where standard output goes; `REGULARS_LOG` (json, text) decides."""
    in_terminal = sys.stdout.isatty()
    form = environment.get("REGULARS_LOG") or ("text" if in_terminal else "json")
    return LogStream(as_json=form == "json", coloured=in_terminal and "NO_COLOR" not in environment)
