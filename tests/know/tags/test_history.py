"""A tag as of a day is what it was worked out to be on that day."""

from datetime import date
from typing import Any

import pytest
from tests.kept_chain import stand_on
from tests.know.identities.small_chain import bring, member
from tests.know.tags.small_library import TODAY, bring_tags, tag

from regulars.ground.accounts.models import User
from regulars.ground.accounts.service import create_user
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.service import get_node
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import Statement, run
from regulars.know.tags.manual import bring_manual, set_value
from regulars.know.tags.models import Definition
from regulars.know.tags.registry import save
from regulars.know.tags.service import (
    Point,
    Subject,
    compute_all,
    list_months_of,
    list_values,
    list_values_on,
    update_changed,
)

MEMBER = Subject.MEMBER
THEN = date(2020, 2, 5)
RANKS = {"r_score", "m_score", "top_here", "lifecycle"}
"""They go by the cuts of today, and what stands on them."""


def told(values: Any) -> dict[str, Any]:
    return {value.code: value.value for value in values}


@pytest.fixture
def tagged(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.ground.kit.clock.today", lambda: TODAY)
    stand_on("two shops, tagged by hand and by models", _bring_tagged, warehouse)


def _bring_tagged() -> None:
    bring()
    bring_tags()
    save(None, "note", tag("manual", type="text"))
    save(None, "alive", tag("model", model="lifetime", output="alive"))
    compute_all(MEMBER, TODAY)


@pytest.mark.usefixtures("tagged")
def test_a_day_that_was_is_worked_out_as_it_was_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = create_user(None, "hq", "熟客-of-the-house-7", User.Role.OPERATIONS)
    who = member("M2").pk
    for day, said in ((date(2020, 2, 1), "early"), (TODAY, "late")):
        with monkeypatch.context() as patched:
            patched.setattr("regulars.ground.kit.clock.today", lambda day=day: day)
            set_value(clerk, MEMBER, who, "note", said)
    bring_manual()
    run(Statement("INSERT INTO model_lifetime VALUES ($who, 0.5, 1.0, 100)", {"who": who}))
    update_changed(TODAY)
    now = told(list_values(MEMBER, who))
    assert (now["note"], now["alive"]) == ("late", 0.5)

    then = told(list_values_on(MEMBER, who, THEN))
    assert (then["note"], then["alive"]) == ("early", None)
    assert then["spend"] == 30_000  # and 7,000 four days later
    assert then["recency"] == 2
    assert then["days_quiet"] == 1
    assert list_months_of(MEMBER, who, "spend") == [
        Point(date(2020, 1, 31), 0), Point(date(2020, 2, 29), 37_000), Point(TODAY, 37_000),
    ]  # fmt: skip
    assert [p.value for p in list_months_of(MEMBER, who, "days_quiet")] == [None, 19, 20]

    # The whole library of them, against computing everybody as of that day.
    compute_all(MEMBER, THEN)
    monkeypatch.setattr("regulars.ground.kit.clock.today", lambda: THEN)
    whole = told(list_values(MEMBER, who))
    apart = RANKS | {"alive"}
    assert {c: v for c, v in then.items() if c not in apart} == {
        c: v for c, v in whole.items() if c not in apart
    }


@pytest.mark.usefixtures("tagged")
def test_days_without_data_and_tags_that_are_none_are_refused() -> None:
    who = member("M1").pk
    with pytest.raises(UserError, match="2020-03-02 is still to come") as refused:
        list_values_on(MEMBER, who, date(2020, 3, 2))
    assert refused.value.field == "on"
    with pytest.raises(UserError, match="begin on 2020-01-05"):
        list_values_on(MEMBER, who, date(2020, 1, 4))
    with pytest.raises(NotFound):
        list_months_of(MEMBER, who, "nobody")
    assert told(list_values_on(MEMBER, who, TODAY)) == told(list_values(MEMBER, who))
    compute_all(Subject.STORE, TODAY)
    assert list_values_on(Subject.STORE, get_node("S1").pk, THEN) == []
    assert Definition.objects.filter(subject="store").count() == 0
