"""The ready definitions that come with the system: `library/*.toml`, a table a tag."""

import logging
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from regulars.ground.kit.errors import UserError
from regulars.know.tags.models import Definition
from regulars.know.tags.registry import save, save_all
from regulars.know.tags.subjects import Subject

log = logging.getLogger(__name__)


@cache
def library() -> dict[str, dict[str, Any]]:
    """Every ready definition by its code, as `definitions.read` takes it."""
    told: dict[str, dict[str, Any]] = {}
    for file in sorted(files(__package__).joinpath("library").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            told |= tomllib.loads(file.read_text("utf-8"))
    return told


def bring_library() -> int:
    """Make those that this deployment has never had; how many. What was changed or switched off
    here stays as it is."""
    known = set(Definition.objects.values_list("subject", "code"))
    new = {
        code: told
        for code, told in library().items()
        if (told.get("subject", Subject.MEMBER), code) not in known
    }
    try:
        return save_all(None, new)
    except UserError:
        # One of them stands on what is switched off here, say: the others come nevertheless.
        return sum(_bring(code, told) for code, told in new.items())


def _bring(code: str, told: dict[str, Any]) -> bool:
    try:
        save(None, code, told)
    except UserError as error:
        log.warning("the ready tag %s cannot be made here: %s", code, error)
        return False
    return True
