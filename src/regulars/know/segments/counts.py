"""How many meet each of some conditions, in one question.

Conditions on tags are counted in one pass over the members. Groups (who did something, who is in
another segment or at a place) become strings of bits and are counted as such. Where both stand
together, the tags choose the members, and only these are looked up in the strings.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property, reduce

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.ground.accounts.access import Scope
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.service import query
from regulars.know.language.compiling import condition
from regulars.know.language.printing import printed
from regulars.know.language.tree import AllOf, AnyOf, Negated, Node, children
from regulars.know.language.types import Special
from regulars.know.segments.compiling import GROUPS, MEMBER, TABLE
from regulars.know.segments.groups import BITS, OWNER, Group, as_bits, bit_count, has_bit
from regulars.know.segments.reach import CARRIER, asked, in_sight, names_of, wide
from regulars.know.tags.service import Subject, defined

PASS, EVERYBODY, TOTAL = "passed", "everybody", "total"


def counts_of(scope: Scope, nodes: Sequence[Node]) -> tuple[int, list[int]]:
    """How many members are in the caller's sight, and how many of them meet each condition. Raises
    TextError with the place of what means nothing."""
    question = _Question(scope)
    columns = [f"n{number}" for number in range(len(nodes))]
    counts = [question.count(node).as_(name) for node, name in zip(nodes, columns, strict=True)]
    select = question.asking(counts)
    (row,) = query(select.sql("duckdb"), asked(select, scope)).to_pylist()
    return row[TOTAL], [row[name] for name in columns]


class _Question:
    """Counts that are asked for together, and the groups that they need, each found once."""

    def __init__(self, scope: Scope) -> None:
        self._sight = in_sight(scope)
        self._names = names_of(defined(Subject.MEMBER), self._belongs)
        self._groups: dict[str, tuple[str, Group]] = {}
        self._passed: list[Expr] = []

    @cached_property
    def _last(self) -> int:
        """The largest id of a member."""
        return query(named(__package__, "last_member"))["last"][0].as_py() or 0

    def count(self, node: Node) -> Expr:
        """How many meet a condition, as a part of the question."""
        met = condition(node, self._names)
        if not _has_groups(node):
            self._passed.append(met)
            return exp.column(_column(len(self._passed)), PASS)
        if _is_of_groups(node):
            return bit_count(exp.BitwiseAnd(this=self._bits(node), expression=_bits(EVERYBODY)))
        return exp.Subquery(this=self._among_chosen(node))

    def asking(self, counts: Iterable[Expr]) -> exp.Select:
        """The question whole: one row with the `total` and these counts."""
        select = exp.select(exp.column(TOTAL, PASS), *counts)
        select = select.from_(self._one_pass().subquery(PASS))
        found = {name: group.owners for name, group in self._groups.values()}
        if found:
            owner = MEMBER.copy().as_(OWNER)
            found[EVERYBODY] = exp.select(owner).from_(wide()).where(*self._sight)
        for name, owners in found.items():
            bits = as_bits(owners, self._last)
            select.with_(name, as_=bits, materialized=True, copy=False)
            select.join(name, join_type="cross", copy=False)
        return select

    def _belongs(self, node: Special, group: Group) -> Expr:
        name, _ = self._groups.setdefault(printed(node), (f"group_{len(self._groups) + 1}", group))
        is_in = has_bit(name, MEMBER)
        return exp.not_(is_in) if group.is_all_others else is_in

    def _bits(self, node: Node) -> Expr:
        """The string of those who meet a condition made of groups alone."""
        match node:
            case AllOf(parts):
                return reduce(_in_both, map(self._bits, parts))
            case AnyOf(parts):
                return reduce(_in_either, map(self._bits, parts))
            case Negated(part):
                return _all_others(self._bits(part))
        name, group = self._groups[printed(node)]
        return _all_others(_bits(name)) if group.is_all_others else _bits(name)

    def _among_chosen(self, node: Node) -> exp.Select:
        """Of the parts that must all be met, those without groups choose whom to look up."""
        parts = node.parts if isinstance(node, AllOf) else (node,)
        by_tags = [condition(part, self._names) for part in parts if not _has_groups(part)]
        by_groups = [condition(part, self._names) for part in parts if _has_groups(part)]
        is_known = MEMBER.copy() <= exp.Literal.number(self._last)
        chosen = exp.select("*").from_(wide()).where(is_known, *by_tags, *self._sight)
        met = exp.and_(*by_groups)
        select = exp.select(_whole(_count_if(met))).from_(chosen.subquery(TABLE))
        for name in sorted({column.table for column in met.find_all(exp.Column)} - {TABLE}):
            select.join(name, join_type="cross", copy=False)
        return select

    def _one_pass(self) -> exp.Select:
        """Of those on record alone nothing is counted, so that most conditions are settled before
        anybody is looked at: they are passed apart."""
        columns = [exp.Count(this=exp.Star()).as_(TOTAL)]
        columns += [_count_if(met).as_(_column(n)) for n, met in enumerate(self._passed, 1)]
        apart = [
            exp.select(*(each.copy() for each in columns)).from_(wide(table)).where(*self._sight)
            for table in (CARRIER.counted, CARRIER.uncounted)
        ]
        sums = [_whole(exp.Sum(this=exp.column(each.alias))).as_(each.alias) for each in columns]
        return exp.select(*sums).from_(exp.union(*apart, distinct=False).subquery("apart"))


def _has_groups(node: Node) -> bool:
    return isinstance(node, GROUPS) or any(map(_has_groups, children(node)))


def _is_of_groups(node: Node) -> bool:
    if isinstance(node, AllOf | AnyOf | Negated):
        return all(map(_is_of_groups, children(node)))
    return isinstance(node, GROUPS)


def _bits(name: str) -> Expr:
    return exp.column(BITS, name)


def _in_both(one: Expr, other: Expr) -> Expr:
    return exp.BitwiseAnd(this=exp.paren(one), expression=exp.paren(other))


def _in_either(one: Expr, other: Expr) -> Expr:
    return exp.BitwiseOr(this=exp.paren(one), expression=exp.paren(other))


def _all_others(bits: Expr) -> Expr:
    return exp.BitwiseNot(this=exp.paren(bits))


def _count_if(met: Expr) -> Expr:
    return exp.Anonymous(this="count_if", expressions=[met.copy()])


def _column(number: int) -> str:
    return f"met_{number}"


def _whole(sum_of: Expr) -> Expr:
    """DuckDB's sum of nothing is unknown, and of others wider than a count."""
    none = exp.Literal.number(0)
    return exp.cast(exp.func("COALESCE", sum_of, none), "BIGINT", dialect="duckdb")
