"""A segment as it is built by clicking: lines and groups of lines, each with its place in the form.

A draft becomes a text, a text a draft; what has no line of its own kind stands as a line of text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.know.language.errors import TextError
from regulars.know.language.parsing import parsed
from regulars.know.language.printing import printed
from regulars.know.language.tree import (
    Action,
    AllOf,
    AnyOf,
    Behaviour,
    Call,
    Comparison,
    InSegment,
    Literal,
    Membership,
    Name,
    Negated,
    Node,
    Unknown,
    Window,
)
from regulars.know.language.types import Type

GROUPS = {"all": AllOf, "any": AnyOf, "none": AnyOf}
SIGNS = {">=": _("at least"), "<=": _("at most"), "=": _("is"), "!=": _("is not")}
NUMBER_SIGNS = (">=", "<=", "=", "!=", "known", "unknown")
TEXT_SIGNS = ("=", "!=", "contains", "known", "unknown")
DATE_SIGNS = ("within", "before", ">=", "<=", "known", "unknown")
YES_NO_SIGNS = ("yes", "no")
WORDS = SIGNS | {
    "contains": _("contains"),
    "known": _("is known"),
    "unknown": _("is unknown"),
    "within": _("in the last … days"),
    "before": _("more than … days ago"),
    "yes": _("yes"),
    "no": _("no"),
}
TIMES = {">=": _("at least"), "<=": _("at most"), "=": _("exactly")}


@dataclass(frozen=True)
class Line:
    """A `kind` with what it says: a group ("all", "any", "none") of `parts`, a "tag" condition,
    something done ("did"), another "segment", or a "text"."""

    kind: str
    said: Mapping[str, str] = field(default_factory=dict)
    parts: tuple["Line", ...] = ()

    @property
    def is_group(self) -> bool:
        return self.kind in GROUPS


def signs_of(kind: Type | None) -> list[tuple[str, Any]]:
    """The operators of a tag's type."""
    names = {
        Type.TEXT: TEXT_SIGNS, Type.DATE: DATE_SIGNS, Type.YES_NO: YES_NO_SIGNS,
    }.get(kind or Type.COUNT, NUMBER_SIGNS)  # fmt: skip
    return [(name, WORDS[name]) for name in names]


def text_of(line: Line, types: Mapping[str, Type]) -> str:
    """The text of a draft; lines that are not filled in yet are left out."""
    return printed_or_empty(tree_of(line, types))


def printed_or_empty(tree: Node | None) -> str:
    return printed(tree) if tree else ""


def tree_of(line: Line, types: Mapping[str, Type]) -> Node | None:
    """None for what is not filled in yet. Raises TextError for a line of text that is none."""
    if line.is_group:
        parts = tuple(filter(None, (tree_of(part, types) for part in line.parts)))
        if not parts:
            return None
        group = parts[0] if len(parts) == 1 else GROUPS[line.kind](parts)
        return Negated(group) if line.kind == "none" else group
    match line.kind:
        case "tag":
            return _tag(line.said, types)
        case "did":
            return _did(line.said)
        case "segment":
            code = line.said.get("segment", "")
            return InSegment(code) if code else None
        case _:
            text = line.said.get("text", "").strip()
            return parsed(text) if text else None


def draft_of(text: str, types: Mapping[str, Type]) -> Line:
    """The draft of a text: one group at the top."""
    if not text.strip():
        return Line("all", parts=(Line("tag"),))
    line = _line_of(parsed(text), types)
    return line if line.is_group else Line("all", parts=(line,))


def at(line: Line, path: tuple[int, ...]) -> Line:
    return at(line.parts[path[0]], path[1:]) if path else line


def with_part(line: Line, path: tuple[int, ...], part: Line) -> Line:
    """The same draft with a line added to the group at `path`."""
    if not path:
        return replace(line, parts=(*line.parts, part))
    return _replaced(line, path[0], with_part(line.parts[path[0]], path[1:], part))


def without(line: Line, path: tuple[int, ...]) -> Line:
    """The same draft without the line at `path`; what stands at the top stays."""
    if not path:
        return line
    if len(path) == 1:
        parts = tuple(each for n, each in enumerate(line.parts) if n != path[0])
        return replace(line, parts=parts)
    return _replaced(line, path[0], without(line.parts[path[0]], path[1:]))


def draft_from(form: Mapping[str, str]) -> Line:
    """The draft that a form holds: fields are named `what@0.1`, by their place."""
    lines: dict[tuple[int, ...], dict[str, str]] = {}
    for name, value in form.items():
        what, mark, place = name.partition("@")
        if mark and all(part.isdecimal() for part in place.split(".") if part):
            path = tuple(int(part) for part in place.split(".") if part)
            lines.setdefault(path, {})[what] = value
    return _from(lines, ())


def _from(lines: Mapping[tuple[int, ...], dict[str, str]], path: tuple[int, ...]) -> Line:
    said = dict(lines.get(path, {}))
    kind = said.pop("kind", "all" if not path else "tag")
    below = sorted(each for each in lines if len(each) == len(path) + 1 and each[:-1] == path)
    return Line(kind, said, tuple(_from(lines, each) for each in below))


def _replaced(line: Line, place: int, part: Line) -> Line:
    parts = (*line.parts[:place], part, *line.parts[place + 1 :])
    return replace(line, parts=parts)


def _tag(said: Mapping[str, str], types: Mapping[str, Type]) -> Node | None:
    code, sign, value = (said.get(name, "").strip() for name in ("tag", "sign", "value"))
    kind = types.get(code)
    if kind is None:
        return None
    name = Name(code)
    if sign in ("known", "unknown"):
        return Unknown(name, is_negated=sign == "known")
    if kind == Type.YES_NO:
        return Negated(name) if sign == "no" else name
    if not value:
        return None
    if kind == Type.DATE and sign in ("within", "before"):
        since = Call("days_since", (name,))
        return Comparison("<=" if sign == "within" else ">", since, _literal(value, Type.COUNT))
    return Comparison(sign or ">=", name, _literal(value, kind))


def _literal(value: str, kind: Type) -> Literal:
    if kind == Type.TEXT:
        return Literal(value)
    found = parsed(value)
    if not isinstance(found, Literal):
        raise TextError(_("“%(what)s” cannot stand here.") % {"what": value}, found.at)
    return found


def _did(said: Mapping[str, str]) -> Node | None:
    where = said.get("where", "").strip()
    action = Action(said.get("action") or "bought", parsed(where) if where else None)
    days = said.get("days", "").strip()
    window = Window(days=int(days)) if days.isdecimal() and int(days) else None
    times = said.get("times", "").strip()
    count = int(times) if times.isdecimal() else 1
    return Behaviour(action, window, said.get("sign") or ">=", count)


def _line_of(node: Node, types: Mapping[str, Type]) -> Line:
    match node:
        case AllOf(parts):
            return Line("all", parts=tuple(_line_of(part, types) for part in parts))
        case AnyOf(parts):
            return Line("any", parts=tuple(_line_of(part, types) for part in parts))
        case Negated(AnyOf(parts)):
            return Line("none", parts=tuple(_line_of(part, types) for part in parts))
        case InSegment(code):
            return Line("segment", {"segment": code})
        case Behaviour(action, window, sign, times) if not (window and window.start):
            days = str(window.days) if window and window.days else ""
            where = printed(action.where) if action.where else ""
            return Line("did", {"action": action.kind, "where": where, "days": days,
                                "sign": sign, "times": str(times)})  # fmt: skip
    said = next(_tag_lines(node, types), None)
    return (
        Line("tag", said)
        if said and said["tag"] in types
        else Line("text", {"text": printed(node)})
    )


def _tag_lines(node: Node, types: Mapping[str, Type]) -> Iterator[dict[str, str]]:
    match node:
        case Name(code):
            yield {"tag": code, "sign": "yes"}
        case Negated(Name(code)) if types.get(code) == Type.YES_NO:
            yield {"tag": code, "sign": "no"}
        case Unknown(Name(code), is_negated):
            yield {"tag": code, "sign": "known" if is_negated else "unknown"}
        case Comparison(sign, Name(code), Literal(value)) if sign in WORDS:
            yield {"tag": code, "sign": sign, "value": _shown(value)}
        case Comparison(sign, Call("days_since", (Name(code),)), Literal(value)) if sign in "<=>":
            if types.get(code) == Type.DATE and sign in ("<=", ">"):
                word = "within" if sign == "<=" else "before"
                yield {"tag": code, "sign": word, "value": _shown(value)}
        case Membership(Name(code), (Literal(value),), False):
            yield {"tag": code, "sign": "=", "value": _shown(value)}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else printed(Literal(value))
