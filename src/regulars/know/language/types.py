"""What a value is, and which values go together."""

from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from sqlglot.expressions import Expr

from regulars.know.language.tree import Behaviour, InOrg, InSegment, Name, Sampled, Sequence, Span


class Type(TextChoices):
    """ANY is a property of an event: what it is compared with says what it is."""

    COUNT = "count", _("whole number")
    NUMBER = "number", _("number")
    MONEY = "money", _("money")
    SHARE = "share", _("share")
    TEXT = "text", _("text")
    DATE = "date", _("date")
    YES_NO = "yes_no", _("yes or no")
    ANY = "any", _("any")


NUMERIC = frozenset({Type.COUNT, Type.NUMBER, Type.SHARE})
STORED_AS = {
    Type.COUNT: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.MONEY: "BIGINT",
    Type.SHARE: "DOUBLE",
    Type.TEXT: "VARCHAR",
    Type.DATE: "DATE",
    Type.YES_NO: "BOOLEAN",
}
"""Money in cents."""


@dataclass(frozen=True)
class Typed:
    """SQL and what its value is; `literal` where it is written out, so that it can still become
    money or a date."""

    sql: Expr
    type: Type
    is_literal: bool = False
    under: "Under | None" = None
    at: Span = field(default=(0, 0), compare=False)


class Under(Protocol):
    """Says of a value that has a tree above it whether it lies at or below a place of it."""

    def __call__(self, code: str) -> Expr: ...


Special = Behaviour | Sequence | InSegment | InOrg | Sampled


class Names(Protocol):
    """What the names of a text mean. Both raise TextError for what means nothing here."""

    def resolve(self, name: Name) -> Typed: ...

    def special(self, node: Special) -> Expr:
        """The condition that a behaviour, a sequence, a segment, a place or a sample is."""
        ...
