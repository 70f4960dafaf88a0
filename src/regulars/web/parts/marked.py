"""A text with the place where it is wrong."""

from dataclasses import dataclass

from regulars.know.language.errors import TextError


@dataclass(frozen=True)
class Marked:
    """`at` is what is wrong, empty where something is missing."""

    message: str
    before: str
    at: str
    after: str


def marked(error: TextError, text: str) -> Marked:
    """What an error says of a text, and the text around its place."""
    start, end = error.at
    return Marked(str(error), text[:start], text[start:end], text[end:])
