"""Errors that are meant for the person in front of the screen."""

from django.utils.functional import Promise


class UserError(Exception):
    """Wrong input. The message names what and where, in the user's language.

    `field` is the parameter or column at fault, where one is.
    """

    def __init__(self, message: str | Promise, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    def __str__(self) -> str:
        return str(self.args[0])


class NotAllowed(UserError):
    """The user's role or scope does not cover what was asked."""


class NotFound(UserError):
    """What was named does not exist, or not for this user."""
