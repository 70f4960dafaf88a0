"""Both stores in one file, as of the same batch.

Loading waits while the warehouse's file is copied and a snapshot of Postgres is taken; what the
snapshot sees is written out afterwards, with loading going on. The archive goes in as well, since
it alone can mend a store that is lost: its files only ever come, they do not change.
"""

import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.utils.translation import gettext as _

from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.errors import UserError
from regulars.ground.kit.ids import new_id
from regulars.ground.kit.progress import Progress, silent
from regulars.ground.processes.service import dump_database
from regulars.ground.warehouse import service as warehouse
from regulars.know.loader import drain, schema
from regulars.know.loader.backup_layout import ARCHIVE, DATABASE, SETTINGS, WAREHOUSE
from regulars.know.loader.locks import PASS, held


def backup(file: Path, progress: Progress = silent) -> None:
    """Write a backup, readable by its owner alone: it holds the deployment's secrets. The file
    takes its name when it stands on the disk whole. Raises UserError: the file is there, no room,
    no pg_dump."""
    file = file.resolve()
    if file.exists():
        raise UserError(_("%(file)s is there already.") % {"file": file})
    _check_room(file.parent)
    with _folder() as folder:
        progress(_("Copying the warehouse"), 0, 1)
        with _snapshot(folder / WAREHOUSE) as (url, snapshot):
            progress(_("Copying the warehouse"), 1, 1)
            progress(_("Writing out the database"), 0, 1)
            dump_database(url, snapshot, folder / DATABASE)
            progress(_("Writing out the database"), 1, 1)
        _pack(file, folder, progress)


@contextmanager
def _snapshot(copy: Path) -> Iterator[tuple[str, str]]:
    """The warehouse copied, and Postgres as of the same batch for as long as the block runs."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with held(PASS):
            schema.make()
            drain.drain()
            warehouse.copy_to(copy)
            (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield url, snapshot


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder on the disk of the data, gone afterwards."""
    folder = data_dir() / f"backup.{new_id().hex}.partial"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_room(target: Path) -> None:
    archive = sum(each.stat().st_size for each in _archived())
    warehouse_file = data_dir() / WAREHOUSE
    stored = warehouse_file.stat().st_size if warehouse_file.exists() else 0
    for folder, needed in ((data_dir(), 2 * stored), (target, archive + 2 * stored)):
        if shutil.disk_usage(folder).free < needed:
            facts = {"folder": folder, "needed": needed // 2**20 + 1}
            raise UserError(_("A backup needs about %(needed)s MB in %(folder)s.") % facts)


def _pack(file: Path, folder: Path, progress: Progress) -> None:
    kept = [data_dir() / name for name in SETTINGS if (data_dir() / name).exists()]
    archived = _archived()
    temporary = file.with_name(f"{file.name}.partial")
    try:
        with (
            os.fdopen(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
            ) as out,
            tarfile.open(fileobj=out, mode="w") as tar,
        ):
            for each in (folder / WAREHOUSE, folder / DATABASE, *kept):
                tar.add(each, each.name)
            for number, each in enumerate(archived, 1):
                tar.add(each, str(each.relative_to(data_dir())))
                progress(_("Packing the archive"), number, len(archived))
            tar.close()
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _archived() -> list[Path]:
    return sorted(each for each in (data_dir() / ARCHIVE).rglob("*.parquet") if each.is_file())
