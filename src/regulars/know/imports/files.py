"""Which files there are to import, and of what kind each is, by its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.collect.layouts import IMPORT_ORDER, LAYOUTS
from regulars.know.imports.rules import suggestion

SUFFIXES = (".csv", ".xlsx", ".parquet")
ORDER_OF_KINDS = ("orders", *IMPORT_ORDER)
PART = re.compile(r"(?P<kind>.*?)(?:[-_. ]?(?P<number>\d+))?")


@dataclass(frozen=True)
class KindOfFile:
    kind: str
    path: Path
    part: int = 0


def find_files(path: Path, kind: str | None = None) -> list[KindOfFile]:
    """The files of `path` (a file, or a folder with files and folders named by kind), in the
    order in which kinds may refer to each other.

    `kind` overrides the name. Raises UserError for a path that is not there, holds nothing to
    import, or holds data whose name says no kind.
    """
    if not path.exists():
        raise NotFound(_("There is no file or folder %(path)s.") % {"path": path})
    if kind is not None and kind not in LAYOUTS:
        message = _("“%(kind)s” is not one of %(known)s%(hint)s.")
        facts = {"kind": kind, "known": ", ".join(LAYOUTS), "hint": suggestion(kind, LAYOUTS)}
        raise UserError(message % facts, field="kind")
    found = [_of_kind(file, kind) for file in _data_files(path)]
    if not found:
        message = _("There is nothing to import in %(path)s: it needs files like %(example)s.")
        raise UserError(message % {"path": path, "example": "members.csv, lines.parquet"})
    return sorted(found, key=lambda file: (ORDER_OF_KINDS.index(file.kind), file.part, file.path))


def _data_files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for entry in sorted(path.iterdir()):
        is_hidden = entry.name.startswith((".", "~"))
        if entry.is_dir() and _folder_kind(entry):
            yield from _data_files(entry)
        elif entry.is_file() and entry.suffix.lower() in SUFFIXES and not is_hidden:
            yield entry


def _folder_kind(folder: Path) -> str | None:
    return folder.name.lower() if folder.name.lower() in LAYOUTS else None


def _of_kind(path: Path, kind: str | None) -> KindOfFile:
    if path.suffix.lower() not in SUFFIXES:
        message = _("%(file)s is not a CSV, Excel (.xlsx) or Parquet file.")
        raise UserError(message % {"file": path.name})
    match = PART.fullmatch(path.stem.lower())
    stem, number = (match["kind"], match["number"]) if match else (path.stem.lower(), None)
    kind = kind or (stem if stem in LAYOUTS else _folder_kind(path.parent))
    if kind is None:
        message = _("%(file)s: its name must say what it holds, one of %(known)s%(hint)s.")
        facts = {"file": path.name, "known": ", ".join(LAYOUTS), "hint": suggestion(stem, LAYOUTS)}
        raise UserError(message % facts)
    return KindOfFile(kind, path, int(number or 0))
