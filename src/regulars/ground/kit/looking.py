"""What one look at the system asks more than once, and is told once."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")
_seen: ContextVar[dict[Hashable, Any] | None] = ContextVar("seen", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Inside, `seen_once` asks once: a page stands on one answer to one question."""
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def seen_once(name: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers; within one look the first answer under that name holds."""
    seen = _seen.get()
    if seen is None:
        return ask()
    if name not in seen:
        seen[name] = ask()
    return cast("T", seen[name])
