"""A simulated chain that all rooms here ask: loaded once a run, by the real path."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.acceptance.journey import Deployment, make_deployment, standing_on

from regulars.demo.simulate import simulate
from regulars.ground.kit.progress import silent
from regulars.know.imports.service import import_path, wait_for
from regulars.know.loader.service import prepare

SIZE = {"members": 3_000, "stores": 24, "days": 500, "seed": 3, "end": date(2026, 6, 30)}


@pytest.fixture(scope="session")
def simulated_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated") / "out"
    simulate(out, **SIZE)
    return out


@pytest.fixture(scope="session")
def simulated_loaded(
    simulated_files: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Deployment]:
    with django_db_blocker.unblock():
        deployment = make_deployment("simulated", simulated_files / "regulars.toml")
        with standing_on(deployment):
            prepare()
            standings = wait_for(import_path(simulated_files, progress=silent), loads_here=True)
    assert not any(standing.error or standing.rows_rejected for standing in standings)
    yield deployment
    deployment.engine.close()


@pytest.fixture(scope="module")
def simulated(
    simulated_loaded: Deployment, django_db_blocker: DjangoDbBlocker
) -> Iterator[Deployment]:
    """Tests of this module ask the simulated chain; what they write is taken back."""
    with django_db_blocker.unblock(), standing_on(simulated_loaded):
        yield simulated_loaded
