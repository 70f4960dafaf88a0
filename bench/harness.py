"""Time things, and write down what was claimed, what it was measured against, and when."""

import gc
import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass
class Result:
    """One claim. `bar` is what it must hold, `at_most` whether it is a ceiling or a floor.

    `alternatives` are the same work done another way: a value in the same unit, or why not.
    """

    name: str
    claim: str
    value: float
    unit: str
    bar: float | None = None
    at_most: bool = True
    alternatives: dict[str, float | str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    notes: str = ""

    @property
    def holds(self) -> bool | None:
        if self.bar is None:
            return None
        return self.value <= self.bar if self.at_most else self.value >= self.bar

    def save(self) -> None:
        RESULTS.mkdir(exist_ok=True)
        facts = {**asdict(self), "holds": self.holds, "machine": machine()}
        facts["when"] = datetime.now(UTC).isoformat(timespec="seconds")
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(self.line(), flush=True)

    def line(self) -> str:
        verdict = {True: "holds", False: "MISSED", None: ""}[self.holds]
        others = ", ".join(f"{name}: {_shown(value)}" for name, value in self.alternatives.items())
        bar = "" if self.bar is None else f" (bar {self.bar:g})"
        return f"{self.name}: {_shown(self.value)} {self.unit}{bar} {verdict} | {others}"


def seconds(work: Callable[[], Any], runs: int = 5) -> float:
    """The median of `runs` runs after one that warms up."""
    work()
    return statistics.median(timed(work)[1] for _ in range(runs))


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What one run answers, and its seconds."""
    gc.collect()
    began = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - began


def peak_mb() -> float:
    """The largest this process has been, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
