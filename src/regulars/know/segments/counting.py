"""How many meet a text, and each condition in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.ground.accounts.access import Scope
from regulars.know.language.parsing import parsed
from regulars.know.language.printing import printed
from regulars.know.language.tree import AllOf, AnyOf, Negated, Node
from regulars.know.segments.counts import counts_of


@dataclass(frozen=True)
class Counted:
    """A condition of a text, how many meet it, and the conditions that it is made of. `left`: of a
    group of which all are to be met, how many remain after this condition and those before it."""

    text: str
    count: int
    parts: Sequence["Counted"] = ()
    left: int | None = None


@dataclass(frozen=True)
class Preview:
    """`total` members in the caller's sight, `count` of them in."""

    count: int
    total: int
    root: Counted


def preview(scope: Scope, text: str, *, is_stepwise: bool = False) -> Preview:
    """How many meet a text and each condition in it; `is_stepwise`: and how many remain from one
    to the next. Raises TextError with the place of what means nothing."""
    tree = parsed(text)
    nodes = conditions_within(tree)
    steps = [step for node in nodes for step in _steps(node)] if is_stepwise else []
    wanted = [*nodes, *steps]
    total, counts = counts_of(scope, wanted)
    found = {id(node): count for node, count in zip(wanted, counts, strict=True)}
    left = {id(step.parts[-1]): found[id(step)] for step in steps}
    return Preview(counts[0], total, _counted(tree, found, left))


def conditions_within(node: Node) -> list[Node]:
    """A condition and those that it is made of, outermost first."""
    return [node, *(below for part in _parts(node) for below in conditions_within(part))]


def _steps(node: Node) -> list[AllOf]:
    """The beginnings of a group of which all are to be met."""
    if not isinstance(node, AllOf):
        return []
    return [AllOf(node.parts[:end]) for end in range(1, len(node.parts) + 1)]


def _counted(node: Node, found: dict[int, int], left: dict[int, int]) -> Counted:
    parts = [_counted(part, found, left) for part in _parts(node)]
    return Counted(printed(node), found[id(node)], parts, left.get(id(node)))


def _parts(node: Node) -> Sequence[Node]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Negated(part):
            return [part]
        case _:
            return []
