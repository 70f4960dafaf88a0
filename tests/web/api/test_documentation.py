"""The documentation is complete, and shows under our content security policy."""

import re
from contextlib import closing

import pytest
from django.test import Client

from regulars.know.collect.layouts import LAYOUTS
from regulars.web.api import schemas
from regulars.web.api.api import api

pytestmark = pytest.mark.django_db


def test_the_page_loads_its_own_files_and_no_inline_script() -> None:
    answer = Client().get("/api/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "'unsafe-eval'" not in answer.headers["Content-Security-Policy"]
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sources
    assert all(source.startswith("/static/") for source in sources)
    for opening, content in re.findall(r"(<script[^>]*>)(.*?)</script>", page, re.S):
        assert "src=" in opening or "application/json" in opening
        assert "src=" not in opening or not content.strip()
    for source in sources:
        with closing(Client().get(source)) as file:
            assert file.status_code == 200, source


def test_every_operation_says_what_it_does_and_how_it_refuses() -> None:
    document = Client().get("/api/openapi.json").json()
    for path, operations in document["paths"].items():
        assert path.startswith("/api/v1/")
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["description"], where
            assert {"Token": []} in operation["security"], where
            assert {"200", "401", "403", "422"} <= set(operation["responses"]), where


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("stores", schemas.StoreIn),
        ("staff", schemas.StaffIn),
        ("products", schemas.ProductIn),
        ("members", schemas.MemberIn),
    ],
)
def test_what_the_api_takes_is_what_files_hold(kind: str, shape: type[schemas.Record]) -> None:
    assert set(shape.model_fields) == {column.name for column in LAYOUTS[kind]}


def test_order_lines_are_those_of_files() -> None:
    fields = {*schemas.OrderIn.model_fields, *schemas.LineIn.model_fields} - {"lines"}
    assert fields == {column.name for column in LAYOUTS["lines"]}


def test_an_address_that_is_none_answers_in_json(client: Client) -> None:
    assert api.urls_namespace == "api"
    assert client.get("/api/v1/nothing").status_code == 404
