"""How long work tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is being done (in the user's language), how much is done, and of how much."""


def silent(step: str, done: int, total: int) -> None:
    """For callers that nobody watches."""
