"""From tree to SQL, as a tree: checks on the way that everything means something.

Values are literals of the SQL tree, never pasted text. A condition on something unknown is not met,
so that `not` gives exactly all the others; dividing by zero gives unknown.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce

from django.utils.translation import gettext_lazy as _
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.errors import TextError
from regulars.know.language.tree import (
    AllOf,
    AnyOf,
    Arithmetic,
    Behaviour,
    Between,
    Call,
    Case,
    Comparison,
    Days,
    InOrg,
    InSegment,
    Literal,
    Membership,
    Name,
    Negated,
    Node,
    Sampled,
    Sequence,
    Span,
    Today,
    Unknown,
    Value,
)  # fmt: skip
from regulars.know.language.types import NUMERIC, STORED_AS, Names, Type, Typed

CENTS = 100
TODAY = exp.Placeholder(this="today")
"""Every statement made from a text is given the business date as `$today`."""
ORDERED = {">": exp.GT, ">=": exp.GTE, "<": exp.LT, "<=": exp.LTE}
COMPARED = {"=": exp.EQ, "!=": exp.NEQ, **ORDERED}
CALCULATED = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}


def condition(node: Node, names: Names) -> Expr:
    """The SQL of a condition, true, false or null. Raises TextError."""
    found = compiled(node, names)
    if found.type != Type.YES_NO:
        raise TextError(_("This is a value: a condition is asked for."), node.at)
    return found.sql


def compiled(node: Node, names: Names) -> Typed:  # noqa: PLR0911, PLR0912 - one line a kind
    """The SQL of any tree, and its type. Raises TextError."""
    match node:
        case Literal(value):
            return _literal(value, node.at)
        case Today():
            return Typed(TODAY.copy(), Type.DATE, at=node.at)
        case Days(count):
            return Typed(exp.Literal.number(count), Type.COUNT, is_literal=True, at=node.at)
        case Name():
            return names.resolve(node)
        case AllOf(parts):
            return _yes_no(exp.and_(*(_wrapped(part, names) for part in parts)), node)
        case AnyOf(parts):
            return _yes_no(exp.or_(*(_wrapped(part, names) for part in parts)), node)
        case Negated(part):
            met = exp.func("COALESCE", condition(part, names), exp.false())
            return _yes_no(exp.not_(exp.paren(met)), node)
        case Comparison(sign, left, right):
            return _yes_no(_comparison(sign, left, right, names), node)
        case Membership(value, among, is_negated):
            return _yes_no(_membership(value, among, names, is_negated=is_negated), node)
        case Between(value, least, most):
            low = _comparison(">=", value, least, names)
            return _yes_no(exp.and_(low, _comparison("<=", value, most, names)), node)
        case Unknown(value, is_negated):
            is_null = exp.Is(this=exp.paren(compiled(value, names).sql), expression=exp.null())
            return _yes_no(exp.not_(is_null) if is_negated else is_null, node)
        case Arithmetic(sign, left, right):
            return _calculated(sign, compiled(left, names), compiled(right, names), node)
        case Call(function, arguments):
            return _called(function, [compiled(each, names) for each in arguments], node)
        case Case(branches, otherwise):
            return _case(branches, otherwise, names, node)
        case Behaviour() | Sequence() | InSegment() | InOrg() | Sampled():
            return _yes_no(names.special(node), node)
        case _:
            raise TextError(_("This cannot stand here."), node.at)


def as_type(value: Typed, wanted: Type) -> Expr:
    """The value as another type: a written number as money, a property as whatever is wanted.
    Raises TextError where it cannot be."""
    if value.type == wanted or (value.type in NUMERIC and wanted in NUMERIC):
        return value.sql
    if value.type == Type.ANY:
        told = STORED_AS[Type.NUMBER if wanted in NUMERIC else wanted]
        return exp.TryCast(this=value.sql, to=exp.DataType.build(told, dialect="duckdb"))
    if wanted == Type.MONEY and value.is_literal and value.type in NUMERIC:
        return _cents(value)
    raise TextError(
        _("A %(one)s is asked for here, and this is a %(other)s.")
        % {"one": wanted.label, "other": value.type.label},
        value.at,
    )


def _cents(value: Typed) -> Expr:
    cents = Decimal(value.sql.sql("duckdb")) * CENTS
    if cents != cents.to_integral_value():
        raise TextError(_("Money has two decimals at most."), value.at)
    return (
        exp.Literal.number(int(cents))
        if cents >= 0
        else exp.Neg(this=exp.Literal.number(int(-cents)))
    )


def _yes_no(sql: Expr, node: Node) -> Typed:
    return Typed(sql, Type.YES_NO, at=node.at)


def _wrapped(node: Node, names: Names) -> Expr:
    return exp.paren(condition(node, names))


def _literal(value: Value, at: Span) -> Typed:
    match value:
        case bool():
            return Typed(exp.true() if value else exp.false(), Type.YES_NO, True, at=at)
        case str():
            return Typed(exp.Literal.string(value), Type.TEXT, True, at=at)
        case date():
            day = exp.cast(exp.Literal.string(value.isoformat()), "DATE", dialect="duckdb")
            return Typed(day, Type.DATE, True, at=at)
        case _:
            is_whole = isinstance(value, int)
            number: Expr = exp.Literal.number(str(abs(value)) if is_whole else f"{abs(value):f}")
            kind = Type.COUNT if is_whole else Type.NUMBER
            return Typed(exp.Neg(this=number) if value < 0 else number, kind, True, at=at)


def _comparison(sign: str, left: Node, right: Node, names: Names) -> Expr:
    one, other = compiled(left, names), compiled(right, names)
    if sign == "under":
        return _under(one, right)
    if sign in ("contains", "starts"):
        function = "CONTAINS" if sign == "contains" else "STARTS_WITH"
        return exp.func(
            function, as_type(one, Type.TEXT), as_type(other, Type.TEXT), dialect="duckdb"
        )
    kind = _common(one, other)
    if kind == Type.YES_NO and sign in ORDERED:
        raise TextError(_("Yes and no have no order."), left.at)
    return COMPARED[sign](
        this=exp.paren(as_type(one, kind)), expression=exp.paren(as_type(other, kind))
    )


def _under(value: Typed, place: Node) -> Expr:
    if value.under is None:
        raise TextError(_("Nothing lies above or below this."), value.at)
    if not (isinstance(place, Literal) and isinstance(place.value, str)):
        raise TextError(_("Name a place or a category, in quotes."), place.at)
    return value.under(place.value)


def _membership(value: Node, among: tuple[Literal, ...], names: Names, *, is_negated: bool) -> Expr:
    asked = compiled(value, names)
    each = [compiled(literal, names) for literal in among]
    kind = reduce(_common_type, each, asked)
    found = exp.In(
        this=exp.paren(as_type(asked, kind.type)),
        expressions=[as_type(one, kind.type) for one in each],
    )
    if not is_negated:
        return found
    return exp.not_(exp.paren(exp.func("COALESCE", found, exp.false())))


def _common(one: Typed, other: Typed) -> Type:
    return _common_type(one, other).type


def _common_type(one: Typed, other: Typed) -> Typed:
    """Whichever of the two the other can become. Raises TextError."""
    if one.type == Type.ANY and other.type == Type.ANY:
        return Typed(one.sql, Type.TEXT, at=one.at)
    first, second = (other, one) if one.is_literal or one.type == Type.ANY else (one, other)
    as_type(second, first.type)
    if first.type in NUMERIC and first.type != second.type != Type.ANY:
        return replace(first, type=Type.NUMBER)
    return first


def _calculated(sign: str, one: Typed, other: Typed, node: Arithmetic) -> Typed:
    kinds = (one.type, other.type)
    if Type.DATE in kinds:
        return _of_days(sign, one, other, node)
    if sign == "/" and _is_zero(other.sql):
        raise TextError(_("Nothing can be divided by zero."), node.right.at)
    if Type.MONEY in kinds:
        return _of_money(sign, one, other, node)
    left, right = (as_type(each, Type.NUMBER) for each in (one, other))
    if sign == "/":
        return Typed(_divided(left, right), Type.NUMBER, at=node.at)
    if set(kinds) == {Type.COUNT}:
        return Typed(_whole(sign, left, right), Type.COUNT, at=node.at)
    return Typed(_applied(sign, left, right, "DOUBLE"), Type.NUMBER, at=node.at)


def _of_days(sign: str, one: Typed, other: Typed, node: Arithmetic) -> Typed:
    """A date and days, or the days between two dates."""
    if sign == "-" and one.type == other.type == Type.DATE:
        between = exp.Sub(this=exp.paren(one.sql), expression=exp.paren(other.sql))
        return Typed(between, Type.COUNT, at=node.at)
    if sign in "+-" and one.type == Type.DATE and other.type == Type.COUNT:
        # Some 90 years either way: no date leaves the calendar by so many.
        days = _tried(other.sql, "SMALLINT")
        moved = CALCULATED[sign](this=exp.paren(one.sql), expression=days)
        return Typed(moved, Type.DATE, at=node.at)
    raise TextError(_("Days can be added to a date, and dates taken from each other."), node.at)


def _of_money(sign: str, one: Typed, other: Typed, node: Arithmetic) -> Typed:
    """Money and money, or money so many times; what is divided is rounded to the cent."""
    both = one.type == other.type == Type.MONEY
    if sign in "+-":
        cents = (as_type(each, Type.MONEY) for each in (one, other))
        return Typed(_whole(sign, *cents), Type.MONEY, at=node.at)
    if sign == "/" and both:
        return Typed(_divided(one.sql, other.sql), Type.NUMBER, at=node.at)
    if both or (sign == "/" and other.type == Type.MONEY):
        raise TextError(_("Money is multiplied or divided by a number."), node.at)
    if sign == "*" and Type.COUNT in (one.type, other.type):
        return Typed(_whole(sign, one.sql, other.sql), Type.MONEY, at=node.at)
    is_ratio = sign == "/"
    sql = _divided(one.sql, other.sql) if is_ratio else _applied(sign, one.sql, other.sql, "DOUBLE")
    return Typed(_tried(exp.func("ROUND", sql), "BIGINT"), Type.MONEY, at=node.at)


def _applied(sign: str, one: Expr, other: Expr, among: str) -> Expr:
    """Calculated `among` numbers so wide that no member's can stop the statement for all others."""
    wide = [exp.cast(exp.paren(each), among, dialect="duckdb") for each in (one, other)]
    return CALCULATED[sign](this=wide[0], expression=wide[1])


def _whole(sign: str, one: Expr, other: Expr) -> Expr:
    """Whole numbers, unknown where they grow beyond what can be kept."""
    return _tried(_applied(sign, one, other, "HUGEINT"), "BIGINT")


def _tried(sql: Expr, kind: str) -> Expr:
    return exp.TryCast(this=exp.paren(sql), to=exp.DataType.build(kind, dialect="duckdb"))


def _divided(one: Expr, other: Expr) -> Expr:
    divisor = exp.func("NULLIF", other, exp.Literal.number(0))
    return exp.Div(
        this=exp.cast(exp.paren(one), "DOUBLE", dialect="duckdb"),
        expression=exp.cast(divisor, "DOUBLE", dialect="duckdb"),
    )


def _is_zero(sql: Expr) -> bool:
    inner = sql.unnest()
    return isinstance(inner, exp.Literal) and not inner.is_string and Decimal(inner.this) == 0


def _called(function: str, arguments: list[Typed], node: Call) -> Typed:
    if function == "days_since":
        if len(arguments) != 1:
            raise TextError(_("One date is asked for."), node.at)
        day = exp.paren(as_type(arguments[0], Type.DATE))
        return Typed(exp.Sub(this=TODAY.copy(), expression=day), Type.COUNT, at=node.at)
    kind = reduce(_common_type, arguments).type
    values = [as_type(each, kind) for each in arguments]
    return Typed(exp.func(function.upper(), *values, dialect="duckdb"), kind, at=node.at)


def _case(
    branches: tuple[tuple[Node, Node], ...], otherwise: Node | None, names: Names, node: Node
) -> Typed:
    values = [compiled(value, names) for _met, value in branches]
    rest = compiled(otherwise, names) if otherwise else None
    kind = reduce(_common_type, [*values, *([rest] if rest else [])]).type
    case = exp.Case()
    for (met, _value), value in zip(branches, values, strict=True):
        case = case.when(condition(met, names), as_type(value, kind))
    if rest:
        case = case.else_(as_type(rest, kind))
    return Typed(case, kind, at=node.at)
