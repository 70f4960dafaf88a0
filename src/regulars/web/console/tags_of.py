"""The tags of one member, product, store or colleague, for its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest

from regulars.ground.accounts.access import Capability, scope_of
from regulars.know.tags.service import Subject, Value, list_values
from regulars.web.parts.tag_values import group_label, value_text


@dataclass(frozen=True)
class Shown:
    """A tag with its value as text, and what it follows from."""

    code: str
    name: str
    text: str
    because: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    label: str
    tags: Sequence[Shown]


def may_see_tags(request: HttpRequest) -> bool:
    return scope_of(request.user).may(Capability.SEE_TAGS)


def tags_of(subject: Subject, owner_id: int) -> list[Group]:
    """The tags that have a value, those of a group together."""
    values = [value for value in list_values(subject, owner_id) if _says_something(value)]
    grouped = groupby(values, key=lambda value: value.tag.group)
    return [Group(group_label(group), [_shown(value) for value in own]) for group, own in grouped]


def _says_something(value: Value) -> bool:
    return value.value is not None and value.value is not False


def _shown(value: Value) -> Shown:
    because = [(each.name, _text(each) or "—") for each in value.because]
    return Shown(value.code, value.name, _text(value), because)


def _text(value: Value) -> str:
    return value_text(value.value, value.tag.type, value.text)
