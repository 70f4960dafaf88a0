"""A deployment that the tests of a module ask together: made once, because that takes longest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.acceptance.journey import make_deployment, standing_on

from regulars.know.loader.service import prepare


@contextmanager
def shared_chain(
    name: str,
    making: Callable[[], None],
    folder: pytest.TempPathFactory,
    blocker: DjangoDbBlocker,
    settings: str = "",
) -> Iterator[None]:
    """For a fixture of a module's scope, whose tests are marked `django_db`: what they write to
    PostgreSQL is taken back after each, what they write to the warehouse stays."""
    path = folder.mktemp(name) / "regulars.toml"
    path.write_text(settings, "utf-8")
    with blocker.unblock():
        deployment = make_deployment(name, path)
        with standing_on(deployment):
            prepare()
            making()
            yield
        deployment.engine.close()
