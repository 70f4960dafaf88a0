"""The demo's real chain, loaded once a run by the real path: import, inbox, loader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.acceptance.journey import Deployment, make_deployment, standing_on

from regulars.demo.complete_journey import write_complete_journey
from regulars.ground.kit.progress import silent
from regulars.know.imports.service import import_path, wait_for
from regulars.know.loader.service import prepare


@pytest.fixture(scope="session")
def journey_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("journey")
    write_complete_journey(out, silent)
    return out


@pytest.fixture(scope="session")
def journey_loaded(
    journey_files: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Deployment]:
    with django_db_blocker.unblock():
        deployment = make_deployment("journey", journey_files / "regulars.toml")
        with standing_on(deployment):
            prepare()
            standings = wait_for(import_path(journey_files), loads_here=True)
    assert not any(standing.error or standing.rows_rejected for standing in standings)
    yield deployment
    deployment.engine.close()


@pytest.fixture(scope="module")
def journey(journey_loaded: Deployment, django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    """Tests of this module ask the journey's chain; what they write is taken back."""
    with django_db_blocker.unblock(), standing_on(journey_loaded):
        yield journey_loaded
