"""The tags of one member, product, store or colleague, and why they are what they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from sqlglot import exp

from regulars.ground.kit import clock
from regulars.ground.warehouse.service import query
from regulars.know.tags.checking import depends_on
from regulars.know.tags.definitions import Tag
from regulars.know.tags.models import Definition
from regulars.know.tags.registry import Defined, defined
from regulars.know.tags.subjects import CARRIERS, Subject
from regulars.know.tags.tables import computed_columns, parameter, spoken


@dataclass(frozen=True)
class Value:
    """A tag with its value as it stands: cents, whole numbers, dates, texts, None where unknown.
    `because` has the values that it follows from."""

    tag: Tag
    value: Any
    because: Sequence["Value"] = field(default=())

    @property
    def code(self) -> str:
        return self.tag.code

    @property
    def name(self) -> str:
        return name_of(self.tag)

    @property
    def text(self) -> str:
        """What a text says in the reader's language."""
        said = self.tag.values.get(str(self.value), {})
        return str(said.get(language_of_names(), self.value))


def list_values(subject: Subject, owner_id: int) -> list[Value]:
    """All tags of an owner, those of a group together; none before they were ever computed."""
    told = defined(subject)
    found = _row(told, owner_id)
    return values_of(told, found) if found is not None else []


def values_of(told: Defined, found: Mapping[str, Any]) -> list[Value]:
    """What was found by the tags' codes, those of a group together, each with what it follows
    from."""
    by_code = {tag.code: Value(tag, found.get(tag.code)) for tag in told.checked.tags}
    return sorted(
        (_explained(value, by_code) for value in by_code.values()),
        key=lambda value: (value.tag.group, value.name),
    )


def name_of(told: Tag | Definition) -> str:
    """A tag's name in the reader's language."""
    return str(told.zh if language_of_names() == "zh" else told.en)


def note_of(told: Tag | Definition) -> str:
    """A tag's note; that of a ready definition stands in both languages."""
    chinese, _slash, english = told.note.partition(" / ")
    return chinese if not english or language_of_names() == "zh" else english


def _explained(value: Value, by_code: Mapping[str, Value]) -> Value:
    because = [by_code[code] for code in sorted(depends_on(value.tag))]
    return Value(value.tag, value.value, because)


def _row(told: Defined, owner_id: int) -> dict[str, Any] | None:
    """What is computed of an owner, by the tags' codes: one that was just defined is not yet."""
    computed = computed_columns(told)
    if not computed:
        return None
    select, sql = _question(told, computed)
    rows = query(sql, {"owner": owner_id} | spoken(select, clock.today())).to_pylist()
    return dict(rows[0]) if rows else None


@lru_cache(maxsize=8)
def _question(told: Defined, computed: frozenset[str]) -> tuple[exp.Select, str]:
    """As long as the definitions: made once."""
    carrier = CARRIERS[told.subject]
    select = exp.select(exp.column(carrier.key)).from_(carrier.table)
    for code in told.columns.tags:
        value = told.columns.read(code)
        if {column.name for column in value.find_all(exp.Column)} <= computed:
            select.select(value.as_(code), copy=False)
    select.where(exp.column(carrier.key).eq(parameter("owner")), copy=False)
    return select, select.sql("duckdb")


def language_of_names() -> str:
    """Which of the names of a tag or of its values the reader reads: "zh" or "en"."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"
