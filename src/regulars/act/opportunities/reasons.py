"""Why a member is an opportunity, in one line: a text with tags in it, filled for all of them at
once by the warehouse."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.act.opportunities.rules import pieces_of, tags_in
from regulars.ground.kit.errors import UserError
from regulars.know.language.types import Type
from regulars.know.tags.service import Defined, Subject, Tag, computed_columns, defined

UNKNOWN = "—"
YES, NO = {"zh": "是", "en": "yes"}, {"zh": "否", "en": "no"}
DAY = {"zh": "%-m月%-d日", "en": "%-d %b"}
CENTS = 100
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def check_reason(text: str) -> None:
    """Raises UserError for a tag that nobody defined."""
    known = defined(Subject.MEMBER).columns.tags
    for code in tags_in(text):
        if code not in known:
            raise UserError(
                _("The reason names a tag that there is not: {%(code)s}."),
                field="reason", facts={"code": code},
            )  # fmt: skip


def facts_in(text: str, table: str = "t") -> Expr:
    """The values of the tags that a text names as JSON, of a row of the members with their tags."""
    told = defined(Subject.MEMBER)
    pairs: list[Expr] = []
    for code in _computed(told, tags_in(text)):
        pairs += [exp.Literal.string(code), told.columns.read(code, table)]
    return exp.Anonymous(this="json_object", expressions=pairs)


def line_of(text: str, language: str = "zh", table: str = "t") -> Expr:
    """The text with the values in their places, as people write them."""
    told = defined(Subject.MEMBER)
    computed = set(_computed(told, tags_in(text)))
    parts = [
        _shown(told, piece, language, table)
        if is_tag and piece in computed
        else exp.Literal.string(UNKNOWN if is_tag else piece)
        for piece, is_tag in pieces_of(text)
    ]
    return exp.Anonymous(this="concat", expressions=parts or [exp.Literal.string("")])


def filled(text: str, facts: Mapping[str, Any], language: str = "zh") -> str:
    """The same for one member, from facts as they were kept with her lead."""
    tags = defined(Subject.MEMBER).columns.tags
    types = defined(Subject.MEMBER).checked.types
    return "".join(
        _told(tags.get(piece), types.get(piece), facts.get(piece), language) if is_tag else piece
        for piece, is_tag in pieces_of(text)
    )


def _computed(told: Defined, codes: Iterable[str]) -> list[str]:
    """Those of the codes whose columns stand in the wide table as they are defined now."""
    stored = computed_columns(told)
    return [
        code
        for code in codes
        if code in told.columns.tags
        and {column.name for column in told.columns.read(code).find_all(exp.Column)} <= stored
    ]


def _shown(told: Defined, code: str, language: str, table: str) -> Expr:
    """A value as text; what is unknown is a dash."""
    value, kind = told.columns.read(code, table), told.checked.types[code]
    text = _text(value, kind, told.columns.tags[code], language)
    return exp.func("COALESCE", text, exp.Literal.string(UNKNOWN))


def _text(  # noqa: PLR0911 - one line a type
    value: Expr, kind: Type | None, tag: Tag, language: str
) -> Expr:
    match kind:
        case Type.MONEY:
            major = exp.Div(this=exp.paren(value), expression=exp.Literal.number(CENTS))
            return _formatted("¥{:,}", exp.cast(exp.func("ROUND", major), "BIGINT"))
        case Type.SHARE:
            percent = exp.Mul(this=exp.paren(value), expression=exp.Literal.number(100))
            return _formatted("{}%", exp.cast(exp.func("ROUND", percent), "BIGINT"))
        case Type.NUMBER:
            return _formatted("{}", exp.cast(exp.func("ROUND", value), "BIGINT"))
        case Type.DATE:
            return exp.Anonymous(
                this="strftime", expressions=[value, exp.Literal.string(DAY[language])]
            )
        case Type.YES_NO:
            case = exp.Case().when(value, exp.Literal.string(YES[language]))
            return case.when(exp.not_(exp.paren(value.copy())), exp.Literal.string(NO[language]))
        case Type.TEXT if tag.values:
            case = exp.Case()
            for said, names in tag.values.items():
                is_it = exp.EQ(this=exp.paren(value.copy()), expression=exp.Literal.string(said))
                case = case.when(is_it, exp.Literal.string(str(names.get(language, said))))
            return case.else_(value)
    return exp.cast(exp.paren(value), "VARCHAR")


def _formatted(pattern: str, value: Expr) -> Expr:
    return exp.Anonymous(this="format", expressions=[exp.Literal.string(pattern), value])


def _told(  # noqa: PLR0911 - one line a type
    tag: Tag | None, kind: Type | None, value: Any, language: str
) -> str:
    if tag is None or value is None:
        return UNKNOWN
    if kind == Type.MONEY:
        return f"¥{round(value / CENTS):,}"
    if kind == Type.SHARE:
        return f"{round(value * 100)}%"
    if kind == Type.NUMBER:
        return str(round(value))
    if kind == Type.YES_NO:
        return (YES if value else NO)[language]
    if kind == Type.DATE:
        _year, month, day = str(value)[:10].split("-")
        return (
            f"{int(month)}月{int(day)}日"
            if language == "zh"
            else f"{int(day)} {MONTHS[int(month) - 1]}"
        )
    return str(tag.values.get(str(value), {}).get(language, value))
