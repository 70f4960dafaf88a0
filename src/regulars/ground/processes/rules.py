"""When a child is started again, and how serious a line of its output is."""

import re
import signal

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
FIRST_LOOK_SECONDS = 0.05
LOOK_AGAIN_SECONDS = 5.0
STEADY_SECONDS = 60.0
TRIES_TO_START = 5

LEVEL_WORD = re.compile(
    r"^\W*(DEBUG|INFO|LOG|HINT|NOTICE|WARNING|ERROR|CRITICAL|FATAL|PANIC|Traceback)\b"
)
LEVELS = {
    "DEBUG": "debug",
    "WARNING": "warning",
    "ERROR": "error",
    "CRITICAL": "error",
    "FATAL": "error",
    "PANIC": "error",
    "Traceback": "error",
}


def pause_after(failures: int) -> float:
    """Seconds before the next start, after so many ends in a row: doubling, up to 30."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE_SECONDS)


def look_again_after(pause: float, *, is_ready: bool) -> float:
    """Seconds until readiness is asked for again: soon at first, then ever less often."""
    if is_ready:
        return LOOK_AGAIN_SECONDS
    return min(max(pause * 1.5, FIRST_LOOK_SECONDS), LOOK_AGAIN_SECONDS)


def count_failures(before: int, lived_seconds: float) -> int:
    """Ends in a row; one that came after a steady minute begins a new row."""
    return 1 if lived_seconds >= STEADY_SECONDS else before + 1


def level_of(line: str, before: str) -> str:
    """The level a line states, or for an indented line that of the line `before` it."""
    if stated := LEVEL_WORD.match(line):
        return LEVELS.get(stated[1], "info")
    return before if line[:1].isspace() else "info"


def describe_end(code: int) -> str:
    """An exit code in words; a negative one is a signal's number."""
    return f"ended with code {code}" if code >= 0 else f"was ended by {signal_of(code)}"


def signal_of(code: int) -> str:
    """The name of the signal that an exit code tells of; "" for an end of the process's own."""
    return "" if code >= 0 else signal.Signals(-code).name
