"""From tree to text: what is printed parses to the same tree."""

from datetime import date
from decimal import Decimal

from regulars.know.language.tree import (
    Action,
    AllOf,
    AnyOf,
    Arithmetic,
    Behaviour,
    Between,
    Call,
    Case,
    Comparison,
    Days,
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
    Today,
    Unknown,
    Value,
    Window,
)  # fmt: skip

TIMES = {">=": "at least", "<=": "at most", "=": "exactly"}
ANY, ALL, NOT, PREDICATE, SUM, PRODUCT, ATOM = range(7)


def printed(node: Node) -> str:
    """The text of a tree."""
    return _text(node, ANY)


def _text(node: Node, least: int) -> str:
    """In brackets where it binds less tightly than its place asks for."""
    binds, text = _parts(node)
    return text if binds >= least else f"({text})"


def _parts(node: Node) -> tuple[int, str]:  # noqa: PLR0911, PLR0912 - one line a kind of node
    match node:
        case AnyOf(parts):
            return ANY, " or ".join(_text(part, ALL) for part in parts)
        case AllOf(parts):
            return ALL, " and ".join(_text(part, NOT) for part in parts)
        case Negated(part):
            return NOT, f"not {_text(part, NOT)}"
        case Comparison(sign, left, right):
            return PREDICATE, f"{_text(left, SUM)} {sign} {_text(right, SUM)}"
        case Membership(value, among, is_negated):
            listed = ", ".join(_text(each, ATOM) for each in among)
            word = "not in" if is_negated else "in"
            return PREDICATE, f"{_text(value, SUM)} {word} [{listed}]"
        case Between(value, low, high):
            ends = f"{_text(low, SUM)} and {_text(high, SUM)}"
            return PREDICATE, f"{_text(value, SUM)} between {ends}"
        case Unknown(value, is_negated):
            return PREDICATE, f"{_text(value, SUM)} is {'known' if is_negated else 'unknown'}"
        case Behaviour(action, window, sign, times):
            counted = "" if (sign, times) == (">=", 1) else f" {TIMES[sign]} {times} times"
            return PREDICATE, f"{_action(action)}{_window(window)}{counted}"
        case Sequence(first, thens, window):
            steps = "".join(_then(each) for each in thens)
            return PREDICATE, f"{_action(first)}{steps}{_window(window)}"
        case InSegment(code):
            return PREDICATE, f"in segment {_quoted(code)}"
        case InOrg(code):
            return PREDICATE, f"in org {_quoted(code)}"
        case Sampled(percent):
            return PREDICATE, f"sampled {percent} percent"
        case Arithmetic(sign, left, right):
            own = SUM if sign in "+-" else PRODUCT
            return own, f"{_text(left, own)} {sign} {_text(right, own + 1)}"
        case Call(function, arguments):
            return ATOM, f"{function}({', '.join(_text(each, ANY) for each in arguments)})"
        case Case(branches, otherwise):
            return ATOM, _case(branches, otherwise)
        case Name(name):
            return ATOM, name
        case Today():
            return ATOM, "today"
        case Days(count):
            return ATOM, f"{count} days"
        case Literal(value):
            return ATOM, _value(value)
        case _:
            raise TypeError(f"{node} cannot stand alone")


def _case(branches: tuple[tuple[Node, Node], ...], otherwise: Node | None) -> str:
    whens = " ".join(f"when {_text(met, ANY)} then {_text(v, ANY)}" for met, v in branches)
    rest = f" else {_text(otherwise, ANY)}" if otherwise else ""
    return f"case {whens}{rest} end"


def _action(action: Action) -> str:
    return f"{action.kind}({_text(action.where, ANY) if action.where else ''})"


def _then(then: Then) -> str:
    without = f" without {_action(then.without)}" if then.without else ""
    return f" followed by {_action(then.action)} within {then.days} days{without}"


def _window(window: Window | None) -> str:
    if window is None:
        return ""
    if window.days is not None:
        return f" in last {window.days} days"
    return f" from {window.start} to {window.end}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
