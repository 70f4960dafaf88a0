"""What models take from the chain and not from its data: files that a deployment may replace."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.errors import UserError


def daily_use() -> dict[str, dict[str, Any]]:
    """What a child uses a day, by need. Raises UserError, naming the file and the place."""
    path, found = _told("daily_use")
    for name, use in found.items():
        _check(path, name, use, ("zh", "en", "goods", "ages"))
        _check_ages(path, name, use["ages"])
    return found


def stage_evidence() -> list[dict[str, Any]]:
    """Which goods speak of which ages, in order. Raises UserError as `daily_use`."""
    path, found = _told("stage_evidence")
    evidence: list[dict[str, Any]] = found.get("evidence", [])
    for number, each in enumerate(evidence, 1):
        _check(path, str(number), each, ("goods", "months"))
        _check_ages(path, str(number), [[*each["months"], 1]])
    return evidence


def _told(name: str) -> tuple[Path, dict[str, Any]]:
    """`NAME.toml` of the data folder, or else the one that comes with the system."""
    own = data_dir() / f"{name}.toml"
    ready = files(__package__).joinpath(f"{name}.toml")
    try:
        return own, tomllib.loads((own if own.exists() else ready).read_text("utf-8"))
    except tomllib.TOMLDecodeError as broken:
        facts = {"path": own, "reason": broken}
        raise UserError(_("%(path)s cannot be read: %(reason)s"), facts=facts) from broken


def _check(path: Path, place: str, told: Mapping[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        if key not in told:
            facts = {"path": path, "place": place, "key": key}
            raise UserError(_("%(path)s: “%(key)s” is missing in “%(place)s”."), facts=facts)


def _check_ages(path: Path, place: str, ages: Any) -> None:
    """Months from–to, without a gap, and how much."""
    until = None
    for row in ages:
        match row:
            case [begins, ends, much] if begins < ends and much > 0 and until in (None, begins):
                until = ends
            case _:
                facts = {"path": path, "place": place, "row": row}
                raise UserError(
                    _("%(path)s: the ages %(row)s in “%(place)s” cannot be."), facts=facts
                )
