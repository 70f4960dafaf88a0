"""The trees of many nodes, each built when it is looked at: a list of thousands shows few."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.ground.kit.deployment import chain
from regulars.understand.metrics.identity import CHAIN, MEMBER_PARTS, Counts, Tree, tree_of

NON_MEMBER = "non_member"
UNKNOWN_IN_GOODS = ("new", "cross_store")
UNKNOWN_OF_BUYERS = ("new", "never_bought")
ADDING = ("buyers", "tickets", "net_cents")
NO_TREE = Tree({})
Bases = Mapping[int, Mapping[str, int]]


class Trees(Mapping[int, Tree]):
    """Trees by node."""

    def total_of(self, node: int) -> Counts:
        """The node's buyers, tickets and net cents, as its tree's total has them; none are 0."""
        return self[node].total if node in self else Counts(buyers=0)


class Grown(dict[int, Tree], Trees):
    """Trees that stand already."""


class Forest(Trees):
    """Trees by node, out of rows of (node, part, counts). A base counts also where nobody of it
    bought; without `bases` the rows say themselves how many members they know of."""

    def __init__(self, rows: pa.Table, bases: Bases | None = None) -> None:
        self._rows = rows
        self._bases = bases
        self._trees: dict[int, Tree] = {}

    def __getitem__(self, node: int) -> Tree:
        if node not in self._trees:
            self._trees[node] = self._grown(node)
        return self._trees[node]

    def __iter__(self) -> Iterator[int]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, node: object) -> bool:
        return node in self._nodes

    def total_of(self, node: int) -> Counts:
        return self._totals.get(node, Counts(buyers=0))

    def _grown(self, node: int) -> Tree:
        if node not in self._nodes:
            raise KeyError(node)
        base = None if self._bases is None else self._bases.get(node)
        parts = {} if base is None else _idle_parts(base)
        for at in self._places.get(node, ()):
            row = {name: values[at] for name, values in self._columns.items()}
            parts[row["part"]] = _counts(row, base)
        return tree_of(parts)

    @cached_property
    def _nodes(self) -> dict[int, None]:
        return dict.fromkeys([*(self._bases or {}), *self._places])

    @cached_property
    def _places(self) -> dict[int, list[int]]:
        """Where each node's rows stand."""
        places: dict[int, list[int]] = {}
        for at, node in enumerate(self._rows.column("node").to_pylist()):
            places.setdefault(node, []).append(at)
        return places

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        return {name: self._rows.column(name).to_pylist() for name in self._rows.column_names}

    @cached_property
    def _totals(self) -> dict[int, Counts]:
        sums = self._rows.group_by("node").aggregate([(name, "sum") for name in ADDING])
        columns = (sums.column(f"{name}_sum").to_pylist() for name in ADDING)
        totals = zip(sums.column("node").to_pylist(), *columns, strict=True)
        return {node: Counts(None, b, t, net_cents=cents) for node, b, t, cents in totals}


def forests_of(rows: pa.Table, bases: Sequence[Bases | None]) -> list[Forest]:
    """One forest a period, out of rows that number their period from 0."""
    return [
        Forest(rows.filter(pc.field("period") == number), base) for number, base in enumerate(bases)
    ]


def _idle_parts(base: Mapping[str, int]) -> dict[str, Counts]:
    return {part: Counts(_known_base(part, base), buyers=0) for part in MEMBER_PARTS}


def _counts(row: Mapping[str, Any], base: Mapping[str, int] | None) -> Counts:
    part, known = row["part"], {name: row[name] for name in CHAIN if name in row}
    if part == NON_MEMBER:
        return Counts(**known | {"members": None, "buyers": None})
    if base is not None:
        return Counts(**known | {"members": _known_base(part, base)})
    return Counts(**known | ({"members": None} if part in UNKNOWN_IN_GOODS else {}))


def _known_base(part: str, base: Mapping[str, int]) -> int | None:
    """None for what has no base, and where only buyers are recorded for whoever has not bought."""
    if chain().only_buyers_recorded and part in UNKNOWN_OF_BUYERS:
        return None
    return base.get(part)
