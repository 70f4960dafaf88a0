"""Which scans compute a set of aggregates: one for each fact and window, so that a tag of the last
30 days reads 30 days; and where all tags of a scan choose rows, none but these rows.

What a text asks of a dimension (a category, a brand, a store) is answered once a row of the
dimension, not once a row of the fact.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain

from sqlglot import exp, parse_one
from sqlglot.expressions import Expr

from regulars.know.language.compiling import condition
from regulars.know.language.parsing import parsed
from regulars.know.language.tree import LONGEST_WINDOW, Window
from regulars.know.language.windows import within
from regulars.know.tags.definitions import Aggregate, Measure, Tag
from regulars.know.tags.dimensions import FACT, Dimensions
from regulars.know.tags.facts import DAY, FACTS, field_sql, relation
from regulars.know.tags.measures import Lifted, measured
from regulars.know.tags.names import FactNames
from regulars.know.tags.told_apart import APART, VALUE, in_two_steps, once_a_value

OWNER = "owner_id"
DAY_BITS, BIGINT_BITS = 16, 63


@dataclass(frozen=True)
class Scan:
    """The aggregates of one fact and window that are computed together. `is_chosen`: each of them
    chooses rows, so that no others are read. `by`: the field whose values they tell apart."""

    fact: str
    window: Window
    is_chosen: bool
    by: str
    tags: tuple[Tag, ...]

    @property
    def has_every_owner(self) -> bool:
        """Whether it has a row of whoever has a row in the fact at all."""
        return self.window == Window() and not self.is_chosen and not self.by


def scans(tags: Iterable[Tag]) -> list[Scan]:
    """The fewest scans for these aggregates, those of the longest windows first: they need the most
    memory, and whatever was found lies in memory from then on."""
    together: defaultdict[tuple[str, Window, str], list[Tag]] = defaultdict(list)
    for tag in tags:
        spec = tag.spec
        assert isinstance(spec, Aggregate)
        together[spec.fact, spec.window, _told_apart(spec)].append(tag)
    found = [
        Scan(fact, window, all(_chooses(tag) for tag in group), by, tuple(group))
        for (fact, window, by), group in together.items()
    ]
    return sorted(found, key=lambda scan: scan.window.days or LONGEST_WINDOW, reverse=True)


def _told_apart(spec: Aggregate) -> str:
    if spec.measure == Measure.INTERVAL:
        return DAY
    return spec.field if spec.measure in APART else ""


def _chooses(tag: Tag) -> bool:
    return isinstance(tag.spec, Aggregate) and bool(tag.spec.where)


def select_of(scan: Scan, subject: str, among: Expr | None = None, source: str = "") -> exp.Select:
    """A row for each owner with at least one row in the scan: `owner_id` and a column a tag.

    `among` limits the owners: a condition on `owner_id`. `$today` is the business date. `source`
    names a table with the fact's rows, where it is not the fact's own.
    """
    fact = FACTS[scan.fact]
    rows = exp.to_table(source).as_(FACT, table=True) if source else _rows(scan.fact)
    dimensions = Dimensions()
    owner = exp.column(fact.keys[subject], FACT)
    chosen = [_condition(scan.fact, tag, dimensions) for tag in scan.tags]
    limits = [
        exp.not_(exp.Is(this=owner.copy(), expression=exp.null())),
        *within(scan.window, exp.column(fact.on, FACT)),
    ]
    if among is not None:
        limits.append(said_of(among, owner))
    if scan.is_chosen:
        limits.append(exp.or_(*(exp.paren(each.copy()) for each in chosen if each)))
    told = [_lifted(tag.spec, scan.fact, dimensions) for tag in scan.tags]
    select = exp.select(owner.copy().as_(OWNER)).from_(rows)
    codes = [tag.code for tag in scan.tags]
    if not scan.by:
        columns = (
            measured(each, only).as_(code)
            for code, each, only in zip(codes, told, chosen, strict=True)
        )
        select.select(*columns, copy=False)
        return dimensions.joined(select).where(*limits).group_by(exp.Literal.number(1))
    value = dimensions.lifted(field_sql(scan.fact, scan.by))
    kept = map(once_a_value, range(len(told)), told, chosen)
    select.select(value.copy().as_(VALUE), *chain.from_iterable(kept), copy=False)
    limits.append(exp.not_(exp.Is(this=exp.paren(value.copy()), expression=exp.null())))
    each = dimensions.joined(select).where(*limits)
    each = each.group_by(exp.Literal.number(1), exp.Literal.number(2))
    measures = [one.measure for one in told]
    return in_two_steps(each, OWNER, list(zip(codes, measures, strict=True)))


def _lifted(spec: object, fact_name: str, dimensions: Dimensions) -> Lifted:
    assert isinstance(spec, Aggregate)
    fact = FACTS[fact_name]

    def of(name: str) -> Expr | None:
        return dimensions.lifted(field_sql(fact_name, name)) if name else None

    part = None
    if spec.part:
        part = dimensions.lifted(condition(parsed(spec.part), FactNames(fact_name)))
    on = exp.column(fact.on, FACT)
    may_be_unknown = bool(spec.field) and fact.fields[spec.field].may_be_unknown
    value, weight = of(spec.field), of(spec.weight)
    return Lifted(spec.measure, value, part, weight, on, _place(fact_name), may_be_unknown)


def rows_of_owners(fact: str, subject: str, among: Expr) -> exp.Select:
    """All rows of a fact that are somebody's of `among`: read once, for all scans."""
    owner = exp.column(FACTS[fact].keys[subject], FACT)
    return exp.select("*").from_(_rows(fact)).where(said_of(among, owner))


def _rows(fact: str) -> Expr:
    return relation(FACTS[fact].rows, FACT)


@cache
def _place(fact_name: str) -> Expr:
    """The day and what tells rows of one day apart, as one whole number."""
    fact = FACTS[fact_name]
    kind = "BIGINT" if fact.order.bits + DAY_BITS < BIGINT_BITS else "HUGEINT"
    day = f"({fact.on} - DATE '1970-01-01')::{kind}"
    told = parse_one(f"({day} << {fact.order.bits}) | ({fact.order.sql})", dialect="duckdb")
    for column in told.find_all(exp.Column):
        column.set("table", exp.to_identifier(FACT))
    return told


def _condition(fact: str, tag: Tag, dimensions: Dimensions) -> Expr | None:
    assert isinstance(tag.spec, Aggregate)
    if not tag.spec.where:
        return None
    return dimensions.lifted(condition(parsed(tag.spec.where), FactNames(fact)))


def said_of(among: Expr, owner: Expr) -> Expr:
    """The limit on owners, said of the fact's own column."""
    limited = among.copy()
    for column in list(limited.find_all(exp.Column)):
        if column.name == OWNER and not column.table:
            column.replace(owner.copy())
    return limited
