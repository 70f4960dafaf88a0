"""Errors that are meant for the person in front of the screen."""

from collections.abc import Mapping

from django.utils.functional import Promise


class UserError(Exception):
    """Wrong input. The message names what and where, in the user's language.

    `field` is the parameter or column at fault, where one is. `facts` go into the message when it
    is shown: what may be raised in another thread, or before Django is set up, cannot be
    translated there.
    """

    def __init__(
        self,
        message: str | Promise,
        *,
        field: str | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        text = str(self.args[0])
        return text % self.facts if self.facts else text


class NotAllowed(UserError):
    """The user's role or scope does not cover what was asked."""


class NotFound(UserError):
    """What was named does not exist, or not for this user."""


class NoRoom(UserError):
    """Nothing more can be stored just now: the disk is nearly full. Later it may be."""
