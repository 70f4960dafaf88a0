"""What a tag is: read from a table as the console's form, a file or the API gives it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError
from regulars.know.language.tree import LONGEST_WINDOW, Window
from regulars.know.language.types import Type
from regulars.know.tags.facts import FACTS
from regulars.know.tags.subjects import Subject

CODE = re.compile(r"[a-z][a-z0-9_]{1,58}")
MOST_GROUPS, FEWEST_GROUPS, MOST_PERCENT = 100, 2, 99
WORDS = (
    "and", "or", "not", "in", "is", "unknown", "known", "between", "case", "when", "then", "else",
    "end", "today", "days", "true", "false", "segment", "org", "sampled", "percent", "last", "from",
    "to", "at", "least", "most", "exactly", "times", "within", "without", "contains", "starts",
    "under", "followed", "by", "bought", "ordered", "did", "visited", "used", "coalesce",
    "greatest", "days_since",
)  # fmt: skip
COLUMNS = (
    "member_id", "product_id", "store_id", "staff_id", "owner_id", "place_store", "place_branch",
    "place", "cuts",
)  # fmt: skip
RESERVED = frozenset(WORDS + COLUMNS)
"""Words of the language, and columns that stand beside tags."""


class Kind(TextChoices):
    ATTRIBUTE = "attribute", _("attribute")
    AGGREGATE = "aggregate", _("counted")
    RANK = "rank", _("rank")
    RULE = "rule", _("rule")
    MODEL = "model", _("model")
    MANUAL = "manual", _("by hand")


class Measure(TextChoices):
    COUNT = "count", _("how many")
    DISTINCT = "distinct", _("how many different")
    SUM = "sum", _("sum")
    MAX = "max", _("largest")
    MIN = "min", _("smallest")
    FIRST = "first", _("first")
    LAST = "last", _("last")
    DAYS_SINCE = "days_since", _("days since the last")
    INTERVAL = "interval", _("days between, on average")
    SHARE = "share", _("share")
    FAVOURITE = "favourite", _("favourite")


class Within(TextChoices):
    CHAIN = "chain", _("the whole chain")
    BRANCH = "branch", _("the branch")
    STORE = "store", _("the store")


EVER = Window()


@dataclass(frozen=True)
class Attribute:
    field: str


@dataclass(frozen=True)
class Aggregate:
    """A measure of the rows of a fact within a window that meet `where`. `part` says of which rows
    a SHARE is the share; SHARE and FAVOURITE weigh by `weight`, or by the number of rows."""

    fact: str
    measure: Measure
    field: str = ""
    window: Window = EVER
    where: str = ""
    part: str = ""
    weight: str = ""


@dataclass(frozen=True)
class Rank:
    """Where a number stands among all: in which of `into` equal groups (the best is the highest),
    or whether among the best `top_percent`. Equal numbers stand together; without one no rank."""

    of: str
    into: int = 0
    top_percent: int = 0
    is_falling: bool = False
    within: Within = Within.CHAIN


@dataclass(frozen=True)
class Rule:
    text: str


@dataclass(frozen=True)
class Model:
    """`output` of a model, for one `category` where the model has one for each."""

    model: str
    output: str
    category: str = ""


@dataclass(frozen=True)
class Manual:
    choices: Sequence[str] = ()


Spec = Attribute | Aggregate | Rank | Rule | Model | Manual
SPECS: dict[Kind, type[Spec]] = {
    Kind.ATTRIBUTE: Attribute,
    Kind.AGGREGATE: Aggregate,
    Kind.RANK: Rank,
    Kind.RULE: Rule,
    Kind.MODEL: Model,
    Kind.MANUAL: Manual,
}


@dataclass(frozen=True)
class Tag:
    """`type` None: to be found out from the spec. `values` names what a text may be, in both
    languages: {"new": {"zh": "新客", "en": "New"}}."""

    code: str
    subject: Subject
    kind: Kind
    zh: str
    en: str
    spec: Spec
    type: Type | None = None
    group: str = ""
    note: str = ""
    owner: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read(code: str, told: Mapping[str, Any]) -> Tag:
    """A tag from a table of plain values, as in `library/*.toml`. Raises UserError, its field the
    key at fault; whether texts and names mean anything is for `checking`."""
    if not CODE.fullmatch(code) or code in RESERVED:
        raise _fault("code", _("A code has 2 to 59 small letters, digits and _: “%s”."), code)
    kind = _one_of(Kind, told, "kind")
    told = dict(told)
    common = {name: str(told.pop(name, "")) for name in ("zh", "en", "group", "note", "owner")}
    for name in ("zh", "en"):
        if not common[name].strip():
            raise _fault(name, _("“%s” needs a name in Chinese and in English."), code)
    subject = _one_of(Subject, {"subject": Subject.MEMBER} | told, "subject")
    values = told.pop("values", {})
    type_ = Type(told.pop("type")) if told.get("type") in Type.values else None
    for name in ("kind", "subject", "type"):
        told.pop(name, None)
    return Tag(code, subject, kind, spec=_spec(kind, told), type=type_, values=values, **common)


def written(tag: Tag) -> dict[str, Any]:
    """The table that `read` reads the same tag from; nothing that says nothing."""
    told: dict[str, Any] = {"subject": tag.subject.value, "kind": tag.kind.value}
    told |= {n: getattr(tag, n) for n in ("zh", "en", "group", "note", "owner", "values")}
    if tag.kind in (Kind.MANUAL, Kind.MODEL) and tag.type:
        told["type"] = tag.type.value
    for name, value in vars(tag.spec).items():
        if isinstance(value, Window):
            told |= _window_written(value)
        else:
            told[name] = value.value if isinstance(value, TextChoices) else value
    if isinstance(tag.spec, Manual):
        told["choices"] = list(tag.spec.choices)
    return {
        name: value for name, value in told.items() if value not in ("", 0, None, False, {}, [])
    }


def _spec(kind: Kind, told: dict[str, Any]) -> Spec:
    if kind == Kind.AGGREGATE:
        told["window"] = _window(told)
        told["measure"] = _one_of(Measure, told, "measure")
        if told.get("fact") not in FACTS:
            raise _fault("fact", _("There is nothing called “%s” to count."), told.get("fact", ""))
    if kind == Kind.RANK:
        told["within"] = _one_of(Within, {"within": Within.CHAIN} | told, "within")
        _check_groups(told)
    known = set(SPECS[kind].__dataclass_fields__)
    if strange := sorted(set(told) - known):
        raise _fault(strange[0], _("“%s” says nothing about this kind of tag."), strange[0])
    try:
        return SPECS[kind](**told)
    except TypeError:
        missing = next(iter(known - set(told)), "")
        raise _fault(missing, _("“%s” is missing."), missing) from None


def _window(told: dict[str, Any]) -> Window:
    days, start, end = (told.pop(name, None) for name in ("last_days", "start", "end"))
    if days is not None and not (isinstance(days, int) and 1 <= days <= LONGEST_WINDOW):
        raise _fault("last_days", _("A window has 1 to 3650 days: “%s”."), days)
    start, end = (_day(name, value) for name, value in (("start", start), ("end", end)))
    if (start is None) != (end is None):
        raise _fault("end", _("A window has a first and a last day."))
    if start and end and end < start:
        raise _fault("end", _("The window ends before it starts: %s."), f"{start} – {end}")
    return Window(days, start, end)


def _window_written(window: Window) -> dict[str, Any]:
    return {"last_days": window.days, "start": window.start, "end": window.end}


def _day(name: str, value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _fault(name, _("“%s” is not a date."), value) from None


def _check_groups(told: Mapping[str, Any]) -> None:
    into, top = told.get("into", 0), told.get("top_percent", 0)
    if bool(into) == bool(top):
        raise _fault("into", _("Say into how many groups, or the best per cent."))
    if into and not (isinstance(into, int) and FEWEST_GROUPS <= into <= MOST_GROUPS):
        raise _fault("into", _("There are 2 to 100 groups: “%s”."), into)
    if top and not (isinstance(top, int) and 1 <= top <= MOST_PERCENT):
        raise _fault("top_percent", _("Per cent from 1 to 99: “%s”."), top)


def _one_of(choices: type[TextChoices], told: Mapping[str, Any], name: str) -> Any:
    value = told.get(name, "")
    if value not in choices.values:
        raise _fault(name, _("“%s” is none of what it may be."), value)
    return choices(value)


def _fault(name: str, message: Any, what: Any = None) -> UserError:
    return UserError(message if what is None else message % what, field=name)
