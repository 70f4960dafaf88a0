"""A NUL in an address or a form is refused with the field's name, before anything is asked."""

import pytest
from django.test import Client

from regulars.ground.accounts.models import User

pytestmark = pytest.mark.django_db
NUL = "a\0b"


def test_in_an_address(sign_in) -> None:
    hq = sign_in(User.Role.OPERATIONS)
    answer = hq.get("/members/", {"find": NUL})
    assert answer.status_code == 400
    assert "“find” holds a NUL character" in answer.content.decode()
    assert hq.get("/members/", {"find": "a b"}).status_code == 200
    assert hq.get("/stores/a%00b/").status_code == 400


def test_in_a_form(sign_in) -> None:
    answer = sign_in(User.Role.OPERATIONS).post("/sources/new/", {"name": NUL})
    assert answer.status_code == 400
    assert "“name” holds a NUL character" in answer.content.decode()


def test_before_anyone_has_signed_in() -> None:
    assert Client().get("/accounts/login/", {"next": NUL}).status_code == 400


def test_in_what_the_api_is_asked_and_sent(sign_in) -> None:
    hq = sign_in(User.Role.OPERATIONS)
    asked = hq.get("/api/v1/metrics/tree", {"category": NUL})
    assert asked.status_code == 400
    assert asked.json()["error"]["field"] == "category"
