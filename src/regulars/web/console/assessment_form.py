"""The form of an assessment: one page of plain fields, read into a draft and written out again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars.act.assessments import writing
from regulars.act.assessments.content import AGE, NUMBER
from regulars.act.assessments.models import Assessment

MOST = 60
FREE_QUESTIONS, FREE_RESULTS = 2, 2


@dataclass
class QuestionFields:
    text: str = ""
    kind: str = "one"
    lines: str = ""
    unit: str = ""


@dataclass
class ResultFields:
    name: str = ""
    scale: str = ""
    least: str = ""
    most: str = ""
    advice: str = ""
    category: str = ""
    products: str = ""


@dataclass
class Fields:
    """What stands in the form, as it stands there."""

    name: str = ""
    title: str = ""
    intro: str = ""
    closing: str = ""
    by: str = "highest"
    tag: str = ""
    scales: str = ""
    questions: list[QuestionFields] = field(default_factory=list)
    results: list[ResultFields] = field(default_factory=list)

    def draft(self) -> dict[str, Any]:
        """Of the shape that `content.read` takes. Raises UserError for what cannot be read."""
        scales = writing.read_scales(self.scales)
        codes = {name: code for code, name in scales.items()}
        return {
            "title": self.title,
            "intro": self.intro,
            "closing": self.closing,
            "by": self.by,
            "scales": scales,
            "questions": [
                _question(place, each, scales) for place, each in enumerate(self.asked_questions, 1)
            ],
            "results": [
                _result(place, each, codes) for place, each in enumerate(self.named_results, 1)
            ],
        }

    @property
    def asked_questions(self) -> list[QuestionFields]:
        return [each for each in self.questions if each.text]

    @property
    def named_results(self) -> list[ResultFields]:
        return [each for each in self.results if each.name]

    @property
    def shown_questions(self) -> list[QuestionFields]:
        """With some free ones to be filled in: those left empty are dropped."""
        return [*self.asked_questions, *(QuestionFields() for _free in range(FREE_QUESTIONS))]

    @property
    def shown_results(self) -> list[ResultFields]:
        return [*self.named_results, *(ResultFields() for _free in range(FREE_RESULTS))]


def fields_of(assessment: Assessment) -> Fields:
    """The draft as one writes it."""
    draft = assessment.draft
    scales = draft.get("scales", {})
    return Fields(
        name=assessment.name,
        title=draft.get("title", ""),
        intro=draft.get("intro", ""),
        closing=draft.get("closing", ""),
        by=draft.get("by", "highest"),
        tag=assessment.tag,
        scales="\n".join(scales.values()),
        questions=[_question_fields(each, scales) for each in draft.get("questions", [])],
        results=[_result_fields(each, scales) for each in draft.get("results", [])],
    )


def read_form(told: Mapping[str, str]) -> Fields:
    """What was sent in; questions and results in the order of their numbers."""

    def text(name: str) -> str:
        return str(told.get(name, "")).strip().replace("\r\n", "\n")

    questions = [
        (text(f"q{place}-place"), QuestionFields(*(text(f"q{place}-{name}") for name in _QUESTION)))
        for place in _places(told, "q")
    ]
    results = [
        ResultFields(*(text(f"r{place}-{name}") for name in _RESULT))
        for place in _places(told, "r")
    ]
    plain = {name: text(name) for name in _PLAIN}
    return Fields(**plain, questions=_ordered(questions), results=results)


def _ordered(questions: list[tuple[str, QuestionFields]]) -> list[QuestionFields]:
    """By the number that stands before each; whoever wrote none keeps its place."""
    numbered = [
        (int(number) if number.isdecimal() and len(number) < 4 else place, place, each)  # noqa: PLR2004
        for place, (number, each) in enumerate(questions, 1)
    ]
    return [each for _number, _place, each in sorted(numbered, key=lambda told: told[:2])]


def _places(told: Mapping[str, str], letter: str) -> list[int]:
    names = (re.fullmatch(rf"{letter}(\d{{1,3}})-(?:text|name)", name) for name in told)
    return sorted(int(found[1]) for found in names if found)[:MOST]


def _question(place: int, fields: QuestionFields, scales: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"code": f"q{place}", "text": fields.text, "kind": fields.kind}
    if fields.kind in {NUMBER, AGE}:
        return {**told, "bands": writing.read_bands(fields.lines, scales), "unit": fields.unit}
    return {**told, "choices": writing.read_choices(fields.lines, scales)}


def _result(place: int, fields: ResultFields, codes: Mapping[str, str]) -> dict[str, Any]:
    return {
        "code": f"r{place}",
        "name": fields.name,
        "scale": codes.get(fields.scale, fields.scale),
        "advice": fields.advice,
        "least": writing.read_points(fields.least),
        "most": writing.read_points(fields.most),
        "goods": {
            "category": fields.category,
            "products": [line.strip() for line in fields.products.splitlines() if line.strip()],
        },
    }


def _question_fields(told: Mapping[str, Any], scales: Mapping[str, str]) -> QuestionFields:
    is_number = told.get("kind") in {NUMBER, AGE}
    lines = (
        writing.bands_text(told.get("bands", []), scales)
        if is_number
        else writing.choices_text(told.get("choices", []), scales)
    )
    return QuestionFields(told["text"], told.get("kind", "one"), lines, told.get("unit", ""))


def _result_fields(told: Mapping[str, Any], scales: Mapping[str, str]) -> ResultFields:
    goods = told.get("goods") or {}
    least, most = ("" if told.get(end) is None else str(told[end]) for end in ("least", "most"))
    return ResultFields(
        name=told["name"],
        scale=scales.get(told["scale"], told["scale"]),
        least=least,
        most=most,
        advice=told.get("advice", ""),
        category=goods.get("category", ""),
        products="\n".join(goods.get("products", [])),
    )


_PLAIN = ("name", "title", "intro", "closing", "by", "tag", "scales")
_QUESTION = ("text", "kind", "lines", "unit")
_RESULT = ("name", "scale", "least", "most", "advice", "category", "products")
