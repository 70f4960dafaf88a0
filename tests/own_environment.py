"""The environment of a command that a test starts: without the tests' own deployment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

OURS = ("DATABASE_URL", "REGULARS_DATA", "REGULARS_WAREHOUSE")


def own_environment(language: str = "C.UTF-8") -> dict[str, str]:
    """`language` as the shell's LANG names it: English, unless it is Chinese."""
    theirs = {name: value for name, value in os.environ.items() if name not in OURS}
    return theirs | {"LANG": language}


@contextmanager
def without_ours() -> Iterator[None]:
    """The same for this process, as long as the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OURS:
            patch.delenv(name, raising=False)
        yield
