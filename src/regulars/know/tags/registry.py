"""The definitions in force, checked and kept ready."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from regulars.ground.audit.service import record
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.tags.checking import Checked, checked, depends_on
from regulars.know.tags.columns import Columns
from regulars.know.tags.definitions import Tag, read, written
from regulars.know.tags.models import Definition, DefinitionVersion
from regulars.know.tags.subjects import Subject

Actor = AbstractBaseUser | None
LAYOUT = 2
"""Of the tables and views that carry the tags: with another one, they are made anew."""


@dataclass(frozen=True, eq=False)
class Defined:
    """The active tags of a subject. `digest` changes with whatever changes their values; as long as
    nothing changes, this is one and the same object."""

    subject: Subject
    checked: Checked
    columns: Columns
    digest: str


def defined(subject: Subject) -> Defined:
    """What is in force now."""
    seen = Definition.objects.filter(subject=subject).aggregate(n=Count("id"), at=Max("changed_at"))
    return _defined(subject, seen["n"], seen["at"])


@lru_cache(maxsize=8)
def _defined(subject: Subject, _count: int, _changed_at: datetime | None) -> Defined:
    active = Definition.objects.filter(subject=subject, is_active=True)
    told = {each.code: each.told for each in active}
    found = checked(read(code, table) for code, table in told.items())
    text = json.dumps({c: _of_value(t) for c, t in sorted(told.items())}, default=str)
    digest = hashlib.sha256(f"{LAYOUT} {text}".encode()).hexdigest()
    return Defined(subject, found, Columns(found), digest)


def narrowed(told: Defined, codes: Iterable[str]) -> Defined:
    """The same with these tags alone, and those that they stand on."""
    waiting, needed = [code for code in codes if code in told.columns.tags], set[str]()
    while waiting:
        code = waiting.pop()
        if code not in needed:
            needed.add(code)
            waiting.extend(depends_on(told.columns.tags[code]))
    tags = Checked(tuple(tag for tag in told.checked.tags if tag.code in needed))
    return Defined(told.subject, tags, Columns(tags), told.digest)


def get_definition(subject: str, code: str) -> Definition:
    """Raises NotFound."""
    try:
        return Definition.objects.get(subject=subject, code=code)
    except Definition.DoesNotExist:
        raise NotFound(_("There is no tag “%s”.") % code) from None


@transaction.atomic
def save(actor: Actor, code: str, told: Mapping[str, Any]) -> Definition:
    """Make a tag, or change one: another version. Raises UserError (TextError with the place) for
    a definition that is wrong, by itself or together with the others of its subject."""
    tag = read(code, told)
    before = Definition.objects.filter(subject=tag.subject, code=code).first()
    tag = _checked_with_others(tag)
    if before and before.told == _plain(written(tag)):
        return before
    return _put(actor, tag, before)


@transaction.atomic
def save_all(actor: Actor, tables: Mapping[str, Mapping[str, Any]]) -> int:
    """Make or change many at once, all or none; how many differ from what was. Raises as `save`."""
    tags = [read(code, told) for code, told in tables.items()]
    count = 0
    for subject in Subject:
        own = {tag.code: tag for tag in tags if tag.subject == subject}
        known = _standing(subject)
        found = checked((known | own).values())
        before = {d.code: d for d in Definition.objects.filter(subject=subject)}
        for code in own:
            tag, was = found[code], before.get(code)
            if was is None or was.told != _plain(written(tag)):
                _put(actor, tag, was)
                count += 1
    return count


@transaction.atomic
def set_active(actor: Actor, definition: Definition, *, is_active: bool) -> None:
    """Raises UserError for one that others stand on."""
    subject = Subject(definition.subject)
    if not is_active:
        upon = sorted(
            tag.code for tag in defined(subject).checked.tags if definition.code in depends_on(tag)
        )
        if upon:
            raise UserError(_("“%(tag)s” stands on it.") % {"tag": upon[0]})
    else:
        _checked_with_others(read(definition.code, definition.told))
    definition.is_active = is_active
    definition.save(update_fields=["is_active", "changed_at"])
    action = "tag.switched_on" if is_active else "tag.switched_off"
    record(actor, action, "tag", definition.pk, code=definition.code)


def restore(actor: Actor, definition: Definition, number: int) -> Definition:
    """What version `number` said, as a new version. Raises NotFound."""
    version = definition.versions.filter(number=number).first()
    if version is None:
        raise NotFound(_("There is no such version."))
    return save(actor, definition.code, version.told)


def exported(definitions: Iterable[Definition]) -> dict[str, dict[str, Any]]:
    """Tables by code, as `save_all` takes them and TOML holds them."""
    return {each.code: written(read(each.code, each.told)) for each in definitions}


def _standing(subject: Subject) -> dict[str, Tag]:
    active = Definition.objects.filter(subject=subject, is_active=True)
    return {each.code: read(each.code, each.told) for each in active}


def _checked_with_others(tag: Tag) -> Tag:
    return checked((_standing(tag.subject) | {tag.code: tag}).values())[tag.code]


def _put(actor: Actor, tag: Tag, before: Definition | None) -> Definition:
    told = _plain(written(tag))
    version = before.version + 1 if before else 1
    fields = {
        "kind": tag.kind, "type": tag.type, "zh": tag.zh, "en": tag.en, "group": tag.group,
        "owner": tag.owner, "note": tag.note, "told": told, "version": version,
    }  # fmt: skip
    definition, _made = Definition.objects.update_or_create(
        subject=tag.subject, code=tag.code, defaults=fields
    )
    DefinitionVersion.objects.create(
        definition=definition, number=version, told=told, made_by_id=actor.pk if actor else None
    )
    action = "tag.changed" if before else "tag.made"
    record(actor, action, "tag", definition.pk, code=tag.code, version=version)
    return definition


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it: dates as text."""
    plain: dict[str, Any] = json.loads(json.dumps(told, default=str))
    return plain


def _of_value(told: Mapping[str, Any]) -> dict[str, Any]:
    """What of a definition its values hang on."""
    spoken = ("zh", "en", "note", "owner", "group", "values")
    return {name: value for name, value in told.items() if name not in spoken}
