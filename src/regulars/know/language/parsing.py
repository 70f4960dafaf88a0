"""From text to tree."""

from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext_lazy as _
from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from regulars.know.language.errors import TextError
from regulars.know.language.tree import (
    LONGEST_WINDOW,
    MOST_DAYS,
    MOST_TIMES,
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
    Span,
    Then,
    Today,
    Unknown,
    Window,
    children,
)  # fmt: skip

LONGEST_TEXT = 10_000
LONGEST_NUMBER = 18
DEEPEST = 60
TOO_DEEP = _("Too many conditions within one another.")


def parsed(text: str) -> Node:
    """The tree of a text. Raises TextError, which marks the place."""
    if len(text) > LONGEST_TEXT:
        raise TextError(_("That is too long."), (LONGEST_TEXT, len(text)))
    if not text.strip():
        raise TextError(_("Nothing is written here yet."), (0, len(text)))
    try:
        tree: Node = _Tree().transform(_parser().parse(text))
        _check_depth(tree)
    except RecursionError:
        raise TextError(TOO_DEEP, (0, len(text))) from None
    except UnexpectedInput as error:
        raise _unexpected(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, TextError):
            raise error.orig_exc from None
        raise
    return tree


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(
        grammar, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=True
    )


def _check_depth(tree: Node) -> None:
    """What stands in one another without end would use up the stack of whoever walks it."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise TextError(TOO_DEEP, node.at)
        waiting.extend((child, depth + 1) for child in children(node))


def _unexpected(error: UnexpectedInput, text: str) -> TextError:
    start = min(max(error.pos_in_stream or 0, 0), len(text))
    token = getattr(error, "token", None)
    if isinstance(token, Token) and token.type != "$END":
        start = token.start_pos if token.start_pos is not None else start
        end = start + len(token)
        return TextError(_("“%(what)s” cannot stand here.") % {"what": token}, (start, end))
    if start >= len(text.rstrip()) or getattr(token, "type", "") == "$END":
        return TextError(_("Something is missing at the end."), (len(text), len(text)))
    what = text[start : start + 1]
    return TextError(_("“%(what)s” cannot stand here.") % {"what": what}, (start, start + 1))


@v_args(meta=True)
class _Tree(Transformer[Token, Any]):
    """Each method makes the node of one rule of the grammar, from the nodes below."""

    def any_of(self, meta: Any, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts), at=_span(meta))

    def all_of(self, meta: Any, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts), at=_span(meta))

    def negated(self, meta: Any, parts: list[Node]) -> Node:
        return Negated(parts[0], at=_span(meta))

    def comparison(self, meta: Any, parts: list[Any]) -> Node:
        left, sign, right = parts
        return Comparison(str(sign), left, right, at=_span(meta))

    def membership(self, meta: Any, parts: list[Any]) -> Node:
        return Membership(parts[0], tuple(parts[1:]), at=_span(meta))

    def non_membership(self, meta: Any, parts: list[Any]) -> Node:
        return Membership(parts[0], tuple(parts[1:]), is_negated=True, at=_span(meta))

    def between(self, meta: Any, parts: list[Any]) -> Node:
        return Between(*parts, at=_span(meta))

    def unknown(self, meta: Any, parts: list[Node]) -> Node:
        return Unknown(parts[0], at=_span(meta))

    def known(self, meta: Any, parts: list[Node]) -> Node:
        return Unknown(parts[0], is_negated=True, at=_span(meta))

    def action(self, meta: Any, parts: list[Any]) -> Node:
        return Action(str(parts[0]), parts[1], at=_span(meta))

    def behaviour(self, meta: Any, parts: list[Any]) -> Node:
        window = next((part for part in parts if isinstance(part, Window)), None)
        sign, times = next((part for part in parts if isinstance(part, tuple)), (">=", 1))
        return Behaviour(parts[0], window, sign, times, at=_span(meta))

    def at_least(self, meta: Any, parts: list[Any]) -> tuple[str, int]:
        return ">=", _whole(parts[0], MOST_TIMES)

    def at_most(self, meta: Any, parts: list[Any]) -> tuple[str, int]:
        return "<=", _whole(parts[0], MOST_TIMES)

    def exactly(self, meta: Any, parts: list[Any]) -> tuple[str, int]:
        return "=", _whole(parts[0], MOST_TIMES)

    def sequence(self, meta: Any, parts: list[Any]) -> Node:
        thens = tuple(part for part in parts if isinstance(part, Then))
        window = next((part for part in parts if isinstance(part, Window)), None)
        return Sequence(parts[0], thens, window, at=_span(meta))

    def then(self, meta: Any, parts: list[Any]) -> Node:
        return Then(parts[0], _whole(parts[1], LONGEST_WINDOW, 1), parts[2], at=_span(meta))

    def last_days(self, meta: Any, parts: list[Any]) -> Node:
        return Window(days=_whole(parts[0], LONGEST_WINDOW, 1), at=_span(meta))

    def fixed(self, meta: Any, parts: list[Any]) -> Node:
        start, end = (_day(part) for part in parts)
        if end < start:
            said = f"{start} – {end}"
            raise TextError(_("The window ends before it starts: %s.") % said, _span(meta))
        return Window(start=start, end=end, at=_span(meta))

    def in_segment(self, meta: Any, parts: list[Any]) -> Node:
        return InSegment(_unquoted(parts[0]), at=_span(meta))

    def in_org(self, meta: Any, parts: list[Any]) -> Node:
        return InOrg(_unquoted(parts[0]), at=_span(meta))

    def sampled(self, meta: Any, parts: list[Any]) -> Node:
        return Sampled(_whole(parts[0], MOST_TIMES), at=_span(meta))

    def arithmetic(self, meta: Any, parts: list[Any]) -> Node:
        left, sign, right = parts
        return Arithmetic(str(sign), left, right, at=_span(meta))

    def call(self, meta: Any, parts: list[Any]) -> Node:
        return Call(str(parts[0]), tuple(parts[1:]), at=_span(meta))

    def name(self, meta: Any, parts: list[Any]) -> Node:
        return Name(str(parts[0]), at=_span(meta))

    def today(self, meta: Any, parts: list[Any]) -> Node:
        return Today(at=_span(meta))

    def days(self, meta: Any, parts: list[Any]) -> Node:
        return Days(_whole(parts[0], MOST_DAYS), at=_span(meta))

    def case(self, meta: Any, parts: list[Any]) -> Node:
        branches = tuple(part for part in parts if isinstance(part, tuple))
        otherwise = parts[-1] if not isinstance(parts[-1], tuple) else None
        return Case(branches, otherwise, at=_span(meta))

    def branch(self, meta: Any, parts: list[Any]) -> tuple[Node, Node]:
        return parts[0], parts[1]

    def integer(self, meta: Any, parts: list[Any]) -> Node:
        return Literal(_number(parts[0]), at=_span(meta))

    def decimal(self, meta: Any, parts: list[Any]) -> Node:
        return Literal(_number(parts[0]), at=_span(meta))

    def negative(self, meta: Any, parts: list[Any]) -> Node:
        return Literal(-_number(parts[1]), at=_span(meta))

    def text(self, meta: Any, parts: list[Any]) -> Node:
        return Literal(_unquoted(parts[0]), at=_span(meta))

    def date(self, meta: Any, parts: list[Any]) -> Node:
        return Literal(_day(parts[0]), at=_span(meta))

    def true(self, meta: Any, parts: list[Any]) -> Node:
        return Literal(True, at=_span(meta))

    def false(self, meta: Any, parts: list[Any]) -> Node:
        return Literal(False, at=_span(meta))


def _span(meta: Any) -> tuple[int, int]:
    return (0, 0) if meta.empty else (meta.start_pos, meta.end_pos)


def _unquoted(token: Token) -> str:
    return str(token)[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def _whole(token: Token, most: int, least: int = 0) -> int:
    """Beyond its bounds a number of days means nothing, and calculating with it fails."""
    found = int(_number(token))
    if least <= found <= most:
        return found
    message = _("Here a number from %(least)s to %(most)s is asked for.")
    raise TextError(message % {"least": least, "most": most}, _place(token))


def _number(token: Token) -> int | Decimal:
    if len(token) > LONGEST_NUMBER:
        raise TextError(_("A number has 18 digits at most."), _place(token))
    return Decimal(token) if "." in token else int(token)


def _place(token: Token) -> Span:
    start = token.start_pos or 0
    return start, start + len(token)


def _day(token: Token) -> date:
    try:
        return date.fromisoformat(token)
    except ValueError:
        raise TextError(_("“%(what)s” is not a date.") % {"what": token}, _place(token)) from None
