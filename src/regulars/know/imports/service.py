"""What the room offers to others."""

from regulars.know.imports.intake import (
    Standing,
    import_path,
    list_imports,
    progress_of,
    standing,
    wait_for,
)
from regulars.know.imports.mapping import read_mapping
from regulars.know.imports.rehearsal import check_path
from regulars.know.imports.rejects import rejects_csv, write_rejects_xlsx
from regulars.know.imports.reports import imported, rehearsed
from regulars.know.imports.rules import KindMapping
from regulars.know.imports.sheets import column_lines
from regulars.know.imports.templates import template
from regulars.know.imports.uploads import start_upload

__all__ = [
    "KindMapping",
    "Standing",
    "check_path",
    "column_lines",
    "import_path",
    "imported",
    "list_imports",
    "progress_of",
    "read_mapping",
    "rehearsed",
    "rejects_csv",
    "standing",
    "start_upload",
    "template",
    "wait_for",
    "write_rejects_xlsx",
]
