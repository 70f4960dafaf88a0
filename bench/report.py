"""docs/benchmarks.md, written from the saved results."""

import json
from pathlib import Path
from typing import Any

from bench.harness import RESULTS

TARGET = Path(__file__).parent.parent / "docs/benchmarks.md"
HEAD = """\
# Benchmarks

Written by `make bench` from `bench/results/*.json`. Each claim stands beside a named alternative
that was measured in the same run on the same machine; compare ratios rather than seconds.

| claim | value | bar | | beside | sizes | machine, when |
|---|---:|---:|---|---|---|---|
"""
VERDICTS = {True: "holds", False: "**missed**", None: ""}


def write() -> None:
    results = [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    notes = [f"- **{r['name']}**: {r['notes']}" for r in results if r["notes"]]
    rows = "\n".join(_row(result) for result in results)
    TARGET.write_text(HEAD + rows + "\n\n## Notes\n\n" + "\n".join(notes) + "\n", "utf-8")


def _row(result: dict[str, Any]) -> str:
    machine = result["machine"]
    cells = (
        f"`{result['name']}` {result['claim']}",
        f"{_number(result['value'])} {result['unit']}",
        "" if result["bar"] is None else f"{'≤' if result['at_most'] else '≥'} {result['bar']:,g}",
        VERDICTS[result["holds"]],
        "<br>".join(f"{name}: {_number(value)}" for name, value in result["alternatives"].items()),
        "<br>".join(f"{value:,} {name}" for name, value in result["sizes"].items()),
        f"{machine['cores']} cores, {machine['memory_gb']} GB, load {machine['load_before']};"
        f" {result['when'][:10]}",
    )
    return "| " + " | ".join(cells) + " |"


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
