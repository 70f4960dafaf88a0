"""Does memory stay bounded? Ten minutes of events at a steady rate, and what each process holds."""

import asyncio
import threading
from pathlib import Path

from bench.collecting import FOLDER, source, system, ten, wait_until_queryable
from bench.harness import Result
from bench.senders import post

MINUTES, RATE = 10.0, 2_000
LOOK_SECONDS = 5.0
SETTLED = 0.2
"""The share of the time after which caches are warm and growth would be a leak."""
MOST_GROWTH_MB = 256


def main(scale: float) -> None:
    seconds = 60 * MINUTES * scale
    with system() as (port, _database):
        key = source()
        sizes: list[dict[str, float]] = []
        over = threading.Event()
        watcher = threading.Thread(target=_watch, args=(sizes, over))
        watcher.start()
        sending = post(
            port,
            "/v1/batch",
            key,
            lambda number: ten(number)[0],
            connections=16,
            seconds=seconds,
            rate=RATE / 10,
        )
        sent = asyncio.run(sending)
        waited = wait_until_queryable(sent.accepted * 10)
        over.set()
        watcher.join()
    first = sizes[int(len(sizes) * SETTLED)]
    growth = {name: max(s[name] for s in sizes) - first[name] for name in first}
    Result(
        name="collect_soak",
        claim=f"Memory that all processes grew by in {seconds / 60:.0f} minutes of {RATE} events/s",
        value=sum(growth.values()),
        unit="MB",
        bar=MOST_GROWTH_MB,
        alternatives={"what they hold when warm": sum(first.values())},
        sizes={"events": sent.accepted * 10},
        notes=f"answers {sent.answers}; queryable {waited:.1f} s after the end; grown by process: "
        + ", ".join(f"{name} {mb:.0f}" for name, mb in growth.items())
        + f" MB; largest {max(sum(each.values()) for each in sizes):,.0f} MB together",
    ).save()


def _watch(sizes: list[dict[str, float]], over: threading.Event) -> None:
    from regulars.ground.processes.places import runtime_folder
    from regulars.ground.processes.status import STATUS, read_json

    while not over.wait(LOOK_SECONDS):
        shown = read_json(runtime_folder(FOLDER) / STATUS).get("processes", {})
        pids = {name: seen["pid"] for name, seen in shown.items() if seen.get("pid")}
        sizes.append({name: _private_mb(pid) for name, pid in pids.items()})


def _private_mb(pid: int) -> float:
    """Memory of a process with all its children, without what they share; none when it is gone."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    own = sum(
        int(line.split()[1])
        for line in rollup.splitlines()
        if line.startswith(("Private_Clean", "Private_Dirty"))
    )
    return own / 1024 + sum(_private_mb(int(child)) for child in children)
