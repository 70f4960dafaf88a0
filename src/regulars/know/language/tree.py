"""The tree of a text. Every node knows where it stands in the text; equality leaves that out."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Span = tuple[int, int]
"""From and up to which character of the text."""
NOWHERE: Span = (0, 0)
Value = bool | int | Decimal | str | date
LONGEST_WINDOW, MOST_DAYS, MOST_TIMES = 3_650, 32_767, 1_000_000


@dataclass(frozen=True)
class Node:
    at: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True)
class Literal(Node):
    """Money is written in whole units, as `500.00`."""

    value: Value


@dataclass(frozen=True)
class Today(Node):
    pass


@dataclass(frozen=True)
class Days(Node):
    count: int


@dataclass(frozen=True)
class Name(Node):
    """A tag, or a field of what is counted; `properties.KEY` of an event."""

    name: str


@dataclass(frozen=True)
class Arithmetic(Node):
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call(Node):
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Case(Node):
    """The value of the first branch whose condition is met."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None = None


@dataclass(frozen=True)
class Comparison(Node):
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Membership(Node):
    value: Node
    among: tuple[Literal, ...]
    is_negated: bool = False


@dataclass(frozen=True)
class Between(Node):
    """Both ends belong to it."""

    value: Node
    least: Node
    most: Node


@dataclass(frozen=True)
class Unknown(Node):
    value: Node
    is_negated: bool = False


@dataclass(frozen=True)
class AllOf(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class AnyOf(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Negated(Node):
    """Whoever does not meet the condition, or of whom it is unknown."""

    part: Node


@dataclass(frozen=True)
class Window(Node):
    """The last `days` days with today, or from `start` to `end` with both; or all days."""

    days: int | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Action(Node):
    """Something done: `kind` names what is counted (bought, ordered, did …)."""

    kind: str
    where: Node | None = None


@dataclass(frozen=True)
class Behaviour(Node):
    """Done so many times within a window; without one, ever."""

    action: Action
    window: Window | None = None
    sign: str = ">="
    times: int = 1


@dataclass(frozen=True)
class Then(Node):
    """The next step, at most `days` after the one before, nothing of `without` between them."""

    action: Action
    days: int
    without: Action | None = None


@dataclass(frozen=True)
class Sequence(Node):
    """Steps on days one after the other; `window` bounds the first."""

    first: Action
    thens: tuple[Then, ...]
    window: Window | None = None


@dataclass(frozen=True)
class InSegment(Node):
    code: str


@dataclass(frozen=True)
class InOrg(Node):
    """At home in a store at or below a place."""

    code: str


@dataclass(frozen=True)
class Sampled(Node):
    """Always the same ones for the same per cent; those of 10 are among those of 20."""

    percent: int


def children(node: Node) -> list[Node]:  # noqa: PLR0911, PLR0912 - one line a kind of node
    """The nodes directly below, in the order of the text."""
    match node:
        case AllOf(parts) | AnyOf(parts):
            return list(parts)
        case Negated(part):
            return [part]
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return [left, right]
        case Membership(value, among):
            return [value, *among]
        case Between(value, least, most):
            return [value, least, most]
        case Unknown(value):
            return [value]
        case Call(_, arguments):
            return list(arguments)
        case Case(branches, otherwise):
            below = [part for branch in branches for part in branch]
            return below + ([otherwise] if otherwise else [])
        case Behaviour(action, window):
            return [action, *([window] if window else [])]
        case Sequence(first, thens, window):
            return [first, *thens, *([window] if window else [])]
        case Then(action, _, without):
            return [action, *([without] if without else [])]
        case Action(_, where):
            return [where] if where else []
        case _:
            return []


def names_in(node: Node) -> set[str]:
    """All names that stand in a tree, those of actions' fields left out."""
    if isinstance(node, Name):
        return {node.name}
    if isinstance(node, Action):
        return set()
    return set().union(*(names_in(child) for child in children(node)))
