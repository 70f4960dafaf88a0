"""What members did, as a condition on who they are: so many times within a window, or one thing
after another."""

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.tree import Action, Behaviour, Sequence, Then, Window
from regulars.know.language.windows import within
from regulars.know.tags.service import fact_rows

OWNER, DAY, MEMBER_KEY = "owner_id", "day", "member_id"


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


def behaved(node: Behaviour, member: Expr) -> Expr:
    """Whether a member did something so many times. Raises TextError for what means nothing."""
    if node.sign == "<=":
        return exp.not_(_among(_doers(node, exp.GT, node.times), member))
    if node.sign == "=" and node.times == 0:
        return exp.not_(_among(_doers(node, exp.GT, 0), member))
    if node.sign == ">=" and node.times == 0:
        return exp.true()
    sign = exp.EQ if node.sign == "=" else exp.GTE
    return _among(_doers(node, sign, node.times), member)


def followed(node: Sequence, member: Expr) -> Expr:
    """Whether a member did one thing after another: each step on a later day than the one before,
    not more than so many days later, with nothing of `without` on a day between."""
    reached = _days_of(node.first, node.window)
    for then in node.thens:
        reached = _next(reached, then)
    owners = exp.select(exp.column(OWNER)).from_(reached.subquery("reached"))
    return _among(owners, member)


def _next(reached: exp.Select, then: Then) -> exp.Select:
    """The days on which the next step was done, by those who came so far."""
    step = _days_of(then.action, None).subquery("step")
    before, day = exp.column(DAY, "before"), exp.column(DAY, "step")
    last = exp.Add(this=before.copy(), expression=exp.Literal.number(then.days))
    same = exp.column(OWNER, "step").eq(exp.column(OWNER, "before"))
    select = (
        exp.select(exp.column(OWNER, "step"), day.copy())
        .distinct()
        .from_(reached.subquery("before"))
        .join(step, on=exp.and_(same, day > before, day.copy() <= last))
    )
    if then.without is None:
        return select
    other = _days_of(then.without, None).subquery("other")
    between = exp.and_(
        exp.column(OWNER, "other").eq(exp.column(OWNER, "before")),
        exp.column(DAY, "other") > before.copy(),
        exp.column(DAY, "other") < day.copy(),
    )
    found = exp.select("1").from_(other).where(between)
    return select.where(exp.not_(exp.Exists(this=found)))


def _doers(node: Behaviour, sign: type[exp.Binary], times: int) -> exp.Select:
    kind = KINDS[node.action.kind]
    rows = _rows(node.action, node.window)
    each = exp.Distinct(expressions=[exp.column(kind.each, "f")]) if kind.each else exp.Star()
    owners = rows.select(exp.column(MEMBER_KEY, "f").as_(OWNER)).group_by(exp.Literal.number(1))
    if (sign, times) in ((exp.GTE, 1), (exp.GT, 0)):
        return owners
    counted = sign(this=exp.Count(this=each), expression=exp.Literal.number(times))
    return owners.having(counted)


def _days_of(action: Action, window: Window | None) -> exp.Select:
    """`owner_id` and `day`, once for each day on which somebody did it."""
    rows = _rows(action, window)
    owner, day = exp.column(MEMBER_KEY, "f").as_(OWNER), exp.column("business_on", "f").as_(DAY)
    return rows.select(owner, day).distinct()


def _rows(action: Action, window: Window | None) -> exp.Select:
    kind = KINDS[action.kind]
    limits = [
        exp.not_(exp.column(MEMBER_KEY, "f").is_(exp.null())),
        *within(window, exp.column("business_on", "f")),
    ]
    return fact_rows(kind.fact, [kind.only], action.where).where(*limits)


def _among(owners: exp.Select, member: Expr) -> Expr:
    return exp.In(this=member.copy(), query=exp.Subquery(this=owners))
