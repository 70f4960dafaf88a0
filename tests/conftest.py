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

BROWSER = "tests/browser/"
OURS = ["REGULARS_DATA", "DJANGO_SETTINGS_MODULE"]
if "DATABASE_URL" not in os.environ:
    OURS.append("DATABASE_URL")
    os.environ["DATABASE_URL"] = _run.enter_context(disposable_postgres())

import django  # noqa: E402

django.setup()

from django.core.cache import cache  # noqa: E402
from django.utils import translation  # noqa: E402

from regulars.ground.warehouse import service as warehouse_service  # noqa: E402
from regulars.ground.warehouse.engine import Engine  # noqa: E402


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run side by side, the tests of a file stay together: they share what took long to make. Those
    before a browser share one system."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]

    return Together(config, log)


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
    cache.clear()
    monkeypatch.setattr(warehouse_service, "_backend", lambda: engine)
    from regulars.know.loader.service import prepare

    prepare()
    yield engine
    engine.close()


@pytest.fixture
def data_dir() -> Path:
    return Path(os.environ["REGULARS_DATA"])
