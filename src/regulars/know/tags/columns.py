"""What stands in a subject's wide table, and how a tag is read from it.

Days since something grow for everybody with every day: such a tag is kept as the day itself, or not
at all where a rule counts on from today, and worked out when it is read.
"""

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.expressions import Expr

from regulars.know.language.compiling import TODAY, compiled
from regulars.know.language.parsing import parsed
from regulars.know.language.tree import Name
from regulars.know.language.types import STORED_AS, Type, Typed
from regulars.know.tags.checking import Checked
from regulars.know.tags.definitions import Aggregate, Kind, Measure, Rule, Tag
from regulars.know.tags.names import TagNames

GROWING = frozenset({Type.COUNT, Type.NUMBER})


class Columns:
    """The columns of the checked tags of one subject."""

    def __init__(self, checked: Checked) -> None:
        self.tags = {tag.code: tag for tag in checked.tags}
        self._types = checked.types
        self._read: dict[str, Expr] = {}
        self.stored: list[Tag] = []
        for tag in checked.tags:
            value = self._value(tag)
            self._read[tag.code] = value if value is not None else exp.column(tag.code)
            if value is None or _is_kept_as_day(tag):
                self.stored.append(tag)

    def type_of(self, tag: Tag) -> str:
        """As DuckDB stores it."""
        return "DATE" if _is_kept_as_day(tag) else STORED_AS[self._types[tag.code]]

    def read(self, code: str, table: str = "") -> Expr:
        """The value of a tag over the wide table's columns; `$today` may stand in it."""
        told = self._read[code].copy()
        for column in list(told.find_all(exp.Column)):
            if table:
                column.set("table", exp.to_identifier(table))
        return told

    def names(self, table: str = "") -> "ReadNames":
        return ReadNames(self, self._types, table)

    def rule(self, tag: Tag) -> Expr:
        """What a rule says, over the columns that it stands on; yes or no is never unknown."""
        assert isinstance(tag.spec, Rule)
        found = compiled(parsed(tag.spec.text), self.names())
        if found.type == Type.YES_NO:
            return exp.func("COALESCE", found.sql, exp.false())
        return found.sql

    def _value(self, tag: Tag) -> Expr | None:
        """How it is worked out when it is read; None where it simply stands there."""
        if _is_kept_as_day(tag):
            return exp.paren(exp.Sub(this=TODAY.copy(), expression=exp.column(tag.code)))
        if tag.kind != Kind.RULE or self._types[tag.code] not in GROWING:
            return None
        told = self.rule(tag)
        return exp.paren(told) if told.find(exp.Placeholder) else None


class ReadNames(TagNames):
    """Tags as they are read."""

    def __init__(self, columns: Columns, types: Mapping[str, Type], table: str) -> None:
        super().__init__(types, table)
        self._columns = columns

    def resolve(self, name: Name) -> Typed:
        known = super().resolve(name)
        return Typed(self._columns.read(name.name, self._table), known.type, at=name.at)


def _is_kept_as_day(tag: Tag) -> bool:
    return isinstance(tag.spec, Aggregate) and tag.spec.measure == Measure.DAYS_SINCE
