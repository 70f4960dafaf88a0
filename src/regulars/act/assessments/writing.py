"""Answers with their points as one writes them: `Often dry | dry 3, sensitive 1`, one a line."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.errors import UserError

POINTS = re.compile(r"(?P<scale>.+?)\s*(?P<points>[+-]?\d{1,4})")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_LINES = 20
Answers = list[dict[str, Any]]


def read_scales(text: str) -> dict[str, str]:
    """One name a line; their codes are s1, s2 … in that order."""
    names = [line.strip() for line in text.splitlines() if line.strip()]
    if len(names) != len(set(names)):
        raise UserError(_("A scale stands there twice."), field="scales")
    return {f"s{place}": name for place, name in enumerate(names, 1)}


def read_choices(text: str, scales: Mapping[str, str]) -> Answers:
    """Raises UserError for points of a scale that nobody named."""
    lines = _lines(text)
    return [
        {"code": LETTERS[place], "text": said, "scores": _scores(points, scales)}
        for place, (said, points) in enumerate(lines)
    ]


def read_bands(text: str, scales: Mapping[str, str]) -> Answers:
    """The same with a number up to which each line holds: `6 | young 2`."""
    found = []
    for said, points in _lines(text):
        if not (said.isascii() and said.isdecimal()):
            raise UserError(
                _("“%(text)s” is no number: begin the line with one."),
                field="questions", facts={"text": said},
            )  # fmt: skip
        found.append({"up_to": int(said), "scores": _scores(points, scales)})
    return found


def read_points(text: str) -> int | None:
    """An end of a range; None where it is open. Raises UserError."""
    if not text:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,4}", text):
        raise UserError(
            _("“%(text)s” is no number of points."), field="results", facts={"text": text}
        )
    return int(text)


def choices_text(choices: Answers, scales: Mapping[str, str]) -> str:
    return "\n".join(_line(each["text"], each.get("scores", {}), scales) for each in choices)


def bands_text(bands: Answers, scales: Mapping[str, str]) -> str:
    return "\n".join(_line(str(each["up_to"]), each.get("scores", {}), scales) for each in bands)


def _line(said: str, scores: Mapping[str, int], scales: Mapping[str, str]) -> str:
    points = ", ".join(f"{scales.get(code, code)} {value}" for code, value in scores.items())
    return f"{said} | {points}" if points else said


def _lines(text: str) -> list[tuple[str, str]]:
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > MOST_LINES:
        raise UserError(
            _("A question has up to %(most)s answers."), field="questions",
            facts={"most": MOST_LINES},
        )  # fmt: skip
    parts = [line.rpartition("|") if "|" in line else (line, "", "") for line in found]
    return [(said.strip(), points.strip()) for said, _bar, points in parts]


def _scores(points: str, scales: Mapping[str, str]) -> dict[str, int]:
    codes = {name: code for code, name in scales.items()}
    scores = {}
    for part in filter(None, (each.strip() for each in re.split(r"[,，;；]", points))):
        told = POINTS.fullmatch(part)
        if told is None or told["scale"] not in codes:
            raise UserError(
                _("“%(part)s” is not a scale with its points."),
                field="questions", facts={"part": part},
            )  # fmt: skip
        scores[codes[told["scale"]]] = int(told["points"])
    return scores
