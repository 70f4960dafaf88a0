"""Assessments that come with the house: starting points, each in Chinese and English."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from regulars.act.assessments.content import Content, read


@dataclass(frozen=True)
class Ready:
    """`code` ends in its language."""

    code: str
    language: str
    content: Content


@cache
def ready() -> tuple[Ready, ...]:
    """By code; of one shape with those that the chain makes."""
    folder = files(__package__).joinpath("library")
    found = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    return tuple(_read(name.removesuffix(".toml")) for name in found)


def _read(code: str) -> Ready:
    text = files(__package__).joinpath("library", f"{code}.toml").read_text("utf-8")
    return Ready(code, code.rpartition("_")[2], read(tomllib.loads(text)))
