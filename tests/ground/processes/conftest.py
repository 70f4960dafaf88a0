"""A data folder, and systems started on it."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ground.processes.harness import SmallSystem


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data folder that an unprivileged user can reach, the same for all tests of a file."""
    with tempfile.TemporaryDirectory(prefix="regulars-test-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., SmallSystem]]:
    """Starts small systems, and stops those that a test left."""
    started: list[SmallSystem] = []

    def start_one(*options: str, **others: Any) -> SmallSystem:
        started.append(SmallSystem(data_dir, *options, **others))
        return started[-1]

    yield start_one
    for system in started:
        system.signal(signal.SIGTERM)
        system.finish()
