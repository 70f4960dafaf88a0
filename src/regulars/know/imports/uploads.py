"""Files that come through the console: looked at at once, read by a worker."""

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import translation

from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.errors import UserError
from regulars.ground.kit.ids import new_id
from regulars.know.imports import archive
from regulars.know.imports.deliveries import open_upload
from regulars.know.imports.intake import find_import, register, take_in
from regulars.know.imports.models import Import
from regulars.know.imports.rules import KindMapping

UPLOADED = "import.uploaded"
KEPT_FOR = timedelta(days=2)
ARRIVING = "tmp*.upload*"
"""Files of requests under way, as Django names them in FILE_UPLOAD_TEMP_DIR."""


def start_upload(
    file: "File[Any]", *, by: Any, kind: str | None = None, mapping: KindMapping | None = None
) -> Import:
    """Store an uploaded file and have a worker read it; the import to watch.

    `kind` of None is taken from the file's name. A file that came before gives its import, with
    `is_repeat` set. Raises UserError for a file whose header is wrong: then nothing is stored.
    """
    path = _stored(file)
    try:
        import_ = _registered(path, kind, mapping or KindMapping(), by)
    except UserError:
        shutil.rmtree(path.parent)
        raise
    if import_.is_repeat:
        shutil.rmtree(path.parent)
    else:
        publish(UPLOADED, import_id=import_.pk, path=str(path))
    return import_


def read_upload(import_id: int, path: Path) -> None:
    """Take in a stored upload. What is wrong further down in the file becomes the import's error,
    in the language of whoever brought it."""
    import_ = Import.objects.select_related("by").get(pk=import_id)
    with translation.override(getattr(import_.by, "language", "") or None):
        try:
            mapping = KindMapping(**import_.mapping)
            take_in(open_upload(path, import_.kind, mapping), by=import_.by)
        except UserError as error:
            import_.error = str(error)
            import_.save(update_fields=["error"])
    transaction.on_commit(lambda: shutil.rmtree(path.parent, ignore_errors=True))


def forget_uploads() -> None:
    """Remove what was stored and never read: of requests that were taken back or cut off."""
    oldest = (clock.now() - KEPT_FOR).timestamp()
    for folder in _folder().glob("*"):
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
    for file in data_dir().glob(ARRIVING):
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def _registered(path: Path, kind: str | None, mapping: KindMapping, by: Any) -> Import:
    delivery = open_upload(path, kind, mapping)
    names = archive.names(delivery)
    if known := find_import(delivery, names):
        return known
    import_ = register(delivery, names, by=by)
    Import.objects.filter(pk=import_.pk).update(error="")
    return import_


def _stored(file: "File[Any]") -> Path:
    folder = _folder() / new_id().hex
    folder.mkdir(mode=0o700)
    path = folder / Path(file.name or "").name
    with path.open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return path


def _folder() -> Path:
    """Where files wait as they came: for their owner's eyes alone."""
    folder = data_dir() / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
