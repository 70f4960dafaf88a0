"""Places and goods as the search sees them: nodes with their stores, categories of one depth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import scipy  # and not its parts: they load when first used, and take long

from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.org.service import ensure_head_office
from regulars.ground.warehouse.service import query
from regulars.know.catalog.models import Category
from regulars.understand.diagnosis.cube import Cube
from regulars.understand.diagnosis.places import Groups, Places, Shaken

MOST_CATEGORIES = 60
Lives = Mapping[int, tuple[date | None, date | None]]
"""When stores opened and closed."""
LEVELS = ("store", "branch", "region", "head_office")


@dataclass(frozen=True)
class Chain:
    """The places and goods as of a day: nodes by id, the stores below each, categories counted."""

    nodes: Mapping[int, Node]
    stores_of: Mapping[int, tuple[int, ...]]
    kinds: Mapping[int, str]
    categories: Mapping[int, Category]
    counted: tuple[int, ...]
    root: int

    @property
    def stores(self) -> tuple[int, ...]:
        return self.stores_of[self.root]


def chain_on(day: date) -> Chain:
    """Places and categories as they stand on a day. The categories counted are the deepest level
    of which there are no more than `MOST_CATEGORIES`."""
    rows = query(named(__package__, "store_nodes"), {"as_of": day}).to_pylist()
    stores_of = {row["node_id"]: tuple(row["stores"]) for row in rows}
    kinds = {row["node_id"]: row["kind"] for row in rows}
    nodes = {node.pk: node for node in Node.objects.filter(pk__in=stores_of)}
    categories = {category.pk: category for category in Category.objects.all()}
    return Chain(
        nodes, stores_of, kinds, categories, counted_of(categories), ensure_head_office().pk
    )


def counted_of(categories: Mapping[int, Category]) -> tuple[int, ...]:
    """Categories of one depth, and those above it that have none below them."""
    parents = {category.parent_id for category in categories.values()}
    best: tuple[int, ...] = ()
    for depth in sorted({category.depth for category in categories.values()}):
        found = tuple(
            pk
            for pk, category in categories.items()
            if category.depth == depth or (category.depth < depth and pk not in parents)
        )
        if len(found) <= MOST_CATEGORIES or not best:
            best = found
    return tuple(sorted(best))


def groups_of(chain: Chain) -> Groups:
    """Each counted category, those above with several below, and all goods together."""
    at = {pk: number for number, pk in enumerate(sorted(chain.counted))}
    goods: dict[int | None, tuple[int, ...]] = {None: tuple(range(len(at)))}
    seen = {goods[None]}
    for pk, category in sorted(chain.categories.items(), key=lambda each: -each[1].depth):
        inside = tuple(
            number
            for counted, number in at.items()
            if counted == pk or chain.categories[counted].code.startswith(f"{category.code} > ")
        )
        if inside and inside not in seen:
            seen.add(inside)
            goods[pk] = inside
    return Groups(goods)


def shaken_by(chain: Chain, lives: Lives, since: date, until: date) -> Shaken:
    """Stores and branches beside which a store closed (1), opened (-1), or both, between two days:
    the neighbours take over its customers, or lose some to it."""
    found: dict[int, frozenset[int]] = {}
    for branch, stores in chain.stores_of.items():
        if chain.kinds[branch] != "branch":
            continue
        for store in stores:
            opened, closed = lives.get(store, (None, None))
            for day, sign in ((opened, -1), (closed, 1)):
                if day and since <= day <= until:
                    for node in (branch, *stores):
                        found[node] = found.get(node, frozenset()) | {sign}
    return found


def moved_of(
    chain: Chain, lives: Lives, silent: Sequence[int], since: date, until: date
) -> tuple[int, ...]:
    """Stores that opened or closed between two days: by their dates, and by having been silent."""
    told = {
        store
        for store, (opened, closed) in lives.items()
        if store in chain.stores and ((opened and opened > since) or (closed and closed <= until))
    }
    return tuple(sorted(told | set(silent)))


def places_of(chain: Chain, cube: Cube, shaken: Shaken | None = None) -> Places:
    """Nodes × stores of the cube; of nodes with the same stores the lowest."""
    at = {store: number for number, store in enumerate(cube.stores.tolist())}
    chosen: dict[tuple[int, ...], int] = {}
    for node in sorted(chain.stores_of, key=lambda pk: (LEVELS.index(chain.kinds[pk]), pk)):
        inside = tuple(at[store] for store in chain.stores_of[node] if store in at)
        if inside and node != chain.root:
            chosen.setdefault(inside, node)
    rows = [number for number, inside in enumerate(chosen) for _store in inside]
    columns = [store for inside in chosen for store in inside]
    matrix = scipy.sparse.csr_matrix(
        (np.ones(len(rows)), (rows, columns)), shape=(len(chosen), len(cube.stores))
    )
    return Places(
        tuple(chosen.values()),
        tuple(chain.kinds[node] for node in chosen.values()),
        matrix,
        shaken or {},
    )
