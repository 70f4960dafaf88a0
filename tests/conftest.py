"""One disposable deployment for the whole run: a data folder and a real PostgreSQL.

Django reads its settings from the environment, so both stand before it is set up.
"""

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

_run = ExitStack()
atexit.register(_run.close)
os.environ["REGULARS_DATA"] = _run.enter_context(
    tempfile.TemporaryDirectory(prefix="regulars-test-")
)
os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
os.environ.pop("REGULARS_WAREHOUSE", None)

from regulars.ground.processes.postgres import disposable_postgres  # noqa: E402

# Folders whose tests share what took long to make; what takes longest is begun first.
TOGETHER = ("tests/acceptance/", "tests/browser/", "tests/understand/", "tests/act/opportunities/")
OURS = ["REGULARS_DATA", "DJANGO_SETTINGS_MODULE"]
if "DATABASE_URL" not in os.environ:
    OURS.append("DATABASE_URL")
    os.environ["DATABASE_URL"] = _run.enter_context(disposable_postgres())

import django  # noqa: E402

django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.utils import translation  # noqa: E402

from regulars.ground.warehouse import service as warehouse_service  # noqa: E402
from regulars.ground.warehouse.engine import Engine  # noqa: E402

# As dear as it shall be for whoever guesses it takes a fifth of a second a user; real processes do.
Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 64


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run side by side, the tests of a file stay together, and so do those of some folders."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder = next(filter(nodeid.startswith, TOGETHER), "")
            return folder or nodeid.partition("::")[0]

    config.option.loadscopereorder = False  # as `pytest_collection_modifyitems` ordered them
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nobody waits at the end for one who has much left to do."""
    items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in TOGETHER])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Processes that run tests side by side make deployments of their own, and not of ours."""
    for name in OURS:
        os.environ.pop(name, None)


def pytest_unconfigure() -> None:
    _run.close()  # a process that runs tests beside another ends without its atexit


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are looked at in English, unless a test chooses otherwise."""
    with translation.override("en"):
        yield


@pytest.fixture
def warehouse(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Engine]:
    """A fresh warehouse in memory, with its tables; what another one answered is forgotten."""
    engine = Engine(memory_limit="1GB")
    for cache in caches.all(initialized_only=True):
        cache.clear()
    monkeypatch.setattr(warehouse_service, "_backend", lambda: engine)
    from regulars.know.loader.service import prepare

    prepare()
    yield engine
    engine.close()


@pytest.fixture
def data_dir() -> Path:
    return Path(os.environ["REGULARS_DATA"])
