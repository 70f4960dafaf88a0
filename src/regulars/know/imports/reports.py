"""What an import is told in: lines for a terminal, and a reject file beside it."""

from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.ground.kit.progress import Progress
from regulars.know.collect.reasons import explain
from regulars.know.imports.intake import Standing, import_path, wait_for
from regulars.know.imports.models import Import
from regulars.know.imports.rehearsal import check_path
from regulars.know.imports.rejects import rejects_csv
from regulars.know.imports.rules import KindMapping

MOST_SHOWN = 20
Report = tuple[list[str], bool]


def imported(
    path: Path,
    kind: str | None,
    mapping: Mapping[str, KindMapping],
    progress: Progress,
    *,
    loads_here: bool,
) -> Report:
    """Import, wait, and write `KIND-rejects.csv` where rows were rejected. Lines, and whether
    every row went in."""
    imports = import_path(path, kind=kind, mapping=mapping, progress=progress)
    standings = wait_for(imports, progress, loads_here=loads_here)
    pairs = list(zip(imports, standings, strict=True))
    lines = [_line(each, standing) for each, standing in pairs]
    return lines, not any(s.error or s.rows_rejected for _import, s in pairs)


def rehearsed(
    path: Path,
    kind: str | None,
    mapping: Mapping[str, KindMapping],
    progress: Progress,
    *,
    loads_here: bool,
) -> Report:
    """What an import would do; nothing is changed."""
    lines, is_whole = [], True
    for file in check_path(path, kind=kind, mapping=mapping, progress=progress):
        facts = {"file": file.file_name, "rows": file.row_count, "bad": len(file.rejects)}
        lines.append(_("%(file)s: %(rows)d rows, %(bad)d would be rejected") % facts)
        is_whole = is_whole and not file.rejects
        lines += [
            _("  line %(line)s, %(column)s: %(reason)s")
            % {"line": row.line_no, "column": row.column, "reason": explain(row.reason)}
            for row in file.rejects[:MOST_SHOWN]
        ]
    return lines, is_whole


def _line(import_: Import, standing: Standing) -> str:
    facts = {"file": import_.file_name, "rows": standing.rows_loaded, "error": standing.error}
    if standing.error:
        return _("%(file)s: failed: %(error)s") % facts
    if not standing.rows_rejected:
        repeat = _(" (imported before: nothing changed)") if import_.is_repeat else ""
        return _("%(file)s: %(rows)d rows are in") % facts + repeat
    rejects = Path(f"{import_.kind}-rejects.csv")
    with rejects.open("wb") as file:
        file.writelines(rejects_csv(import_))
    more = {"bad": standing.rows_rejected, "rejects": rejects}
    return _("%(file)s: %(rows)d rows are in, %(bad)d were rejected: see %(rejects)s") % (
        facts | more
    )
