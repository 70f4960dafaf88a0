"""What members did, as a condition on who they are: so many times within a window, or one thing
after another."""

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.tree import Action, Behaviour, Sequence, Then, Window
from regulars.know.language.windows import within
from regulars.know.segments.groups import OWNER, Group
from regulars.know.tags.service import fact_rows

DAY, MEMBER_KEY = "day", "member_id"


@dataclass(frozen=True)
class Kind:
    """What an action counts: rows of a `fact` that meet `only`; `each` tells one from another."""

    fact: str
    only: str = ""
    each: str = ""


KINDS = {
    "bought": Kind("lines", only="not is_return", each="ticket_id"),
    "ordered": Kind("orders", only="is_purchase"),
    "did": Kind("events"),
    "visited": Kind("visits"),
    "used": Kind("coupons", only='state = "used"'),
}


def doers_of(node: Behaviour | Sequence) -> Group:
    """Those who did something so many times, or one thing after another: each step on a later day
    than the one before, not more than so many days later, with nothing of `without` on a day
    between. Raises TextError for what means nothing."""
    if isinstance(node, Sequence):
        return Group(_followers(node))
    if node.sign == "<=":
        return Group(_doers(node, exp.GT, node.times), is_all_others=True)
    if node.sign == "=" and node.times == 0:
        return Group(_doers(node, exp.GT, 0), is_all_others=True)
    sign = exp.EQ if node.sign == "=" else exp.GTE
    doers = _doers(node, sign, node.times)
    if node.sign == ">=" and node.times == 0:
        return Group(doers.where(exp.false()), is_all_others=True)
    return Group(doers)


def _followers(node: Sequence) -> exp.Select:
    reached, later = _days_of(node.first, node.window), 0
    for then in node.thens:
        later += then.days
        reached = _next(reached, then, node.window, later)
    return exp.select(exp.column(OWNER)).from_(reached.subquery("reached"))


def _next(reached: exp.Select, then: Then, window: Window | None, later: int) -> exp.Select:
    """The days on which the next step was done, by those who came so far: at most so many days
    `later` than the window of the first."""
    before, day = exp.column(DAY, "before"), exp.column(DAY, "step")
    last = exp.Add(this=before.copy(), expression=exp.Literal.number(then.days))
    in_time = exp.and_(_same("before", "step"), day > before, day.copy() <= last)
    steps = exp.select(exp.column(OWNER, "step"), day.copy())
    steps = steps.from_(_days_of(then.action, window, later).subquery("step"))
    if then.without is None:
        # Whoever was there before is looked up: to join with all of them would multiply.
        return steps.join(reached.subquery("before"), on=in_time, join_type="semi")
    other = exp.column(DAY, "other")
    between = exp.and_(_same("other", "before"), other > before.copy(), other.copy() < day.copy())
    found = exp.select("1").from_(_days_of(then.without, window, later).subquery("other"))
    kept = exp.not_(exp.Exists(this=found.where(between)))
    return steps.distinct().join(reached.subquery("before"), on=in_time).where(kept)


def _same(one: str, other: str) -> Expr:
    return exp.column(OWNER, one).eq(exp.column(OWNER, other))


def _doers(node: Behaviour, sign: type[exp.Binary], times: int) -> exp.Select:
    kind = KINDS[node.action.kind]
    rows = _rows(node.action, node.window)
    each = exp.Distinct(expressions=[exp.column(kind.each, "f")]) if kind.each else exp.Star()
    owners = rows.select(exp.column(MEMBER_KEY, "f").as_(OWNER))
    if (sign, times) in ((exp.GTE, 1), (exp.GT, 0)):
        return owners
    counted = sign(this=exp.Count(this=each), expression=exp.Literal.number(times))
    return owners.group_by(exp.Literal.number(1)).having(counted)


def _days_of(action: Action, window: Window | None, later: int = 0) -> exp.Select:
    """`owner_id` and `day` of each time that somebody did it."""
    rows = _rows(action, window, later)
    owner, day = exp.column(MEMBER_KEY, "f").as_(OWNER), exp.column("business_on", "f").as_(DAY)
    return rows.select(owner, day)


def _rows(action: Action, window: Window | None, later: int = 0) -> exp.Select:
    kind = KINDS[action.kind]
    limits = [
        exp.not_(exp.column(MEMBER_KEY, "f").is_(exp.null())),
        *within(window, exp.column("business_on", "f"), later),
    ]
    return fact_rows(kind.fact, [kind.only], action.where).where(*limits)
