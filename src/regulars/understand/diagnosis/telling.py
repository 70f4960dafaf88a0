"""What the search found, told to the cent: where most, in which goods, and what it was not."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from regulars.ground.org.models import Node
from regulars.understand.diagnosis.causes import Cause
from regulars.understand.diagnosis.chain import LEVELS, Chain
from regulars.understand.diagnosis.exact import Exact
from regulars.understand.diagnosis.findings import CALENDAR, OPENING, Finding, Guard, Place
from regulars.understand.diagnosis.guards import Looked, guards_of
from regulars.understand.metrics.service import PARTS, WHOLE, Period, Question

WORST = 5
CALENDAR_MATTERS = 0.02
"""From this share of the money before on, the calendar is told as a cause of its own."""


@dataclass(frozen=True)
class Look:
    """One period of the whole chain beside another. `calendar_share` is by how much the days alone
    change the money; `moved` are stores that opened or closed."""

    question: Question
    compared: Period
    against: str
    chain: Chain
    exact: Exact
    calendar_share: float
    moved: Sequence[int]

    @property
    def openings(self) -> tuple[Place, ...]:
        """Stores that opened or closed, with the change of their net cents."""
        found = [(store, self.exact.gap(store)) for store in self.moved]
        return tuple(place_of(self.chain.nodes[store], cents) for store, cents in found if cents)

    def tell(self, cause: Cause) -> Finding:
        """A cause as a finding of its own node's gap."""
        chain, exact = self.chain, self.exact
        node, part = chain.nodes[cause.node], _part_of(cause)
        category = None if cause.group is None else chain.categories[cause.group]
        cents = _contribution(cause, part, exact, cause.node)
        looked = Looked(
            node=cause.node,
            categories=self._categories(cause),
            part=part,
            factor=cause.factor,
            expected_count=cause.expected_count,
            contribution_cents=cents,
            is_raised=cause.is_raised,
        )
        told = self._of_the_gap() | {
            "node_code": node.code,
            "node_name": node.name,
            "category_code": category.code if category else None,
            "category_name": category.name if category else "",
            "gap_cents": exact.gap(cause.node),
            "asked_code": node.code,
            "asked_name": node.name,
        }
        return Finding(
            **told,
            part=part,
            factor=cause.factor,
            contribution_cents=cents,
            members_concerned=exact.members_concerned(cause.node, part, cause.factor),
            score=abs(cause.z),
            is_raised=cause.is_raised,
            excess_cents=round(cause.excess_cents),
            cause=asdict(cause),
            worst_places=self._worst_places(cause, part, cents),
            worst_categories=self._worst_categories(cause, cents),
            channels=self._channels(cause),
            offsets=exact.offsets(cause.node, -1 if cents < 0 else 1),
            guards=guards_of(
                looked,
                exact,
                calendar_share=self.calendar_share,
                moved=self.moved,
                period=self.question.period,
                compared=self.compared,
            ),
        )

    def circumstances(self) -> list[Finding]:
        """What nobody is to be blamed for, told after all causes: the calendar, openings."""
        before = self.exact.comparison(self.chain.root).before
        calendar = round(self.calendar_share * (before.net_cents if before else 0))
        openings = self.openings
        worst = tuple(sorted(openings, key=lambda place: -abs(place.cents))[:WORST])
        found: list[tuple[str, int, tuple[Place, ...]]] = []
        if abs(self.calendar_share) >= CALENDAR_MATTERS:
            found.append((CALENDAR, calendar, ()))
        if opened := sum(place.cents for place in openings):
            found.append((OPENING, opened, worst))
        return [
            Finding(
                **self._of_the_gap(),
                part=WHOLE,
                factor="",
                contribution_cents=cents,
                members_concerned=None,
                score=0.0,
                is_raised=False,
                worst_places=places,
                guards=(Guard(code, True, cents),),
            )
            for code, cents, places in sorted(found, key=lambda each: -abs(each[1]))
        ]

    def _of_the_gap(self) -> dict[str, Any]:
        root = self.chain.nodes[self.chain.root]
        return {
            "node_code": root.code,
            "node_name": root.name,
            "category_code": None,
            "category_name": "",
            "channel": None,
            "first_on": self.question.period.start,
            "last_on": self.question.period.last_day,
            "against": self.against,
            "gap_cents": self.exact.gap(self.chain.root),
            "asked_code": root.code,
            "asked_name": root.name,
        }

    def _worst_places(self, cause: Cause, part: str, cents: int) -> tuple[Place, ...]:
        """Of the places one level down those that brought most of it, its way."""
        found = [
            (node, _contribution(cause, part, self.exact, node)) for node in self._below(cause.node)
        ]
        worst = sorted(found, key=lambda each: each[1] if cents < 0 else -each[1])[:WORST]
        nodes = self.chain.nodes
        return tuple(place_of(nodes[node], each) for node, each in worst if each * cents > 0)

    def _categories(self, cause: Cause) -> list[int] | None:
        """Whose goods it is about; None for all of them."""
        if cause.group is not None:
            return [cause.group]
        if not cause.is_of_goods:
            return None
        counted = sorted(self.chain.counted)
        return [counted[key] for key in cause.keys]

    def _channels(self, cause: Cause) -> tuple[Place, ...]:
        """How the place changed by channel; of a part of the goods that says nothing."""
        if cause.group is not None:
            return ()
        return tuple(Place(code, code, cents) for code, cents in self.exact.of_channels(cause.node))

    def _below(self, node: int) -> list[int]:
        """The nodes of the next level under one."""
        chain, inside = self.chain, set(self.chain.stores_of[node])
        own = LEVELS.index(chain.kinds[node])
        below = [
            other
            for other, stores in chain.stores_of.items()
            if LEVELS.index(chain.kinds[other]) < own and inside.issuperset(stores)
        ]
        next_level = max((LEVELS.index(chain.kinds[other]) for other in below), default=0)
        return [other for other in below if LEVELS.index(chain.kinds[other]) == next_level]

    def _worst_categories(self, cause: Cause, cents: int) -> tuple[Place, ...]:
        """Of the cause's categories (of all, for who comes) those that changed most, its way."""
        if cause.is_of_goods and len(cause.keys) == 1:
            return ()
        counted = sorted(self.chain.counted)
        exact, node = self.exact, cause.node
        found = (
            [(key, exact.of_goods(node, [key], cause.factor)) for key in cause.keys]
            if cause.is_of_goods
            else [(key, exact.change_of_goods(node, key)) for key in range(len(counted))]
        )
        worst = sorted(found, key=lambda each: each[1] if cents < 0 else -each[1])[:WORST]
        categories = [(self.chain.categories[counted[key]], each) for key, each in worst]
        return tuple(
            Place(category.code, category.name, each)
            for category, each in categories
            if each * cents > 0
        )


def place_of(node: Node, cents: int) -> Place:
    return Place(node.code, node.name, cents)


def _part_of(cause: Cause) -> str:
    return WHOLE if cause.is_of_goods or len(cause.keys) > 1 else PARTS[cause.keys[0]]


def _contribution(cause: Cause, part: str, exact: Exact, node: int) -> int:
    if cause.is_of_goods:
        return exact.of_goods(node, cause.keys, cause.factor)
    return exact.of_part(node, part, cause.factor)
