"""The best comparable stores 标杆: what their factors are, and what they do differently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise as Text

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node, Position
from regulars.ground.warehouse.service import query
from regulars.know.catalog.models import Category
from regulars.understand.actions.models import Action, UsageDay
from regulars.understand.actions.peers import peers_of_stores
from regulars.understand.actions.rules import factor_of, median
from regulars.understand.metrics.service import (
    Counts,
    Period,
    Question,
    Tree,
    factor_name,
    part_name,
    trees_of_places,
)

DAYS_LOOKED_AT = 84
BEST, LEAST_BEST = 5, 3
COMPARED_PARTS = ("active_old", "new", "dormant_old", "never_bought")
MOST_DONE = 5
NO_TREE = Tree({})


@dataclass(frozen=True)
class Standing:
    """A store among those like it: net sales a member at home over the days looked at; `place` is
    1 for the best. `rate` is None where no members are at home."""

    store: Node
    tree: Tree
    place: int
    rate: Fraction | None


@dataclass(frozen=True)
class Line:
    """One factor of one part: the store's own value and the median of the best. `worth_cents` is
    what the store would have sold more over the days looked at with the best stores' factor, all
    else as it is; None where either is not known or the store is ahead."""

    part: str
    factor: str
    name: Text
    part_name: Text
    own: Fraction | None
    best: Fraction | None
    worth_cents: Fraction | None
    unit: str


@dataclass(frozen=True)
class Practice:
    """How a store works: people, usage, what it did."""

    store: Node
    people: int
    usage: Fraction | None
    visits: int
    actions: Sequence[Action]


@dataclass(frozen=True)
class Mix:
    """A category's share of sales, of the store and of the best taken together."""

    name: str
    own: Fraction
    best: Fraction

    @property
    def difference(self) -> Fraction:
        return self.own - self.best


@dataclass(frozen=True)
class Benchmark:
    """`own` is None among `standings` where the store has no comparable ones."""

    period: Period
    own: Standing | None
    standings: list[Standing]
    lines: list[Line]
    practices: list[Practice]
    mixes: list[Mix]

    @property
    def best(self) -> list[Standing]:
        return [] if self.own is None else _ahead_of(self.own, self.standings)

    @property
    def shown(self) -> list[Standing]:
        """The best, and the store itself, in their places."""
        own = [] if self.own is None else [self.own]
        return sorted([*self.best, *own], key=lambda standing: standing.place)


def get_benchmark(store: Node) -> Benchmark:
    """A store beside the best of those like it, over the last twelve whole weeks."""
    end = clock.today() + timedelta(days=1)
    period = Period(end - timedelta(days=DAYS_LOOKED_AT), end)
    peers = peers_of_stores([store.pk], period).get(store.pk, [])
    if not peers:
        return Benchmark(period, None, [], [], [], [])
    trees, _none = trees_of_places(Question(store, period), [store.pk, *peers])
    standings = _standings({pk: trees.get(pk, NO_TREE) for pk in [store.pk, *peers]})
    own = next(each for each in standings if each.store.pk == store.pk)
    best = _ahead_of(own, standings)
    lines = _lines(own.tree, [each.tree for each in best])
    stores = [own.store, *(each.store for each in best)]
    return Benchmark(
        period, own, standings, lines, _practices(stores, period), _mixes(stores, period)
    )


def members_at_home(tree: Tree) -> int | None:
    """The members of a tree's bases; None where none of them is known."""
    known = [counts.members for counts in tree.parts.values() if counts.members is not None]
    return sum(known) if known else None


def home_cents(tree: Tree) -> int:
    """What a store's own members bought."""
    return sum(tree.parts.get(part, Counts()).net_cents for part in (*COMPARED_PARTS, "graduated"))


def _ahead_of(own: Standing, standings: Sequence[Standing]) -> list[Standing]:
    """The best of those ahead of a store; the best of all others where too few are ahead."""
    ahead = [each for each in standings if each.place < own.place][:BEST]
    others = [each for each in standings if each is not own]
    return ahead if len(ahead) >= LEAST_BEST else others[:LEAST_BEST]


def _standings(trees: dict[int, Tree]) -> list[Standing]:
    nodes = Node.objects.in_bulk(list(trees))
    rates: dict[int, Fraction | None] = {}
    for pk, tree in trees.items():
        members = members_at_home(tree)
        rates[pk] = Fraction(home_cents(tree), members) if members else None
    order = sorted(trees, key=lambda pk: (rates[pk] is None, -(rates[pk] or 0), nodes[pk].code))
    return [
        Standing(nodes[pk], trees[pk], place, rates[pk]) for place, pk in enumerate(order, start=1)
    ]


def _lines(own: Tree, best: Sequence[Tree]) -> list[Line]:
    lines = []
    for part in COMPARED_PARTS:
        # The first is how many members there are: a matter of size, not of doing.
        _members, *factors = own.parts.get(part, Counts(0, 0)).factors
        for factor in factors:
            values = [v for tree in best if (v := factor_of(tree, part, factor)) is not None]
            here, there = factor_of(own, part, factor), median(values)
            line = Line(
                part, factor, factor_name(part, factor, is_first=False), part_name(part), here,
                there, _worth(own.parts.get(part, Counts()).net_cents, here, there), _unit(factor),
            )  # fmt: skip
            lines.append(line)
    return sorted(lines, key=lambda line: -(line.worth_cents or 0))


def _worth(net_cents: int, own: Fraction | None, best: Fraction | None) -> Fraction | None:
    if own is None or best is None or own <= 0 or best <= own:
        return None
    return net_cents * (best / own - 1)


def _unit(factor: str) -> str:
    return {"buyers": "rate", "net_cents": "cents"}.get(factor, "ratio")


def _practices(stores: Sequence[Node], period: Period) -> list[Practice]:
    ids = [store.pk for store in stores]
    staff = dict(
        Position.objects.valid_on(period.last_day)
        .filter(node_id__in=ids)
        .values("node_id")
        .annotate(people=Count("staff", distinct=True))
        .values_list("node_id", "people")
    )
    used = {
        node: Fraction(acted, on_shift) if on_shift else None
        for node, acted, on_shift in UsageDay.objects.filter(
            node_id__in=ids, on__gte=period.start, on__lt=period.end
        )
        .values("node_id")
        .annotate(acted=Sum("acted"), all=Sum("on_shift"))
        .values_list("node_id", "acted", "all")
    }
    visited = Count("visits", filter=Q(visits__on__gte=period.start))
    visits = dict(Node.objects.filter(pk__in=ids).annotate(n=visited).values_list("pk", "n"))
    done = Action.objects.filter(
        node_id__in=ids, state=Action.State.DONE, closed_on__gte=period.start
    ).order_by("is_ineffective", "-closed_on")
    return [
        Practice(
            store, staff.get(store.pk, 0), used.get(store.pk), visits.get(store.pk, 0),
            [action for action in done if action.node_id == store.pk][:MOST_DONE],
        )
        for store in stores
    ]  # fmt: skip


def _mixes(stores: Sequence[Node], period: Period) -> list[Mix]:
    """Categories at the top by how far the store's share is from that of the best."""
    names = dict(Category.objects.filter(parent=None).values_list("pk", "name"))
    parameters = {
        "start": period.start, "end": period.end,
        "stores": [store.pk for store in stores], "categories": list(names),
    }  # fmt: skip
    rows = query(named(__package__, "mix_of_stores"), parameters).to_pylist()
    own, best = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for row in rows:
        side = own if row["store_id"] == stores[0].pk else best
        side[row["category_id"]] += row["net_cents"]
    wholes = sum(own.values()), sum(best.values())
    if not all(wholes):
        return []
    mixes = [
        Mix(name, Fraction(own[pk], wholes[0]), Fraction(best[pk], wholes[1]))
        for pk, name in names.items()
    ]
    return sorted(mixes, key=lambda mix: -abs(mix.difference))
