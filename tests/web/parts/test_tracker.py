import pytest
from django.test import Client

from regulars.web.parts.static_files import version_of

pytestmark = pytest.mark.django_db


def test_the_tracker_is_served_to_pages_of_any_origin() -> None:
    answer = Client().get("/tracker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "$WebClick" in answer.content.decode()


def test_with_its_version_it_is_kept_for_a_year_and_without_for_an_hour() -> None:
    versioned = Client().get("/tracker.js", {"v": version_of("tracker.js")})
    assert "max-age=31536000" in versioned["Cache-Control"]
    assert "immutable" in versioned["Cache-Control"]
    for address in ("/tracker.js", "/tracker.js?v=of-yesterday"):
        kept = Client().get(address)["Cache-Control"]
        assert "max-age=3600" in kept
        assert "immutable" not in kept


def test_whoever_has_it_is_told_that_it_is_the_same() -> None:
    tag = Client().get("/tracker.js")["ETag"]
    again = Client(headers={"if-none-match": tag}).get("/tracker.js")
    assert (again.status_code, again.content) == (304, b"")
