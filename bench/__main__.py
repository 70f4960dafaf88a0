"""`python -m bench [NAME …] [--scale 0.1] [--seed 7]`: measure, save, and write docs/benchmarks.md.

Each benchmark runs in a process of its own, so that none stands on another's memory.
"""

import argparse
import importlib
import inspect
import subprocess
import sys

from bench import report

NAMES = {
    "import": "import_",
    "metric_tree": "metric_tree",
    "pages": "pages",
    "collect": "collect",
    "soak": "soak",
    "clv_fit": "clv",
    "tags_full": "tags:full",
    "tags_incremental": "tags:incremental",
    "tags_library": "tags:library",
    "segment_preview": "segments",
    "live_number": "live",
    "diagnosis_score": "diagnosis:score",
    "diagnosis_speed": "diagnosis_speed",
    "statistics": "statistics",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NAMES)}; none means all")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 100 million lines")
    parser.add_argument("--seed", type=int, default=1, help="of benchmarks that draw by chance")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(NAMES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    if chosen.here:
        module, _colon, function = NAMES[chosen.names[0]].partition(":")
        main_of = getattr(importlib.import_module(f"bench.{module}"), function or "main")
        draws = "seed" in inspect.signature(main_of).parameters
        main_of(chosen.scale, **({"seed": chosen.seed} if draws else {}))
        return 0
    failed = [n for n in chosen.names or NAMES if _run_apart(n, chosen.scale, chosen.seed)]
    report.write()
    return len(failed)


def _run_apart(name: str, scale: float, seed: int) -> int:
    command = [sys.executable, "-m", "bench", name, "--here", "--scale", str(scale)]
    command += ["--seed", str(seed)]
    return subprocess.run(command, check=False).returncode


sys.exit(main())
