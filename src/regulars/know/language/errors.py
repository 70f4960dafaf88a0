"""What is wrong with a text, and where."""

from django.utils.functional import Promise

from regulars.ground.kit.errors import UserError
from regulars.know.language.tree import Span


class TextError(UserError):
    """`at` says from and up to which character."""

    def __init__(self, message: str | Promise, at: Span) -> None:
        super().__init__(message, field="text")
        self.at = at
