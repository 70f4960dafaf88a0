"""What names mean: a field of a fact where rows are chosen, a tag where tags stand on tags."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.errors import TextError
from regulars.know.language.tree import Name
from regulars.know.language.types import Special, Type, Typed
from regulars.know.tags.facts import FACTS, field_sql

PROPERTIES = "properties."
PATH = " > "


class FactNames:
    """The fields of a fact, its own in the relation `f`, others in that of their dimension."""

    def __init__(self, fact: str) -> None:
        self._fact = fact

    def resolve(self, name: Name) -> Typed:
        fact = FACTS[self._fact]
        if fact.has_properties and name.name.startswith(PROPERTIES):
            return Typed(_property(name.name.removeprefix(PROPERTIES)), Type.ANY, at=name.at)
        field = fact.fields.get(name.name)
        if field is None:
            raise TextError(
                _("“%(name)s” is no field of %(fact)s.") % {"name": name.name, "fact": fact.label},
                name.at,
            )
        sql = field_sql(self._fact, name.name)
        under = (lambda code: _at_or_below(name.name, sql, code)) if field.has_tree else None
        return Typed(sql, field.type, under=under, at=name.at)

    def special(self, node: Special) -> Expr:
        raise TextError(_("What was done cannot be asked of a single record."), node.at)


class TagNames:
    """The tags of a subject, as columns."""

    def __init__(self, types: Mapping[str, Type], table: str = "") -> None:
        self._types = types
        self._table = table

    def resolve(self, name: Name) -> Typed:
        kind = self._types.get(name.name)
        if kind is None:
            raise TextError(_("There is no tag “%s”.") % name.name, name.at)
        return Typed(exp.column(name.name, self._table or None), kind, at=name.at)

    def special(self, node: Special) -> Expr:
        raise TextError(_("A rule stands on tags alone: make this a segment."), node.at)


def _property(key: str) -> Expr:
    path = exp.Literal.string(f'$."{key}"')
    return exp.Anonymous(
        this="json_extract_string", expressions=[exp.column("properties", "f"), path]
    )


def _at_or_below(field: str, value: Expr, code: str) -> Expr:
    """A category by its path, a store by the places above it."""
    told = exp.Literal.string(code)
    if field == "store":
        return exp.Anonymous(
            this="list_contains", expressions=[exp.column("places", "store"), told]
        )
    below = exp.func("STARTS_WITH", value.copy(), exp.Literal.string(code + PATH), dialect="duckdb")
    return exp.paren(exp.or_(exp.EQ(this=value.copy(), expression=told), below))
