"""Who on the staff has what a play asks for: a tag of theirs, whether somebody set it or it is
counted."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext_lazy as _
from sqlglot import exp

from regulars.act.opportunities.models import Play
from regulars.act.opportunities.rules import skill_key
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.service import query
from regulars.know.language.types import Type
from regulars.know.tags.definitions import Kind, Manual
from regulars.know.tags.service import (
    CARRIERS,
    Subject,
    Tag,
    computed_columns,
    defined,
    language_of_names,
    name_of,
    spoken,
)

SKILLED = pa.schema([("skill", pa.string()), ("staff_id", pa.int64())])
TABLE, YES = "t", "true"


def list_skills() -> list[tuple[Mapping[str, str], str]]:
    """What may be asked for, with its name in the reader's language: what staff set by hand
    first."""
    told = defined(Subject.STAFF).checked
    tags = sorted(told.tags, key=lambda tag: (tag.kind != Kind.MANUAL, tag.group, tag.code))
    colon = "：" if language_of_names() == "zh" else ": "
    return [
        (
            {"tag": tag.code, "value": value},
            f"{name_of(tag)}{colon}{shown}" if shown else name_of(tag),
        )
        for tag in tags
        for value, shown in _values_of(tag, told.types[tag.code])
    ]


def check_skill(skill: Mapping[str, Any]) -> None:
    """{"tag": code, "value": value} or {}. Raises UserError."""
    if not skill:
        return
    known = {skill_key(each) for each, _name in list_skills()}
    if set(skill) != {"tag", "value"} or skill_key(skill) not in known:
        raise UserError(_("A skill is a tag of the staff with one of its values."), field="skill")


def name_of_skill(skill: Mapping[str, Any]) -> str:
    """In the reader's language; as it is kept where the tag has gone since."""
    names = {skill_key(each): name for each, name in list_skills()} if skill else {}
    return names.get(skill_key(skill), skill_key(skill))


def who_can(plays: Sequence[Play]) -> pa.Table:
    """Who has the skills that these plays ask for: `skill` (as `rules.skill_key` writes it) and
    `staff_id`. What is not computed yet nobody has."""
    wanted = {skill_key(play.skill): play.skill for play in plays if play.skill}
    if not wanted:
        return SKILLED.empty_table()
    told = defined(Subject.STAFF)
    stored, carrier = computed_columns(told), CARRIERS[Subject.STAFF]
    found = [SKILLED.empty_table()]
    for key, skill in sorted(wanted.items()):
        code = str(skill.get("tag"))
        if code not in told.columns.tags or code not in stored:
            continue
        text = exp.cast(exp.paren(told.columns.read(code, TABLE)), "VARCHAR")
        select = exp.select(
            exp.Placeholder(this="skill").as_("skill"),
            exp.cast(exp.column(carrier.key, TABLE), "BIGINT").as_("staff_id"),
        ).from_(exp.to_table(carrier.table).as_(TABLE, table=True))
        select = select.where(text.eq(exp.Placeholder(this="value")))
        asked = {"skill": key, "value": str(skill["value"])}
        rows = query(select.sql("duckdb"), spoken(select, clock.today()) | asked)
        found.append(rows.cast(SKILLED))
    return pa.concat_tables(found)


def _values_of(tag: Tag, kind: Type | None) -> list[tuple[str, str]]:
    if kind == Type.YES_NO:
        return [(YES, "")]
    if kind != Type.TEXT:
        return []
    language = language_of_names()
    choices = tag.spec.choices if isinstance(tag.spec, Manual) else ()
    values = list(tag.values) or list(choices)
    return [(each, str(tag.values.get(each, {}).get(language, each))) for each in values]
