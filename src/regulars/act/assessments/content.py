"""What an assessment says, in one shape: read strictly from forms, files and the database."""

from typing import Annotated, Any, Final, Literal

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from regulars.ground.kit.errors import UserError

Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
Line = Annotated[str, Meta(min_length=1, max_length=300)]
Text = Annotated[str, Meta(max_length=2000)]
Score = Annotated[int, Meta(ge=-1000, le=1000)]
ONE: Final = "one"
SEVERAL: Final = "several"
NUMBER: Final = "number"
AGE: Final = "age"
HIGHEST: Final = "highest"
MOST_NUMBER, MOST_MONTHS = 10_000, 240


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """`scores`: scale → points."""

    code: Code
    text: Line
    scores: dict[Code, Score] = {}


class Band(msgspec.Struct, forbid_unknown_fields=True):
    """Numbers up to and including `up_to` that no band before it holds."""

    up_to: Annotated[int, Meta(ge=0, le=MOST_NUMBER)]
    scores: dict[Code, Score] = {}


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """`one` or `several` of the choices; a `number`, or the child's `age` in months, which scores
    as the first choice whose `up_to` holds it."""

    code: Code
    text: Line
    kind: Literal["one", "several", "number", "age"] = ONE
    choices: Annotated[list[Choice], Meta(max_length=20)] = []
    bands: Annotated[list[Band], Meta(max_length=20)] = []
    unit: Annotated[str, Meta(max_length=20)] = ""


class Goods(msgspec.Struct, forbid_unknown_fields=True):
    category: Annotated[str, Meta(max_length=300)] = ""
    products: Annotated[list[Line], Meta(max_length=20)] = []


class Result(msgspec.Struct, forbid_unknown_fields=True):
    """Of `scale`: where the highest scale counts, for that scale; else where its points lie from
    `least` to `most`, both in."""

    code: Code
    name: Line
    scale: Code
    advice: Text = ""
    least: Score | None = None
    most: Score | None = None
    goods: Goods = msgspec.field(default_factory=Goods)


class Content(msgspec.Struct, forbid_unknown_fields=True):
    """`by`: one result, of the highest scale (of equal ones the first that the results name), or a
    result for each range that the points of its scale lie in."""

    title: Line
    intro: Text = ""
    by: Literal["highest", "ranges"] = HIGHEST
    scales: Annotated[dict[Code, Line], Meta(min_length=1, max_length=20)] = {}
    questions: Annotated[list[Question], Meta(min_length=1, max_length=60)] = []
    results: Annotated[list[Result], Meta(min_length=1, max_length=60)] = []
    closing: Text = ""


def read(told: Any) -> Content:
    """Raises UserError that says where it does not fit."""
    try:
        content = msgspec.convert(told, Content)
    except msgspec.ValidationError as broken:
        raise UserError(
            _("The assessment cannot be read: %(reason)s"), field="draft",
            facts={"reason": str(broken)},
        ) from broken  # fmt: skip
    _check(content)
    return content


def plain(content: Content) -> dict[str, Any]:
    """The same as JSON."""
    told: dict[str, Any] = msgspec.to_builtins(content)
    return told


def texts_of(content: Content) -> dict[str, str]:
    """All that a customer reads, by where it stands."""
    texts = {"title": content.title, "intro": content.intro, "closing": content.closing}
    for question in content.questions:
        texts[question.code] = question.text
        texts |= {f"{question.code}.{each.code}": each.text for each in question.choices}
    for result in content.results:
        texts |= {result.code: result.name, f"{result.code}.advice": result.advice}
    return texts


def scores_in(question: Question) -> list[dict[str, int]]:
    """The points of each of its answers."""
    bands: list[dict[str, int]] = [each.scores for each in question.bands]
    return [each.scores for each in question.choices] + bands


def _check(content: Content) -> None:
    _refuse_twice("questions", [each.code for each in content.questions])
    _refuse_twice("results", [each.code for each in content.results])
    for question in content.questions:
        _check_question(question, set(content.scales))
    for result in content.results:
        if result.scale not in content.scales:
            _refuse(_("“%(what)s” is no scale."), result.scale)
        is_backwards = (
            result.least is not None and result.most is not None and result.least > result.most
        )
        if is_backwards:
            _refuse(_("The range of “%(what)s” ends before it begins."), result.code)
    if content.by == HIGHEST and (
        missing := sorted(set(content.scales) - {each.scale for each in content.results})
    ):
        _refuse(_("The scale “%(what)s” has no result."), missing[0])


def _check_question(question: Question, scales: set[str]) -> None:
    _refuse_twice(question.code, [each.code for each in question.choices])
    if question.kind in {ONE, SEVERAL} and len(question.choices) < 2:  # noqa: PLR2004
        _refuse(_("“%(what)s” needs two answers at least."), question.code)
    ends = [band.up_to for band in question.bands]
    if ends != sorted(set(ends)):
        _refuse(_("The bands of “%(what)s” must rise."), question.code)
    for scores in scores_in(question):
        if unknown := sorted(set(scores) - scales):
            _refuse(_("“%(what)s” is no scale."), unknown[0])


def _refuse_twice(where: str, codes: list[str]) -> None:
    if twice := next((code for code in codes if codes.count(code) > 1), None):
        _refuse(_("“%(what)s” stands there twice."), f"{where}: {twice}")


def _refuse(message: Any, what: str) -> None:
    raise UserError(message, field="draft", facts={"what": what})
