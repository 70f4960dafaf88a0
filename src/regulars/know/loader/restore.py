"""A data folder as a backup has it. No part of the system may run on it meanwhile.

Whatever is restored without the other, or cut off in between, is noticed at the next start and
mended from the archive (`rebuild.mend`).
"""

import os
import shutil
import tarfile
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.ground.kit.ids import new_id
from regulars.ground.processes.service import attached, restore_database
from regulars.know.loader.backup_layout import ARCHIVE, DATABASE, SETTINGS, WAREHOUSE


def unpacked(file: Path, data_dir: Path) -> "Unpacked":
    """A backup's parts in a folder of their own. Raises UserError for what is no backup."""
    folder = data_dir / f"restore.{new_id().hex}.partial"
    folder.mkdir(mode=0o700, parents=True)
    try:
        with tarfile.open(file) as tar:
            tar.extractall(folder, filter="data")
        missing = [each for each in (WAREHOUSE, DATABASE) if not (folder / each).exists()]
        if missing:
            raise UserError(
                _("%(file)s is no backup: it has no %(missing)s.")
                % {"file": file, "missing": ", ".join(missing)}
            )
    except (tarfile.TarError, OSError) as error:
        shutil.rmtree(folder)
        message = _("%(file)s cannot be read as a backup: %(reason)s")
        raise UserError(message % {"file": file, "reason": error}) from error
    except UserError:
        shutil.rmtree(folder)
        raise
    return Unpacked(folder, data_dir)


class Unpacked:
    """A backup's parts, each put in its place by a step of its own."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self._folder, self._data_dir = folder, data_dir

    def settings(self) -> None:
        """The chain's settings and its secrets, without which no phone number can be read. Other
        ones that stand there are kept beside."""
        for name in SETTINGS:
            ours, theirs = self._data_dir / name, self._folder / name
            if not theirs.exists():
                continue
            if ours.exists() and ours.read_bytes() != theirs.read_bytes():
                ours.replace(ours.with_name(f"{name}.before-restore"))
            theirs.replace(ours)

    def archive(self) -> None:
        """Files of the archive: those that came since the backup stay, they may be all there is."""
        source = self._folder / ARCHIVE
        for each in sorted(source.rglob("*.parquet")):
            target = self._data_dir / ARCHIVE / each.relative_to(source)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not target.exists():
                each.replace(target)

    def database(self, url: str) -> None:
        restore_database(url, self._folder / DATABASE)

    def warehouse(self) -> None:
        target = self._data_dir / WAREHOUSE
        target.with_name(f"{WAREHOUSE}.wal").unlink(missing_ok=True)
        (self._folder / WAREHOUSE).replace(target)
        os.sync()

    def clear(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def restore(file: Path, data_dir: Path, only: str = "") -> None:
    """Put a backup in the place of what the data folder holds, or `only` its "database" or its
    "warehouse". Raises UserError: the system runs, no such part, no backup, no room."""
    if only not in ("", "database", "warehouse"):
        raise UserError(_("“%(part)s” is neither database nor warehouse.") % {"part": only})
    data_dir.mkdir(parents=True, exist_ok=True)
    with attached(data_dir) as environment:
        if "REGULARS_WAREHOUSE" in environment:
            raise UserError(_("Regulars runs on %(folder)s: stop it first.") % {"folder": data_dir})
        parts = unpacked(file, data_dir)
        try:
            parts.archive()
            if only != "warehouse":
                parts.settings()
                parts.database(environment["DATABASE_URL"])
            if only != "database":
                parts.warehouse()
        finally:
            parts.clear()
