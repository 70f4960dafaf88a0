"""A simulated chain with the library's tags, which the tests of this room ask: made once."""

from collections.abc import Iterator
from datetime import date

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.acceptance.journey import Deployment, make_deployment, standing_on

from regulars.demo.simulate import simulate
from regulars.ground.accounts.access import Scope, scope_of
from regulars.ground.accounts.models import User
from regulars.ground.accounts.service import create_user
from regulars.ground.kit.progress import silent
from regulars.know.imports.service import import_path, wait_for
from regulars.know.loader.service import prepare
from regulars.know.tags.library import bring_library
from regulars.know.tags.service import Subject, compute_all

END = date(2026, 6, 30)
SIZE = {"members": 1_200, "stores": 6, "days": 400, "seed": 5, "end": END}
PASSWORD = "熟客-of-the-house-7"


@pytest.fixture(scope="session")
def tagged_loaded(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Deployment]:
    out = tmp_path_factory.mktemp("plays") / "out"
    simulate(out, **SIZE)
    with django_db_blocker.unblock():
        deployment = make_deployment("plays", out / "regulars.toml")
        with standing_on(deployment):
            prepare()
            wait_for(import_path(out, progress=silent), loads_here=True)
            bring_library()
            compute_all(Subject.MEMBER, END)
    yield deployment
    deployment.engine.close()


@pytest.fixture(scope="module")
def tagged(tagged_loaded: Deployment, django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    with django_db_blocker.unblock(), standing_on(tagged_loaded):
        yield tagged_loaded


@pytest.fixture
def maker(tagged: Deployment, db: None) -> User:
    return create_user(None, "maker", PASSWORD, User.Role.OPERATIONS)


@pytest.fixture
def approver(tagged: Deployment, db: None) -> User:
    return create_user(None, "approver", PASSWORD, User.Role.OPERATIONS)


@pytest.fixture
def scope(maker: User) -> Scope:
    return scope_of(maker)
