"""One line of a segment as it is built by clicking: what it says as a tree, and the line of a tree.

What has no line of its own kind stands as a line of text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
    InOrg,
    InSegment,
    Literal,
    Membership,
    Name,
    Negated,
    Node,
    Sampled,
    Sequence,
    Then,
    Unknown,
    Window,
)
from regulars.know.language.types import Type
from regulars.know.segments.service import KINDS

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
    "yes": _("holds"),
    "no": _("does not hold"),
}
DEEPEST = 10
LONGEST_WINDOW, MOST_TIMES, MOST_PERCENT = 3_650, 10_000, 99
TIMES = {">=": _("at least"), "<=": _("at most"), "=": _("exactly")}
USUAL_DAYS = 30
NONE_OF_THESE = _("“%s” is none of what it may be.")
OUT_OF_WINDOW = _("A window has 1 to 3650 days: “%s”.")
OUT_OF_TIMES = _("So many times, from 0 to 10000: “%s”.")
OUT_OF_SAMPLE = _("A sample has 1 to 99 per cent: “%s”.")


@dataclass(frozen=True)
class Line:
    """A `kind` with what it says: a group ("all", "any", "none") of `parts`, a "tag" condition,
    something done ("did"), one thing after another ("then"), another "segment", a "place", a
    "sample", or a "text"."""

    kind: str
    said: Mapping[str, str] = field(default_factory=dict)
    parts: tuple["Line", ...] = ()

    @property
    def is_group(self) -> bool:
        return self.kind in GROUPS


class LineFault(TextError):
    """What is wrong with one field of a line: `said` is what stands in it."""

    def __init__(self, message: Any, said: str, at: tuple[int, int] | None = None) -> None:
        super().__init__(message, at or (0, len(said)))
        self.said = said


def signs_of(kind: Type | None) -> list[tuple[str, Any]]:
    """The operators of a tag's type."""
    names = {
        Type.TEXT: TEXT_SIGNS, Type.DATE: DATE_SIGNS, Type.YES_NO: YES_NO_SIGNS,
    }.get(kind or Type.COUNT, NUMBER_SIGNS)  # fmt: skip
    return [(name, WORDS[name]) for name in names]


def tree_of(line: Line, types: Mapping[str, Type]) -> Node | None:  # noqa: PLR0911 - one line a kind
    """None for what is not filled in yet. Raises LineFault for what cannot be."""
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
        case "then":
            return _then(line.said)
        case "segment":
            code = line.said.get("segment", "")
            return InSegment(code) if code else None
        case "place":
            code = line.said.get("place", "").strip()
            return InOrg(code) if code else None
        case "sample":
            percent = _whole(line.said, "percent", 1, MOST_PERCENT, OUT_OF_SAMPLE)
            return Sampled(percent) if percent is not None else None
        case _:
            return _written(line.said, "text")


def _tag(said: Mapping[str, str], types: Mapping[str, Type]) -> Node | None:
    code, sign, value = (said.get(name, "").strip() for name in ("tag", "sign", "value"))
    kind = types.get(code)
    if kind is None:
        if code:
            raise LineFault(_("There is no tag “%s”.") % code, code)
        return None
    name, sign = Name(code), _sign_of(sign, kind)
    if sign in ("known", "unknown"):
        return Unknown(name, is_negated=sign == "known")
    if kind == Type.YES_NO:
        return Negated(name) if sign == "no" else name
    if not value:
        return None
    if kind == Type.DATE and sign in ("within", "before"):
        since = Call("days_since", (name,))
        return Comparison("<=" if sign == "within" else ">", since, _literal(value, Type.COUNT))
    return Comparison(sign, name, _literal(value, kind))


def _sign_of(sign: str, kind: Type) -> str:
    """The operator; the type's first one where none is chosen yet, or one of another type."""
    signs = [name for name, _word in signs_of(kind)]
    if sign and sign not in WORDS:
        raise LineFault(NONE_OF_THESE % sign, sign)
    return sign if sign in signs else signs[0]


def _literal(value: str, kind: Type) -> Literal:
    if kind == Type.TEXT:
        return Literal(value)
    found = _understood(value)
    if not isinstance(found, Literal):
        raise LineFault(_("“%(what)s” cannot stand here.") % {"what": value}, value)
    return found


def _did(said: Mapping[str, str]) -> Node | None:
    times = _whole(said, "times", 0, MOST_TIMES, OUT_OF_TIMES)
    sign = said.get("sign") or ">="
    if sign not in TIMES:
        raise LineFault(NONE_OF_THESE % sign, sign)
    return Behaviour(_action(said), _window(said), sign, 1 if times is None else times)


def _then(said: Mapping[str, str]) -> Node | None:
    days = _whole(said, "within", 1, LONGEST_WINDOW, OUT_OF_WINDOW)
    without = _action(said, "_not") if said.get("action_not") else None
    then = Then(_action(said, "_then"), days or USUAL_DAYS, without)
    return Sequence(_action(said), (then,), _window(said))


def _action(said: Mapping[str, str], which: str = "") -> Action:
    kind = said.get(f"action{which}") or "bought"
    if kind not in KINDS:
        raise LineFault(NONE_OF_THESE % kind, kind)
    return Action(kind, _written(said, f"where{which}"))


def _window(said: Mapping[str, str]) -> Window | None:
    days = _whole(said, "days", 1, LONGEST_WINDOW, OUT_OF_WINDOW)
    return Window(days=days) if days else None


def _written(said: Mapping[str, str], name: str) -> Node | None:
    text = said.get(name, "").strip()
    return _understood(text) if text else None


def _understood(text: str) -> Node:
    try:
        return parsed(text)
    except TextError as error:
        raise LineFault(error.args[0], text, error.at) from None


def _whole(said: Mapping[str, str], name: str, least: int, most: int, fault: Any) -> int | None:
    """A whole number; None where nothing is written."""
    text = said.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))):
        raise LineFault(fault % text, text)
    if not least <= int(text) <= most:
        raise LineFault(fault % text, text)
    return int(text)


def line_of(  # noqa: PLR0911 - one line a kind
    node: Node, types: Mapping[str, Type], groups: int = DEEPEST
) -> Line:
    """The line, or the group of lines, that says what a tree says; beyond so many `groups` within
    one another it stands as text."""
    match node:
        case AllOf(parts) if groups:
            return Line("all", parts=tuple(line_of(part, types, groups - 1) for part in parts))
        case AnyOf(parts) if groups:
            return Line("any", parts=tuple(line_of(part, types, groups - 1) for part in parts))
        case Negated(AnyOf(parts)) if groups:
            return Line("none", parts=tuple(line_of(part, types, groups - 1) for part in parts))
        case Negated(part) if groups and not _is_yes_no(part, types):
            return Line("none", parts=(line_of(part, types, groups - 1),))
        case InSegment(code):
            return Line("segment", {"segment": code})
        case InOrg(code):
            return Line("place", {"place": code})
        case Sampled(percent):
            return Line("sample", {"percent": str(percent)})
        case Behaviour(action, window, sign, times) if not (window and window.start):
            counted = {"sign": sign, "times": str(times)}
            return Line("did", {**_said_of(action), **_days_of(window), **counted})
        case Sequence(first, (Then(action, days, without),), window) if not (
            window and window.start
        ):
            nothing = _said_of(without, "_not") if without else {}
            then = {**_said_of(action, "_then"), "within": str(days), **nothing}
            return Line("then", {**_said_of(first), **_days_of(window), **then})
    said = next(_tag_lines(node, types), None)
    return (
        Line("tag", said)
        if said and said["tag"] in types
        else Line("text", {"text": printed(node)})
    )


def _is_yes_no(node: Node, types: Mapping[str, Type]) -> bool:
    return isinstance(node, Name) and types.get(node.name) == Type.YES_NO


def _said_of(action: Action, which: str = "") -> dict[str, str]:
    where = printed(action.where) if action.where else ""
    return {f"action{which}": action.kind, f"where{which}": where}


def _days_of(window: Window | None) -> dict[str, str]:
    return {"days": str(window.days) if window and window.days else ""}


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
        case Comparison(sign, Call("days_since", (Name(code),)), Literal(value)):
            if types.get(code) == Type.DATE and sign in ("<=", ">"):
                word = "within" if sign == "<=" else "before"
                yield {"tag": code, "sign": word, "value": _shown(value)}
        case Membership(Name(code), (Literal(value),), False):
            yield {"tag": code, "sign": "=", "value": _shown(value)}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else printed(Literal(value))
