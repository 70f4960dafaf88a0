"""How a factor went before and after an action, beside comparable places that did not act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Q

from regulars.ground.kit import clock
from regulars.understand.actions.models import Action
from regulars.understand.actions.peers import peers_of
from regulars.understand.actions.rules import Effect, effect_of, factor_of, median
from regulars.understand.metrics.service import Period, Question, Tree, trees_of_places

WEEK = timedelta(days=7)
WEEKS_BEFORE, MOST_WEEKS_AFTER = 4, 8
WEEKS_JUDGED = 4
EMPTY = Tree({})


@dataclass(frozen=True)
class Week:
    """`value` of the place, `others` the median of comparable ones; None where not known."""

    start: date
    is_after: bool
    value: Fraction | None
    others: Fraction | None


@dataclass(frozen=True)
class Course:
    """`weeks` are whole weeks around the day of the action; `peers` is how many places stand
    beside. `effect` is None until a whole week has passed."""

    weeks: list[Week]
    peers: int
    effect: Effect | None


def get_course(action: Action) -> Course:
    """Week by week from four before the action on, and how far it is ahead by now."""
    peers = idle_peers_of(action)
    weeks = [_week(action, peers, number) for number in _numbers(action)]
    return Course(weeks, len(peers), judge(action, peers))


def judge(action: Action, peers: Sequence[int] | None = None) -> Effect | None:
    """The factor's change over the weeks since, against as many weeks before, beside that of
    comparable places that did not act. At most four whole weeks count; None before the first.

    A difference of changes, not a proof: what else happened at the place is in neither.
    """
    passed = min(_weeks_passed(action), WEEKS_JUDGED)
    if not passed:
        return None
    beside = idle_peers_of(action) if peers is None else peers
    after = Period(action.made_on, action.made_on + passed * WEEK)
    before = Period(action.made_on - passed * WEEK, action.made_on)
    now, earlier = trees_of_places(Question(action.node, after, before), [action.node_id, *beside])
    assert earlier is not None

    def pair(node: int) -> tuple[Fraction | None, Fraction | None]:
        return _value(action, earlier.get(node, EMPTY)), _value(action, now.get(node, EMPTY))

    return effect_of(pair(action.node_id), [pair(node) for node in beside])


def judge_all() -> int:
    """Keep the effect of every action whose weeks are not all over; says how many were judged."""
    today = clock.today()
    until = today - (WEEKS_JUDGED + 1) * WEEK
    due = Q(effect=None) | Q(made_on__gte=until)
    actions = Action.objects.exclude(state=Action.State.DROPPED).filter(
        due, parent=None, made_on__lte=today - WEEK
    )
    judged = 0
    for action in actions.select_related("node"):
        effect = judge(action)
        if effect is not None:
            action.effect = _kept(effect)
            action.is_ineffective = effect.is_ineffective
            action.save(update_fields=["effect", "is_ineffective"])
            judged += 1
    return judged


def idle_peers_of(action: Action) -> list[int]:
    """Places like the action's at which nobody acted on the same factor in the same weeks."""
    since = action.made_on - WEEKS_BEFORE * WEEK
    window = Period(since, action.made_on)
    acted = Action.objects.filter(
        part=action.part,
        expected_factor=action.expected_factor,
        made_on__gte=since,
        made_on__lte=action.made_on + MOST_WEEKS_AFTER * WEEK,
    ).values_list("node_id", flat=True)
    return [node for node in peers_of(action.node, window) if node not in set(acted)]


def _week(action: Action, peers: Sequence[int], number: int) -> Week:
    start = action.made_on + number * WEEK
    question = Question(action.node, Period(start, start + WEEK))
    trees, _none = trees_of_places(question, [action.node_id, *peers])
    beside = _known(_value(action, trees.get(node, EMPTY)) for node in peers)
    own = _value(action, trees.get(action.node_id, EMPTY))
    return Week(start, number >= 0, own, median(beside))


def _numbers(action: Action) -> range:
    return range(-WEEKS_BEFORE, min(_weeks_passed(action), MOST_WEEKS_AFTER))


def _weeks_passed(action: Action) -> int:
    """Whole weeks since, today among them."""
    return max((clock.today() + timedelta(days=1) - action.made_on) // WEEK, 0)


def _value(action: Action, tree: Tree) -> Fraction | None:
    return factor_of(tree, action.part, action.expected_factor)


def _known(values: Iterable[Fraction | None]) -> list[Fraction]:
    return [value for value in values if value is not None]


def _kept(effect: Effect) -> dict[str, object]:
    """For people and JSON: rates as decimals; what is decided is decided on the exact ones."""
    shown = {
        name: None if value is None else float(value)
        for name, value in (("own", effect.own), ("others", effect.others), ("ahead", effect.ahead))
    }
    return {**shown, "count": effect.count}
