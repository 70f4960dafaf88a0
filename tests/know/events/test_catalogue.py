from datetime import timedelta

import pytest
from tests.know.events.conftest import VIEW, Happen

from regulars.ground.kit.errors import NotFound
from regulars.know.events.service import (
    get_event,
    get_one,
    list_arriving,
    list_events,
    list_samples,
    today,
)


def test_the_catalogue_names_each_event_of_each_source_with_its_days(happen: Happen) -> None:
    happen({}, {}, {"source": "mini"}, {"name": "Order Completed"})
    happen({}, days_ago=2)
    happen({}, {"name": "Another title"}, of=VIEW)
    happen({"name": "Old"}, days_ago=40)
    happen({"name": "Gone"}, days_ago=100)
    found = {(entry.source, entry.event): entry.events for entry in list_events()}
    assert found == {
        ("shop", "$WebClick"): 3, ("shop", "page"): 2, ("mini", "$WebClick"): 1,
        ("shop", "Order Completed"): 1, ("shop", "Old"): 0,
    }  # fmt: skip
    clicks = get_event("shop", "$WebClick")
    assert clicks.by_day[today()] == 2
    assert clicks.by_day[today() - timedelta(days=2)] == 1
    assert len(clicks.by_day) == 30
    with pytest.raises(NotFound):
        get_event("shop", "Gone")


def test_samples_are_the_latest_and_one_can_be_taken_by_its_key(happen: Happen) -> None:
    happen({"content": "before"}, days_ago=1)
    happen({"content": "now", "properties": '{"sku":"P1"}'})
    now, before = list_samples("shop", "$WebClick")
    assert (now["content"], before["content"]) == ("now", "before")
    assert get_one(now["key"]) == now
    assert now["properties"] == '{"sku":"P1"}'
    for unknown in ("0", "x", str(2**128), "١"):
        with pytest.raises(NotFound):
            get_one(unknown)


def test_what_arrives_is_what_was_received_in_the_last_minute_and_can_be_searched(
    happen: Happen,
) -> None:
    happen({"content": "long ago"}, days_ago=0.01)
    happen({"content": "Buy NOW", "url_path": "/p/9"}, {"content": None, "anonymous_id": "me"})
    assert {each["content"] for each in list_arriving()} == {"Buy NOW", None}
    assert [each["content"] for each in list_arriving("buy now")] == ["Buy NOW"]
    assert [each["path"] for each in list_arriving("example/p/9")] == ["/p/9"]
    assert [each["anonymous_id"] for each in list_arriving("me")][:1] == ["me"]
    assert list_arriving("' OR 1=1 --") == []
