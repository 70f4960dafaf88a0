"""The one matcher of dynamic events: a predicate over the warehouse's events, built as a tree.

What happened before a rule was made and what happens from now on stand in the same table; the same
predicate answers for both, so nothing is copied and nothing is counted in two ways.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.events.rules import ANY_TAIL, FROM_PROPERTIES, Definition, Touch

CLICKS = ("$WebClick", "$MPClick", "$AppClick", "click")
VIEWS = ("$pageview", "$MPViewScreen", "$AppViewScreen")
TRACK, CLICK_TYPES, VIEW_TYPES = "track", ("click",), ("page", "screen", "view")
EVENTS, MATCHED, RULE = "events", "matched", "rule_id"


@dataclass(frozen=True)
class Named:
    """A definition with the name and number that its events carry."""

    rule_id: int
    name: str
    definition: Definition


@dataclass(frozen=True)
class Relation:
    """A relation with the parameters that its SQL names."""

    select: exp.Select
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        return self.select.sql("duckdb")


def dynamic_events(rules: Sequence[Named], *limits: Expr) -> Relation:
    """The columns of `events` and `rule_id`, `rule_name`, `rule_properties` (JSON): one row for
    each rule that an event meets, in one scan. `limits` are further conditions on the events."""
    given = _Given()
    matches = [(rule, predicate(rule.definition, given)) for rule in rules]
    met = exp.Array(expressions=[_case([(match, _number(r.rule_id))]) for r, match in matches])
    is_met = exp.or_(*(match.copy() for _, match in matches)) if matches else exp.false()
    matched = (
        exp.select("*", exp.Unnest(expressions=[met]).as_(RULE))
        .from_(EVENTS)
        .where(is_met, *limits)
    )
    names = [(_is_rule(rule), given(rule.name)) for rule in rules]
    extra = [(_is_rule(r), _properties(r.definition, given)) for r in rules]
    select = (
        exp.select("*", _case(names).as_("rule_name"), _case(extra).as_("rule_properties"))
        .from_(matched.subquery(MATCHED))
        .where(exp.column(RULE).is_(exp.null()).not_())
    )
    return Relation(select, given.parameters)


def matching(definition: Definition, *limits: Expr) -> Relation:
    """The events that one definition meets, whether it is a rule already or only thought of."""
    given = _Given()
    return Relation(
        exp.select("*").from_(EVENTS).where(predicate(definition, given), *limits),
        given.parameters,
    )


def predicate(definition: Definition, given: "_Given") -> Expr:
    return exp.and_(*_conditions(definition, given))


class _Given:
    """Values stand in the SQL as `$given_1`, `$given_2` … and travel beside it."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}

    def __call__(self, value: Any) -> Expr:
        name = f"given_{len(self.parameters) + 1}"
        self.parameters[name] = value
        return exp.Parameter(this=exp.var(name))


def _conditions(definition: Definition, given: _Given) -> Iterator[Expr]:
    yield _touches(definition.touch)
    yield exp.func("COALESCE", exp.column("url_host"), exp.Literal.string("")).eq(
        given(definition.host)
    )
    if definition.path.endswith(ANY_TAIL):
        if beginning := definition.path.removesuffix(ANY_TAIL):
            yield exp.func("STARTS_WITH", exp.column("url_path"), given(beginning))
    else:
        yield exp.column("url_path").eq(given(definition.path))
    for name in ("content", "source"):
        if wanted := getattr(definition, name):
            yield exp.column(name).eq(given(wanted))
    if definition.position is not None:
        yield exp.column("position").eq(given(definition.position))
    places = ("selector", "element_path")
    elements = [exp.column(n).eq(given(getattr(definition, n))) for n in places if
                getattr(definition, n)]  # fmt: skip
    if elements:
        yield exp.or_(*elements)


def touch_of(kind: str, name: str | None) -> str:
    """What was done in one event of this type and name, as `_touches` says it in SQL; "" for
    anything else."""
    if kind == TRACK:
        return Touch.CLICK if name in CLICKS else Touch.VIEW if name in VIEWS else ""
    return Touch.CLICK if kind in CLICK_TYPES else Touch.VIEW if kind in VIEW_TYPES else ""


def _touches(touch: str) -> Expr:
    """By its name where it was tracked: a page view's name is the page's title."""
    types, names = (CLICK_TYPES, CLICKS) if touch == Touch.CLICK else (VIEW_TYPES, VIEWS)
    kind, name = exp.column("type"), exp.column("name")
    is_tracked = kind.eq(exp.Literal.string(TRACK))
    return exp.or_(kind.isin(*types), exp.and_(is_tracked, name.isin(*names)))


def _properties(definition: Definition, given: _Given) -> Expr:
    pairs = [
        part
        for name, where in definition.properties.items()
        for part in (given(name), _taken_from(where, given))
    ]
    return exp.Anonymous(this="JSON_OBJECT", expressions=pairs)


def _taken_from(where: str, given: _Given) -> Expr:
    if where.startswith(FROM_PROPERTIES):
        path = f'$."{where.removeprefix(FROM_PROPERTIES)}"'
        return exp.Anonymous(
            this="JSON_EXTRACT", expressions=[exp.column("properties"), given(path)]
        )
    return exp.column(where)


def _case(pairs: Sequence[tuple[Expr, Expr]]) -> Expr:
    """The value beside the first condition that is true, else null."""
    case = exp.Case()
    for condition, value in pairs:
        case = case.when(condition, value)
    return case if pairs else exp.null()


def _is_rule(rule: Named) -> Expr:
    return exp.column(RULE).eq(_number(rule.rule_id))


def _number(value: int) -> Expr:
    return exp.Literal.number(value)
