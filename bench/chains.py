"""The simulated chain that claims are measured on: made once a scale, kept in `bench/data`."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
END = date(2026, 10, 31)
FULL = {"members": 10_000_000, "stores": 4_000, "days": 730}
SEED = 1


def files(scale: float) -> Path:
    """The chain's import files: 10 million members, 4,000 stores, 100 million lines at scale 1."""
    from regulars.demo.simulate import simulate

    folder = FOLDER / f"files-{_name(scale)}"
    if not folder.exists():
        sizes = {name: max(int(FULL[name] * scale), 4) for name in ("members", "stores")}
        simulate(folder, **sizes, days=FULL["days"], seed=SEED, end=END, progress=_tell)
    return folder


@contextmanager
def deployment(scale: float, *, is_new: bool = False) -> Iterator[Path]:
    """The chain in a deployment of its own: its PostgreSQL runs, its warehouse is in this process.

    Goods, places and members are in it after the first time; `bench.import_` brings the orders.
    Where it must be new, an earlier one is removed first.
    """
    from regulars.ground.processes.service import attached

    source = files(scale)
    folder = FOLDER / f"deployment-{_name(scale)}"
    if is_new:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "regulars.toml", folder)
    os.environ["REGULARS_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    with attached(folder) as environment:
        os.environ.update(environment)
        _start()
        import_kinds(source, ("stores", "products"))
        put_members(source)
        yield source


def _name(scale: float) -> str:
    """Files of another plan are other files."""
    return f"{scale:g}-seed{SEED}-to-{END}"


def _start() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from regulars.know.loader.service import prepare

    prepare()


def _tell(step: str, done: int, total: int) -> None:
    print(f"\r{step}: {done:,} of {total:,}", end="", flush=True)


def put_members(source: Path) -> None:
    """Members straight into the warehouse, once: importing ten million of them, which seals every
    phone number, is a measurement of its own."""
    from regulars.ground.kit.deployment import chain
    from regulars.ground.warehouse.service import Statement, query, run

    if query("SELECT count(*) AS known FROM members").column("known")[0].as_py():
        return
    parameters = {
        "members": str(source / "members*.parquet"),
        "children": str(source / "children*.parquet"),
        "age_range_months": chain().age_range_months,
    }
    run(Statement((Path(__file__).parent / "queries/members.sql").read_text(), parameters))


def import_kinds(source: Path, kinds: tuple[str, ...]) -> float:
    """Import the files of these kinds as a user would who brings a folder of them; the seconds
    until the tree can be asked. A repeat takes none."""
    from regulars.know.imports.service import import_path, wait_for

    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        for kind in kinds:
            for file in source.glob(f"{kind}*.parquet"):
                (Path(folder) / file.name).symlink_to(file)
        began = time.perf_counter()
        wait_for(import_path(Path(folder)), loads_here=True)
        return time.perf_counter() - began
