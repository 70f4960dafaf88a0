"""What a day came to: at a place, at all places in one question, within some goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from regulars.ground.accounts.access import Capability, Scope
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.understand.metrics.service import Period, Question, answer, ask, get_tree, month_of
from regulars.understand.targets.service import find_target_cents, find_target_cents_of_places

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Targets:
    """Net cents set for the day, for the day after it, for the whole month, and for the days of
    the month up to the day; None where none are."""

    day_cents: int | None = None
    next_cents: int | None = None
    month_cents: int | None = None
    so_far_cents: int | None = None


@dataclass(frozen=True)
class Numbers:
    """Net cents and tickets of the day `on`, and net cents of its month up to it.
    `week_before_cents` is the same weekday a week earlier, `next_before_cents` the one after that:
    None where nothing was sold then."""

    on: date
    net_cents: int
    tickets: int
    month_cents: int
    week_before_cents: int | None
    next_before_cents: int | None
    targets: Targets = Targets()

    @property
    def completion(self) -> Fraction | None:
        return _rate(self.net_cents, self.targets.day_cents)

    @property
    def month_completion(self) -> Fraction | None:
        return _rate(self.month_cents, self.targets.month_cents)

    @property
    def pace(self) -> Fraction | None:
        """What the month sold ÷ what its days up to this one were to sell."""
        return _rate(self.month_cents, self.targets.so_far_cents)

    @property
    def beside_week(self) -> Fraction | None:
        """What the day sold ÷ what the same weekday had sold a week before."""
        return _rate(self.net_cents, self.week_before_cents)


def numbers_of_places(
    on: date, nodes: Sequence[int] | None = None, *, with_targets: bool = True
) -> dict[int, Numbers]:
    """Of these places (None: of all), by node id, from one question of the warehouse; a place
    without sales in all these days is not in it, unless it was named."""
    asked = {"on": on, "nodes": None if nodes is None else sorted(nodes)}
    rows = answer(named(__package__, "sold_of_places"), asked).to_pylist()
    targets = _targets_of_places(on, nodes) if with_targets else {}
    found = {row.pop("node_id"): row for row in rows}
    nothing: dict[str, int | None] = dict.fromkeys(("net_cents", "tickets", "month_cents"), 0)
    nothing |= dict.fromkeys(("week_before_cents", "next_before_cents"))
    return {
        node: Numbers(on, **found.get(node, nothing), targets=targets.get(node, Targets()))
        for node in (found if nodes is None else nodes)
    }


def numbers_seen(scope: Scope, place: Node, on: date) -> Numbers:
    """Of the scope's place and, where it sees some goods alone, within these."""
    with_targets = scope.may(Capability.SEE_TARGETS)
    if not scope.category_codes and not scope.brand_codes:
        return numbers_of_places(on, [place.pk], with_targets=with_targets)[place.pk]
    day = _goods(scope, on, on, on - WEEK)
    sold, before = get_tree(day), get_tree(_goods(scope, on - WEEK + DAY, on - WEEK + DAY))
    month = _goods(scope, month_of(on).start, on)
    return Numbers(
        on=on,
        net_cents=sold.net_cents,
        tickets=sold.tree.total.tickets,
        month_cents=get_tree(month).net_cents,
        week_before_cents=(sold.before.net_cents if sold.before else 0) or None,
        next_before_cents=before.net_cents or None,
        targets=_targets_of_goods(day, on) if with_targets else Targets(),
    )


def periods_of(on: date) -> dict[str, Period]:
    """The times whose targets stand beside a day's numbers, by their names in `Targets`."""
    month = month_of(on)
    return {
        "day_cents": Period(on, on + DAY),
        "next_cents": Period(on + DAY, on + 2 * DAY),
        "month_cents": month,
        "so_far_cents": Period(month.start, on + DAY),
    }


def _goods(scope: Scope, first: date, last: date, before: date | None = None) -> Question:
    compare = f"{before.isoformat()}..{before.isoformat()}" if before else "none"
    return ask(scope, first=first.isoformat(), last=last.isoformat(), compare=compare)


def _targets_of_goods(question: Question, on: date) -> Targets:
    times = periods_of(on).items()
    return Targets(**{name: find_target_cents(question.for_period(time)) for name, time in times})


def _targets_of_places(on: date, nodes: Sequence[int] | None) -> Mapping[int, Targets]:
    times = periods_of(on).items()
    cents = {name: find_target_cents_of_places(time, nodes) for name, time in times}
    known = {node for of in cents.values() for node in of}
    return {node: Targets(**{name: of.get(node) for name, of in cents.items()}) for node in known}


def _rate(part: int, whole: int | None) -> Fraction | None:
    return Fraction(part, whole) if whole and whole > 0 else None
