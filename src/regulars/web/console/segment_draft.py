"""A segment as it is built by clicking: lines and groups of lines, each with its place in the form.

A draft becomes a text, a text a draft.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.know.language.parsing import parsed
from regulars.know.language.printing import printed
from regulars.know.language.types import Type
from regulars.web.console.segment_lines import DEEPEST, Line, line_of, tree_of

PLACE = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*)?", re.ASCII)


def text_of(line: Line, types: Mapping[str, Type]) -> str:
    """The text of a draft; lines that are not filled in yet are left out.
    Raises LineFault."""
    tree = tree_of(line, types)
    return printed(tree) if tree else ""


def draft_of(text: str, types: Mapping[str, Type]) -> Line:
    """The draft of a text: one group at the top."""
    if not text.strip():
        return Line("all", parts=(Line("tag"),))
    line = line_of(parsed(text), types)
    return line if line.is_group else Line("all", parts=(line,))


def with_part(line: Line, path: tuple[int, ...], part: Line) -> Line:
    """The same draft with a line added to the group at `path`; where there is none, the same."""
    if not line.is_group or (path and path[0] >= len(line.parts)):
        return line
    if not path:
        return replace(line, parts=(*line.parts, part))
    return _replaced(line, path[0], with_part(line.parts[path[0]], path[1:], part))


def without(line: Line, path: tuple[int, ...]) -> Line:
    """The same draft without the line at `path`; what stands at the top stays."""
    if not path or path[0] >= len(line.parts):
        return line
    if len(path) == 1:
        parts = tuple(each for n, each in enumerate(line.parts) if n != path[0])
        return replace(line, parts=parts)
    return _replaced(line, path[0], without(line.parts[path[0]], path[1:]))


def path_of(place: str) -> tuple[int, ...] | None:
    """`0.1` as (0, 1); None for what is no place. Raises UserError for one too deep."""
    if not PLACE.fullmatch(place):
        return None
    path = tuple(int(part) for part in place.split(".") if part)
    if len(path) > DEEPEST:
        raise UserError(_("Too many conditions within one another."))
    return path


def draft_from(form: Mapping[str, str], codes: Mapping[str, str]) -> Line:
    """The draft that a form holds: fields are named `what@0.1`, by their place; a tag is given by
    its code or its name in `codes`. Raises UserError for lines too deep within one another."""
    lines: dict[tuple[int, ...], dict[str, str]] = {}
    for name, value in form.items():
        what, mark, place = name.partition("@")
        path = path_of(place) if mark else None
        if path is not None:
            told = codes.get(value.strip(), value.strip()) if what == "tag" else value
            lines.setdefault(path, {})[what] = told
    return _from(lines, ())


def _from(lines: Mapping[tuple[int, ...], dict[str, str]], path: tuple[int, ...]) -> Line:
    said = dict(lines.get(path, {}))
    kind = said.pop("kind", "all" if not path else "tag")
    below = sorted(each for each in lines if len(each) == len(path) + 1 and each[:-1] == path)
    return Line(kind, said, tuple(_from(lines, each) for each in below))


def _replaced(line: Line, place: int, part: Line) -> Line:
    parts = (*line.parts[:place], part, *line.parts[place + 1 :])
    return replace(line, parts=parts)
