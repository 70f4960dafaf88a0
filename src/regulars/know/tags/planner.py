"""Which scans compute a set of aggregates: one for each fact and window, so that a tag of the last
30 days reads 30 days; and where all tags of a scan choose rows, none but these rows.

What a text asks of a dimension (a category, a brand, a store) is answered once a row of the
dimension, not once a row of the fact.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlglot import exp, parse_one
from sqlglot.expressions import Expr

from regulars.know.language.compiling import condition
from regulars.know.language.parsing import parsed
from regulars.know.language.tree import Window
from regulars.know.language.windows import within
from regulars.know.tags.definitions import Aggregate, Measure, Tag
from regulars.know.tags.dimensions import FACT, Dimensions
from regulars.know.tags.facts import FACTS, field_sql, relation
from regulars.know.tags.measures import Lifted, measured
from regulars.know.tags.names import FactNames

OWNER = "owner_id"
DAY_BITS, BIGINT_BITS = 16, 63


@dataclass(frozen=True)
class Scan:
    """The aggregates of one fact and window that are computed together. `is_chosen`: each of them
    chooses rows, so that no others are read. A favourite needs a scan of its own."""

    fact: str
    window: Window
    is_chosen: bool
    alone: str
    tags: tuple[Tag, ...]


def scans(tags: Iterable[Tag]) -> list[Scan]:
    """The fewest scans for these aggregates."""
    together: defaultdict[tuple[str, Window, str], list[Tag]] = defaultdict(list)
    for tag in tags:
        spec = tag.spec
        assert isinstance(spec, Aggregate)
        alone = tag.code if spec.measure == Measure.FAVOURITE else ""
        together[spec.fact, spec.window, alone].append(tag)
    return [
        Scan(fact, window, all(_chooses(tag) for tag in group), alone, tuple(group))
        for (fact, window, alone), group in together.items()
    ]


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
    specs = [tag.spec for tag in scan.tags]
    limits = [
        exp.not_(exp.Is(this=owner.copy(), expression=exp.null())),
        *within(scan.window, exp.column(fact.on, FACT)),
    ]
    if among is not None:
        limits.append(said_of(among, owner))
    if scan.is_chosen:
        limits.append(exp.or_(*(exp.paren(each.copy()) for each in chosen if each)))
    if scan.alone:
        return _favourite(scan, rows, owner, limits, dimensions)
    columns = [
        measured(_lifted(spec, scan.fact, dimensions), each).as_(tag.code)
        for tag, spec, each in zip(scan.tags, specs, chosen, strict=True)
    ]
    select = exp.select(owner.copy().as_(OWNER), *columns).from_(rows)
    return dimensions.joined(select).where(*limits).group_by(exp.Literal.number(1))


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


def _favourite(
    scan: Scan,
    rows: Expr,
    owner: Expr,
    limits: Sequence[Expr],
    dimensions: Dimensions,
) -> exp.Select:
    """What weighs most; of equals the latest, then the first by name."""
    tag = scan.tags[0]
    told = _lifted(tag.spec, scan.fact, dimensions)
    assert told.value is not None
    weight = exp.func("SUM", told.weight) if told.weight else exp.Count(this=exp.Star())
    last = exp.func("MAX", told.on.copy())
    each = exp.select(
        owner.copy().as_(OWNER), told.value.as_("value"), weight.as_("weight"), last.as_("last_on")
    ).from_(rows)
    known = exp.not_(exp.Is(this=exp.paren(told.value.copy()), expression=exp.null()))
    each = dimensions.joined(each).where(*limits, known)
    each = each.group_by(exp.Literal.number(1), exp.Literal.number(2))
    ordered = parse_one("first(value ORDER BY weight DESC, last_on DESC, value)", dialect="duckdb")
    best = exp.select(OWNER, ordered.as_(tag.code)).from_(each.subquery("weighed"))
    return best.group_by(exp.Literal.number(1))


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
