"""A subject's tags in one query: what is on record and what scans count, then rank by rank and rule
by rule what follows from it."""

from collections.abc import Iterable, Sequence

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.tags.checking import depends_on
from regulars.know.tags.columns import Columns
from regulars.know.tags.definitions import (
    Aggregate,
    Attribute,
    Kind,
    Manual,
    Measure,
    Model,
    Rank,
    Tag,
    Within,
)
from regulars.know.tags.facts import FACTS, relation
from regulars.know.tags.model_outputs import MODELS
from regulars.know.tags.planner import OWNER, Scan, rows_of_owners, said_of, scans, select_of
from regulars.know.tags.subjects import CARRIERS, PLACE_BRANCH, PLACE_STORE, Carrier, Subject

ON_RECORD = "told"
PLACES = {Within.STORE: PLACE_STORE, Within.BRANCH: PLACE_BRANCH}
ZERO_WHERE_NONE = {Measure.COUNT, Measure.DISTINCT, Measure.SUM}
FOLLOWING = {Kind.RANK, Kind.RULE}


Counted = Sequence[tuple[Scan, exp.Select]]
"""Scans, each with the relation of its results: `owner_id` and a column a tag."""


def rows_of(
    subject: Subject, columns: Columns, counted: Counted, among: Expr | None = None
) -> exp.Select:
    """Every stored column for every carrier, or for those that `among` (a condition on `owner_id`)
    names."""
    told = base(subject, columns, counted, among)
    return with_what_follows(told, columns, subject, _all(columns))


def rows_of_idle(subject: Subject, columns: Columns, among: Expr) -> exp.Select:
    """The columns that stand in `Carrier.idle`, for those of whom there is nothing to count."""
    told = base(subject, columns, [], among)
    told.select(*(_of_nothing(columns, tag) for tag in counted_tags(columns)), copy=False)
    return with_what_follows(told, columns, subject, _uncounted(columns))


def uncounted(subject: Subject, columns: Columns) -> exp.Select:
    """The rows of `Carrier.idle`, with what is counted of nobody."""
    carrier = CARRIERS[subject]
    stored = {carrier.key, *_uncounted(columns)}
    nothing = {tag.code: _of_nothing(columns, tag) for tag in counted_tags(columns)}
    names = (carrier.key, *_all(columns))
    values = [exp.column(name) if name in stored else nothing[name] for name in names]
    return exp.select(*values).from_(carrier.idle)


def everybody(subject: Subject, columns: Columns) -> exp.Expr:
    """The rows of `Carrier.counted` and those of `Carrier.uncounted`."""
    carrier = CARRIERS[subject]
    names = [exp.column(name) for name in (carrier.key, *_all(columns))]
    select = exp.select(*names)
    return exp.union(select.from_(carrier.counted), select.from_(carrier.uncounted), distinct=False)


def rows_of_few(subject: Subject, columns: Columns, among: Expr) -> exp.Select:
    """The same for some: each fact is gone through once, and what is theirs kept aside."""
    found = scans(counted_tags(columns))
    counted = [(scan, select_of(scan, subject, None, f"few_{scan.fact}")) for scan in found]
    select = rows_of(subject, columns, counted, among)
    for fact in sorted({scan.fact for scan in found}):
        theirs = rows_of_owners(fact, subject, among)
        select.with_(f"few_{fact}", as_=theirs, materialized=True, copy=False)
    return select


def counted_tags(columns: Columns) -> list[Tag]:
    return [tag for tag in columns.stored if isinstance(tag.spec, Aggregate)]


def _all(columns: Columns) -> list[str]:
    return [tag.code for tag in columns.stored]


def _uncounted(columns: Columns) -> list[str]:
    return [tag.code for tag in columns.stored if not isinstance(tag.spec, Aggregate)]


def base(
    subject: Subject, columns: Columns, counted: Counted, among: Expr | None = None
) -> exp.Select:
    """What stands on nothing else: a row a carrier, its places, its attributes and aggregates, what
    models and staff wrote."""
    owner = exp.column(CARRIERS[subject].key, ON_RECORD)
    select = on_record(subject, columns, among)
    for number, (scan, rows) in enumerate(counted):
        name = f"scan_{number}"
        on = exp.column(OWNER, name).eq(owner.copy())
        select.join(rows.subquery(name, copy=False), on=on, join_type="left", copy=False)
        known = (tag for tag in scan.tags if tag.code in columns.tags)
        values = (_as_stored(columns, tag, _or_zero(tag, name)) for tag in known)
        select.select(*values, copy=False)
    for tag in columns.stored:
        if isinstance(tag.spec, Manual):
            _add_set_by_hand(select, subject, columns, tag, owner)
    _add_predicted(select, columns, owner, among)
    return select


def on_record(subject: Subject, columns: Columns, among: Expr | None = None) -> exp.Select:
    """A row a carrier, of all or of those `among` names, with its key, places and attributes."""
    carrier = CARRIERS[subject]
    attributes = [
        _as_stored(columns, tag, exp.column(tag.spec.field, ON_RECORD))
        for tag in columns.stored
        if isinstance(tag.spec, Attribute)
    ]
    names = [carrier.key, *carrier.places]
    told = [exp.column(name, ON_RECORD) for name in names]
    rows = relation(carrier.rows, ON_RECORD)
    if among is not None:
        _narrow(rows, carrier, among)
    return exp.select(*told, *attributes).from_(rows)


def _narrow(rows: Expr, carrier: Carrier, among: Expr) -> None:
    """Limit the tables themselves: a limit on what was joined would be looked at last, after
    everybody was joined with everything."""
    for table in list(rows.find_all(exp.Table)):
        if table.name in carrier.keyed:
            limited = exp.select("*").from_(exp.to_table(table.name))
            limited = limited.where(said_of(among, exp.column(carrier.key, table.name)))
            table.replace(limited.subquery(table.alias_or_name, copy=False))


def with_what_follows(
    select: exp.Select, columns: Columns, subject: Subject, codes: Iterable[str]
) -> exp.Select:
    """The same rows with ranks and rules, layer by layer, each after those that it stands on; of
    all these the columns of `codes`."""
    for layer in _layers(columns):
        outer = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("t")))
        outer.from_(select.subquery("t", copy=False), copy=False)
        for tag in layer:
            if isinstance(tag.spec, Rank):
                _add_rank(outer, columns, tag, subject)
            else:
                outer.select(_as_stored(columns, tag, columns.rule(tag)), copy=False)
        select = outer
    told = exp.select(*(exp.column(name) for name in (CARRIERS[subject].key, *codes)))
    return told.from_(select.subquery("t", copy=False), copy=False)


def _layers(columns: Columns) -> list[list[Tag]]:
    """Ranks and rules by how many of them stand below one another."""
    depths: dict[str, int] = {}
    for tag in columns.tags.values():
        below = max((depths[code] for code in depends_on(tag)), default=0)
        depths[tag.code] = below + (tag.kind in FOLLOWING)
    following = [tag for tag in columns.stored if tag.kind in FOLLOWING]
    found = sorted({depths[tag.code] for tag in following})
    return [[tag for tag in following if depths[tag.code] == depth] for depth in found]


def _of_nothing(columns: Columns, tag: Tag) -> Expr:
    assert isinstance(tag.spec, Aggregate)
    is_zero = tag.spec.measure in ZERO_WHERE_NONE
    return _as_stored(columns, tag, exp.Literal.number(0) if is_zero else exp.null())


def _or_zero(tag: Tag, table: str) -> Expr:
    assert isinstance(tag.spec, Aggregate)
    value = exp.column(tag.code, table)
    if tag.spec.measure not in ZERO_WHERE_NONE:
        return value
    field = FACTS[tag.spec.fact].fields.get(tag.spec.field)
    if not (field and field.may_be_unknown):
        return exp.func("COALESCE", value, exp.Literal.number(0))
    is_none = exp.Is(this=exp.column(OWNER, table), expression=exp.null())
    return exp.Case().when(is_none, exp.Literal.number(0)).else_(value)


def _add_set_by_hand(
    select: exp.Select, subject: Subject, columns: Columns, tag: Tag, owner: Expr
) -> None:
    """What somebody said last; unknown where it is none of the tag's type any more."""
    name = f"written_{tag.code}"
    written = (
        exp.select(exp.column("owner_id"), exp.column("value"))
        .from_(relation("written_by_hand", "told"))
        .where(
            exp.column("subject").eq(exp.Literal.string(subject.value)),
            exp.column("code").eq(exp.Literal.string(tag.code)),
        )
    )
    on = exp.column("owner_id", name).eq(owner.copy())
    select.join(written.subquery(name), on=on, join_type="left", copy=False)
    stored = exp.DataType.build(columns.type_of(tag), dialect="duckdb")
    value = exp.TryCast(this=exp.column("value", name), to=stored)
    select.select(exp.alias_(value, tag.code), copy=False)


def _add_predicted(select: exp.Select, columns: Columns, owner: Expr, among: Expr | None) -> None:
    """What models wrote: one join a model, or a category of it."""
    together: dict[tuple[str, str], list[Tag]] = {}
    for tag in columns.stored:
        if isinstance(tag.spec, Model):
            together.setdefault((tag.spec.model, tag.spec.category), []).append(tag)
    for number, ((model, category), tags) in enumerate(together.items()):
        name, key = f"predicted_{number}", exp.column("member_id")
        rows = exp.select("*").from_(MODELS[model].table)
        if MODELS[model].has_categories:
            rows.where(exp.column("category").eq(exp.Literal.string(category)), copy=False)
        if among is not None:
            rows.where(said_of(among, key), copy=False)
        on = exp.column("member_id", name).eq(owner.copy())
        select.join(rows.subquery(name, copy=False), on=on, join_type="left", copy=False)
        for tag in tags:
            assert isinstance(tag.spec, Model)
            value = exp.column(tag.spec.output, name)
            select.select(_as_stored(columns, tag, value), copy=False)


def _add_rank(outer: exp.Select, columns: Columns, tag: Tag, subject: Subject) -> None:
    spec, carrier, name = tag.spec, CARRIERS[subject], f"cuts_{tag.code}"
    assert isinstance(spec, Rank)
    cuts = exp.select(exp.column("place"), exp.column("cuts")).from_("tag_cuts")
    cuts = cuts.where(
        exp.column("subject").eq(exp.Literal.string(subject.value)),
        exp.column("code").eq(exp.Literal.string(tag.code)),
    )
    place: Expr = exp.Literal.number(0)
    if spec.within in PLACES and PLACES[spec.within] in carrier.places:
        place = exp.column(PLACES[spec.within], "t")
    on = exp.column("place", name).eq(place)
    outer.join(cuts.subquery(name), on=on, join_type="left", copy=False)
    told = _rank(spec, _number(columns, spec.of), exp.column("cuts", name))
    outer.select(_as_stored(columns, tag, told), copy=False)


def _rank(spec: Rank, value: Expr, cuts: Expr) -> Expr:
    """One and the cuts below the value: equal values stand together."""
    if spec.top_percent:
        return exp.func("COALESCE", _is_at_the_top(spec, value, cuts), exp.false())
    cut = exp.to_identifier("cut")
    above = exp.Lambda(this=exp.GT(this=value, expression=exp.column("cut")), expressions=[cut])
    found = exp.Anonymous(this="list_filter", expressions=[cuts, above])
    below = exp.func("LEN", found, dialect="duckdb")
    number: Expr = exp.Add(this=below, expression=exp.Literal.number(1))
    if spec.is_falling:
        number = exp.Sub(this=exp.Literal.number(spec.into), expression=below)
    is_known = exp.not_(exp.Is(this=value.copy(), expression=exp.null()))
    return exp.Case().when(is_known, number)


def _is_at_the_top(spec: Rank, value: Expr, cuts: Expr) -> Expr:
    """Beyond the cut; the very best always is, however few there are."""
    cut, best = (
        exp.Anonymous(this="list_extract", expressions=[cuts.copy(), exp.Literal.number(place)])
        for place in (1, 2)
    )
    if spec.is_falling:
        return value <= cut
    return exp.or_(value > cut, value.copy().eq(best))


def cuts_of(columns: Columns, tag: Tag, carrier: Carrier, table_name: str) -> exp.Select:
    """Where the groups of a rank begin, from the values that stand in a table: `place` (0: the
    whole chain) and `cuts`, ascending."""
    spec = tag.spec
    assert isinstance(spec, Rank)
    value = _number(columns, spec.of)
    fractions = _fractions(spec)
    is_local = spec.within in PLACES and PLACES[spec.within] in carrier.places
    place: Expr = exp.Literal.number(0)
    table: Expr = exp.to_table(table_name).as_("t", table=True)
    select = exp.select().from_(table)
    if is_local:
        select = select.join(relation(carrier.rows, ON_RECORD), using=[carrier.key])
        place = exp.column(PLACES[spec.within], ON_RECORD)
    listed = exp.Array(expressions=[exp.Literal.number(str(f)) for f in fractions])
    cuts = exp.Anonymous(this="quantile_disc", expressions=[value, listed])
    known = exp.not_(exp.Is(this=value.copy(), expression=exp.null()))
    return (
        select.select(exp.cast(place, "BIGINT", dialect="duckdb").as_("place"), cuts.as_("cuts"))
        .where(known)
        .group_by(exp.Literal.number(1))
        .having(exp.not_(exp.Is(this=exp.column("place"), expression=exp.null())))
    )


def _fractions(spec: Rank) -> Sequence[float]:
    if spec.top_percent:
        return [spec.top_percent / 100] if spec.is_falling else [(100 - spec.top_percent) / 100, 1]
    return [group / spec.into for group in range(1, spec.into)]


def _number(columns: Columns, code: str) -> Expr:
    """A date counts by its days."""
    value = columns.read(code, "t")
    if columns.type_of(columns.tags[code]) == "DATE" and isinstance(value, exp.Column):
        epoch = exp.cast(exp.Literal.string("1970-01-01"), "DATE", dialect="duckdb")
        value = exp.paren(exp.Sub(this=value, expression=epoch))
    return exp.cast(value, "DOUBLE", dialect="duckdb")


def _as_stored(columns: Columns, tag: Tag, value: Expr) -> Expr:
    cast = exp.cast(value, columns.type_of(tag), dialect="duckdb")
    return exp.alias_(cast, tag.code)
