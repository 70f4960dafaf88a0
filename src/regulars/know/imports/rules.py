"""Headers, mappings and spans: what fits a kind of record, and where to cut a file."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from regulars.ground.kit.errors import UserError
from regulars.know.collect.layouts import Column, Type, phone_columns

LINE_NO = "line_no"
RESERVED = (LINE_NO, "file_row_number", "fault")
FORMAT = re.compile(r"(?:[^%]|%-?[%YymdHIMSfpbBjzZ])+")
"""What strptime understands, here and in the warehouse."""
IGNORED_PREFIX = "#"
"""Columns that begin so are not data: a mended reject file can be imported as it stands."""


@dataclass(frozen=True)
class KindMapping:
    """How another system's columns become ours, for one kind: {ours: theirs}, {ours: text},
    {ours: strptime format}; `sheet` of a workbook."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""

    def __bool__(self) -> bool:
        return bool(self.columns or self.constants or self.formats or self.sheet)

    def as_json(self) -> dict[str, Any]:
        parts = {"columns": self.columns, "constants": self.constants, "formats": self.formats}
        return {name: dict(part) for name, part in parts.items() if part}


def check_header(
    found: Sequence[str], layout: Sequence[Column], mapping: KindMapping, where: str
) -> dict[str, str]:
    """{ours: theirs} of the columns to be read.

    `where` names the file (and sheet) in messages. Without a mapping a column that we do not
    know is an error, since it is most often a slip of the pen; with one, what it does not name
    is left out. Raises UserError.
    """
    known = _accepted_names(layout)
    _check_names(found, where)
    dated = {column.name for column in layout if column.type in (Type.DATE, Type.MOMENT)}
    _check_mapping(found, known, dated, mapping, where)
    _check_phones(layout, mapping, where)
    taken = {name: name for name in found if name in known} | dict(mapping.columns)
    if not mapping:
        _check_unknown([name for name in found if name not in known], known, where)
    _check_given_twice(taken, mapping, where)
    _check_required(found, {known[name] for name in (*taken, *mapping.constants)}, layout, where)
    return {ours: theirs for ours, theirs in taken.items() if ours not in mapping.constants}


def spans(group_rows: Iterable[int], target: int) -> Iterator[tuple[int, int]]:
    """Cut a file into half-open spans of rows: at borders of its row groups as near to `target`
    rows as they allow; a group of more than twice as many is cut inside."""
    start = end = 0
    for rows in group_rows:
        if end > start and end + rows - start > target:
            yield start, end
            start = end
        end += rows
        while end - start >= 2 * target:
            yield start, start + target
            start += target
    if end > start:
        yield start, end


def suggestion(name: str, choices: Iterable[str]) -> str:
    """` (did you mean X?)`, or nothing when nothing is near."""
    near = get_close_matches(name.lower(), list(choices), n=1, cutoff=0.6)
    return " " + _("(did you mean “%(name)s”?)") % {"name": near[0]} if near else ""


def _accepted_names(layout: Sequence[Column]) -> dict[str, str]:
    """Each name a column may have in a file → its name in the layout. Money in major units
    stands under its name without `_cents`."""
    names = {column.name: column.name for column in layout}
    for column in layout:
        if column.type is Type.CENTS:
            names.setdefault(column.name.removesuffix("_cents"), column.name)
    return names


def _check_names(found: Sequence[str], where: str) -> None:
    for name, count in Counter(found).items():
        if count > 1:
            message = _("%(where)s: column “%(name)s” stands there %(count)s times.")
            raise UserError(message % {"where": where, "name": name, "count": count}, field=name)
        if name in RESERVED:
            message = _("%(where)s: a column may not be called “%(name)s”: that name is ours.")
            raise UserError(message % {"where": where, "name": name}, field=name)


def _check_mapping(
    found: Sequence[str],
    known: Mapping[str, str],
    dated: set[str],
    mapping: KindMapping,
    where: str,
) -> None:
    for ours in (*mapping.columns, *mapping.constants, *mapping.formats):
        if ours not in known:
            message = _(
                "%(where)s: the mapping names “%(name)s”, which is no column of ours%(hint)s."
            )
            hint = suggestion(ours, known)
            raise UserError(message % {"where": where, "name": ours, "hint": hint}, field=ours)
    for ours, format_ in mapping.formats.items():
        if known[ours] not in dated or not FORMAT.fullmatch(format_):
            message = _(
                "%(where)s: the mapping reads “%(name)s” as “%(format)s”, which is no date."
            )
            raise UserError(message % {"where": where, "name": ours, "format": format_}, field=ours)
    for theirs in mapping.columns.values():
        if theirs not in found:
            message = _("%(where)s: there is no column “%(name)s”, as the mapping says%(hint)s.")
            hint = suggestion(theirs, found)
            raise UserError(message % {"where": where, "name": theirs, "hint": hint}, field=theirs)


def _check_phones(layout: Sequence[Column], mapping: KindMapping, where: str) -> None:
    for name in phone_columns(layout):
        if name in mapping.constants:
            message = _(
                "%(where)s: the mapping gives every row one “%(name)s”: a phone is one's own."
            )
            raise UserError(message % {"where": where, "name": name}, field=name)


def _check_unknown(unknown: Sequence[str], known: Mapping[str, str], where: str) -> None:
    for name in unknown:
        if not name.startswith(IGNORED_PREFIX):
            message = _("%(where)s: column “%(name)s” is not known%(hint)s.")
            hint = suggestion(name, known)
            raise UserError(message % {"where": where, "name": name, "hint": hint}, field=name)


def _check_given_twice(taken: Mapping[str, str], mapping: KindMapping, where: str) -> None:
    for name in taken:
        if f"{name}_cents" in taken:
            message = _("%(where)s: “%(name)s” and “%(name)s_cents” are both there; one is enough.")
            raise UserError(message % {"where": where, "name": name}, field=name)
    for name in mapping.constants:
        if name in mapping.columns:
            message = _("%(where)s: the mapping gives “%(name)s” both a column and a constant.")
            raise UserError(message % {"where": where, "name": name}, field=name)


def _check_required(
    found: Sequence[str], taken: set[str], layout: Sequence[Column], where: str
) -> None:
    missing = [c.name for c in layout if c.is_required and c.name not in taken]
    if missing:
        message = _("%(where)s: the column %(names)s is missing; there are: %(found)s.")
        names = ", ".join(f"“{name}”" for name in missing)
        listed = ", ".join(found)
        raise UserError(
            message % {"where": where, "names": names, "found": listed}, field=missing[0]
        )
