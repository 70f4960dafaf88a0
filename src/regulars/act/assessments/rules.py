"""From answers to scores and from scores to results; nothing here asks anybody."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.act.assessments.content import (
    AGE,
    HIGHEST,
    MOST_MONTHS,
    MOST_NUMBER,
    NUMBER,
    ONE,
    Content,
    Question,
    Result,
    scores_in,
)
from regulars.ground.kit.errors import UserError

Given = str | int | list[str]


def read_answer(question: Question, told: list[str]) -> Given:
    """An answer as it came from a form. Raises UserError for none, and for one that the question
    does not have."""
    known = {each.code for each in question.choices}
    if not told or not told[0].strip():
        raise UserError(_("Please answer this question."), field=question.code)
    if question.kind in {NUMBER, AGE}:
        return _number(question, told[0].strip())
    if (question.kind == ONE and len(told) > 1) or not set(told) <= known:
        raise UserError(_("Please choose one of the answers."), field=question.code)
    return told[0] if question.kind == ONE else sorted(set(told))


def score(content: Content, given: Mapping[str, Given]) -> dict[str, int]:
    """Points by scale; a scale that no answer touches has 0."""
    points = dict.fromkeys(content.scales, 0)
    for question in content.questions:
        if question.code in given:
            for scores in _scores_of(question, given[question.code]):
                for scale, more in scores.items():
                    points[scale] += more
    return points


def results_of(content: Content, points: Mapping[str, int]) -> list[Result]:
    """What the points come to, in the assessment's order; there may be none."""
    holding = [each for each in content.results if _holds(each, points)]
    if content.by == HIGHEST:
        most = max(points[scale] for scale in content.scales)
        return [each for each in holding if points[each.scale] == most][:1]
    return holding


def scales_in_order(content: Content) -> list[str]:
    """As the results name them: the database keeps a list in its order, and no table's keys."""
    named = [each.scale for each in content.results]
    return list(dict.fromkeys([*named, *content.scales]))


def share_of_highest(content: Content, points: Mapping[str, int]) -> dict[str, int]:
    """Points of each scale in hundredths of the most that it can have: the length of a bar."""
    most = highest_points(content)
    return {
        scale: max(0, min(100, 100 * points[scale] // most[scale])) if most[scale] > 0 else 0
        for scale in content.scales
    }


def highest_points(content: Content) -> dict[str, int]:
    """The most that each scale can come to."""
    most = dict.fromkeys(content.scales, 0)
    for question in content.questions:
        for scale in content.scales:
            most[scale] += _most_of(question, scale)
    return most


def _most_of(question: Question, scale: str) -> int:
    points = [scores.get(scale, 0) for scores in scores_in(question)]
    if question.kind == "several":
        positive = [each for each in points if each > 0]
        return sum(positive) if positive else max(points, default=0)
    return max(points, default=0)


def _holds(result: Result, points: Mapping[str, int]) -> bool:
    of_scale = points[result.scale]
    return (result.least is None or of_scale >= result.least) and (
        result.most is None or of_scale <= result.most
    )


def _scores_of(question: Question, given: Given) -> list[dict[str, int]]:
    if question.kind in {NUMBER, AGE}:
        assert isinstance(given, int)
        return [band.scores for band in question.bands if given <= band.up_to][:1]
    chosen = set(given) if isinstance(given, list) else {given}
    return [each.scores for each in question.choices if each.code in chosen]


def _number(question: Question, told: str) -> int:
    most = MOST_MONTHS if question.kind == AGE else MOST_NUMBER
    if not (told.isascii() and told.isdecimal() and len(told) <= 6 and int(told) <= most):  # noqa: PLR2004
        raise UserError(
            _("A whole number up to %(most)s, please."), field=question.code, facts={"most": most}
        )
    return int(told)


def answers_as_facts(content: Content, given: Mapping[str, Given]) -> dict[str, Any]:
    """Answers as the properties of an event: a number, or the codes with commas between them."""
    return {
        f"answer_{question.code}": _fact(given[question.code])
        for question in content.questions
        if question.code in given
    }


def _fact(given: Given) -> str | int:
    return ",".join(given) if isinstance(given, list) else given
