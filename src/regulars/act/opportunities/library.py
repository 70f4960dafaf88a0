"""The ready plays that come with the system: `library/*.toml`, a table a play."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities.keeping import usual
from regulars.act.opportunities.rules import answered_by
from regulars.ground.kit.errors import NotFound

SAME = (
    "who", "trigger", "goods", "coupon", "role", "open_days", "priority", "window_days", "outcome",
    "is_service", "is_of_store", "answers",
)  # fmt: skip


@dataclass(frozen=True)
class Ready:
    """A ready play. `waits_for` names the event without which nobody meets it; `is_of_store`: a
    task of the store and no member's; `answers`: what of a finding it answers, "part" or
    "part/factor"."""

    code: str
    zh: str
    en: str
    table: dict[str, Any]
    waits_for: str
    is_of_store: bool
    answers: tuple[str, ...]

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def note(self, language: str) -> str:
        chinese, _slash, english = str(self.table.get("note", "")).partition(" / ")
        return chinese if language == "zh" or not english else english

    def told(self, language: str) -> dict[str, Any]:
        """As `save_play` takes it, its texts in that language."""
        told = {key: self.table[key] for key in SAME if key in self.table}
        told |= {
            "name": self.name(language),
            "name_en": self.en,
            "reason": self.table["reason"][language],
            "talk": self.table.get("talk", {}).get(language, ""),
        }
        return usual() | told


@cache
def library() -> dict[str, Ready]:
    """Every ready play by its code."""
    found: dict[str, Ready] = {}
    for file in sorted(files(__package__).joinpath("library").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            tables = tomllib.loads(file.read_text("utf-8"))
            found |= {code: _ready(code, table) for code, table in tables.items()}
    return found


def get_ready(code: str) -> Ready:
    """Raises NotFound."""
    if code not in library():
        raise NotFound(_("There is no such play in the library."))
    return library()[code]


def answers_to(part: str, factor: str = "") -> Sequence[Ready]:
    """The ready plays that answer a finding: first those of its part and factor, then of the
    part."""
    plays = library().values()
    return [play for each in answered_by(part, factor) for play in plays if each in play.answers]


def _ready(code: str, table: dict[str, Any]) -> Ready:
    awaited = table.get("waits_for") or table.get("trigger", {}).get("event", "")
    return Ready(
        code, table["zh"], table["en"], table, awaited, table.get("is_of_store", False),
        tuple(table.get("answers", ())),
    )  # fmt: skip
