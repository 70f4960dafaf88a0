"""The whole library on the demo's chain: brought from day to day it is what computing everybody as
of the last day gives."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.acceptance.journey import Deployment

from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.tags.library import bring_library
from regulars.know.tags.service import Subject, compute_all, count_waiting, sweep, update_changed

pytestmark = pytest.mark.django_db
DAYS = date(2017, 10, 15), date(2017, 10, 16), date(2017, 11, 20)
SOME = (
    "INSERT INTO changed_members (member_id) SELECT member_id FROM members WHERE member_id % 7 = 0"
)


@pytest.fixture(autouse=True)
def _library(journey: Deployment) -> Iterator[None]:
    bring_library()
    yield
    run(Statement("DROP VIEW member_tags"), Statement("DELETE FROM tag_states"))


def test_from_day_to_day_is_the_same_as_whole() -> None:
    first, *then = DAYS
    compute_all(Subject.MEMBER, first)
    for day in then:
        sweep(day)
    run(Statement(SOME))
    assert update_changed(day) > 300
    assert count_waiting() == 0
    kept = _rows()
    compute_all(Subject.MEMBER, day)
    whole = _rows()
    assert len(whole) == len(kept) > 2_000
    assert {code: _column(kept, code) for code in kept[0]} == {
        code: _column(whole, code) for code in whole[0]
    }


def _rows() -> list[dict[str, Any]]:
    return query("SELECT * FROM member_tags ORDER BY member_id").to_pylist()


def _column(rows: list[dict[str, Any]], code: str) -> list[Any]:
    return [row[code] for row in rows]
