from json import loads
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.know.events.conftest import CLICK, VIEW, Happen

from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.events import matching
from regulars.know.events.service import (
    Definition,
    Touch,
    change_rule,
    count_rules,
    definition_of,
    dynamic_events,
    get_rule,
    list_versions,
    make_rule,
    preview,
    restore_rule,
    set_rule_active,
    today,
    touch_of,
)

BUY = Definition(host="shop.example", path="/p/1", selector="#buy")


def rows(relation: matching.Relation) -> list[dict[str, Any]]:
    return query(relation.sql, relation.parameters).to_pylist()


def test_a_click_made_before_the_rule_existed_is_counted_by_it_afterwards(happen: Happen) -> None:
    happen({}, {}, days_ago=3)
    rule = make_rule(None, "Into the basket", BUY)
    assert count_rules()[rule.pk].events == 2
    happen({})
    counted = count_rules()[rule.pk]
    assert counted.events == 3
    assert counted.by_day[today()] == 1
    assert len(counted.by_day) == 30


def test_what_is_previewed_is_what_the_rule_then_counts(happen: Happen) -> None:
    happen({"anonymous_id": "a1"}, {"anonymous_id": "a2"}, {"content": "else", "selector": "#x"})
    happen({}, days_ago=45)
    seen = preview(BUY)
    assert (seen.events, seen.people, sum(seen.by_day.values())) == (2, 2, 2)
    assert {sample["anonymous_id"] for sample in seen.samples} == {"a1", "a2"}
    rule = make_rule(None, "Into the basket", BUY)
    assert count_rules()[rule.pk].by_day == seen.by_day


def test_nothing_matched_is_no_event_of_nobody(happen: Happen) -> None:
    seen = preview(BUY)
    assert (seen.events, seen.people, seen.last_at, seen.samples) == (0, 0, None, [])


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({}, 6),
        ({"path": "/p/1"}, 5),
        ({"content": "买"}, 2),
        ({"position": 0}, 1),
        ({"content": "买", "position": 2}, 1),
        ({"source": "mini"}, 1),
        ({"element_path": ""}, 4),
        ({"selector": ""}, 2),
        ({"host": ""}, 1),
    ],
)
def test_a_rule_is_narrowed_by_page_text_place_and_element(
    happen: Happen, narrowed: dict[str, Any], expected: int
) -> None:
    listed = {"selector": None, "element_path": "ul > li > button", "content": "买"}
    happen(
        {}, {"source": "mini"}, {"url_path": "/p/2"}, {"content": "other"},
        {**listed, "position": 0}, {**listed, "position": 2},
        {"url_path": "/q"}, {"url_host": "else.example"}, {"url_host": None},
    )  # fmt: skip
    happen({}, of=VIEW)
    wide = {"host": "shop.example", "path": "/p/*", "selector": "#buy"}
    wide["element_path"] = "ul > li > button"
    assert preview(Definition(**{**wide, **narrowed})).events == expected


def test_a_page_view_can_be_an_event_too(happen: Happen) -> None:
    happen({}, {"url_path": "/p/2"}, {"url_path": "/q"}, of=VIEW)
    happen({"type": "track", "name": "$pageview"}, of=VIEW)
    happen({})
    assert preview(Definition(touch="view", host="shop.example", path="/p/*")).events == 3


def test_one_event_can_be_what_two_rules_ask_for_and_carries_what_each_names(
    happen: Happen,
) -> None:
    happen({"position": 4, "properties": '{"sku": "P1", "$a b": 3}'})
    named = {"place": "position", "sku": "properties.sku", "odd": "properties.$a b"}
    make_rule(None, "Into the basket", Definition(**{**BUY.as_json(), "properties": named}))
    make_rule(None, "Any press", Definition(host="shop.example", content="加入购物车"))
    found = {row["rule_name"]: loads(row["rule_properties"]) for row in rows(dynamic_events())}
    carried = {"place": 4, "sku": "P1", "odd": 3}
    assert found == {"Into the basket": carried, "Any press": {}}


def test_what_an_event_is_called_in_python_is_what_the_matcher_makes_of_it(
    happen: Happen,
) -> None:
    for kind in ("track", "page", "screen", "view", "click", "identify"):
        for name in ("$WebClick", "$MPClick", "$pageview", "$MPViewScreen", "click", "Else", None):
            run(Statement("DELETE FROM events"))
            happen({"type": kind, "name": name})
            told = touch_of(kind, name)
            for touch in Touch:
                matched = preview(Definition(touch=touch, host="shop.example", selector="#buy"))
                assert (matched.events == 1) == (told == touch), (kind, name, touch)


def test_without_a_rule_there_are_no_dynamic_events(happen: Happen) -> None:
    happen({})
    assert rows(dynamic_events()) == []
    assert count_rules() == {}


def test_a_rule_that_is_off_counts_nothing_before_or_after(happen: Happen) -> None:
    happen({})
    rule = make_rule(None, "Into the basket", BUY)
    set_rule_active(None, rule, False)
    assert rule.pk not in count_rules()
    set_rule_active(None, rule, True)
    assert count_rules()[rule.pk].events == 1


def test_every_change_is_a_version_and_any_can_be_restored(happen: Happen) -> None:
    happen({}, {"url_path": "/p/2"})
    rule = make_rule(None, "Into the basket", BUY)
    wider = Definition(**{**BUY.as_json(), "path": "/p/*"})
    rule = change_rule(None, rule, "Into the basket", wider)
    assert (rule.version, count_rules()[rule.pk].events) == (2, 2)
    rule = change_rule(None, rule, "Basket", wider)
    assert (rule.version, rule.name) == (2, "Basket")
    rule = restore_rule(None, rule, 1)
    assert (rule.version, definition_of(rule), count_rules()[rule.pk].events) == (3, BUY, 1)
    assert [version.number for version in list_versions(rule)] == [3, 2, 1]
    actions = Entry.objects.filter(subject_type="event_rule").values_list("action", flat=True)
    assert sorted(actions) == ["event_rule.changed"] * 3 + ["event_rule.made"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"path": ""}, "path"),
        ({"path": "/a*b"}, "path"),
        ({"selector": ""}, "selector"),
        ({"touch": "dance"}, "touch"),
        ({"position": -1}, "position"),
        ({"content": "x" * 2_001}, "content"),
        ({"properties": {"no good": "content"}}, "properties"),
        ({"properties": {"good": "nowhere"}}, "properties"),
        ({"properties": {"good": 'properties.a"b'}}, "properties"),
        ({"properties": {f"p{n}": "content" for n in range(21)}}, "properties"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_the_field_at_fault(
    db: None, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        make_rule(None, "Basket", Definition(**{**BUY.as_json(), **wrong}))
    assert refused.value.field == field


def test_two_events_cannot_have_one_name_and_none_can_have_no_name(db: None) -> None:
    make_rule(None, "Basket", BUY)
    for name in (" Basket ", "  ", "x" * 101):
        with pytest.raises(UserError) as refused:
            make_rule(None, name, BUY)
        assert refused.value.field == "name"
    with pytest.raises(NotFound):
        get_rule(0)


TEXTS = st.sampled_from(["", "a", "a'b", "/p/1", "/p/", "*", "$1", "买"])
EVENTS = st.fixed_dictionaries(
    {
        "url_host": st.sampled_from(["h", None]),
        "url_path": st.sampled_from(["/p/1", "/p/", "/p", "a'b", "*", None]),
        "content": st.one_of(st.none(), TEXTS),
        "position": st.sampled_from([None, 0, 1]),
        "selector": st.one_of(st.none(), TEXTS),
        "element_path": st.one_of(st.none(), TEXTS),
    }
)
DEFINITIONS = st.builds(
    Definition,
    host=st.sampled_from(["h", ""]),
    path=st.sampled_from(["/p/1", "/p/*", "*", "a'b"]),
    content=TEXTS,
    position=st.sampled_from([None, 0, 1]),
    selector=TEXTS,
    element_path=TEXTS,
).filter(lambda each: each.selector or each.element_path or each.content)


def is_met(event: dict[str, Any], rule: Definition) -> bool:
    """The rule of the guide, said once more in Python."""
    path, wanted = event["url_path"], rule.path
    on_page = path == wanted
    if wanted.endswith("*"):
        on_page = wanted == "*" or (path is not None and path.startswith(wanted[:-1]))
    elements = [name for name in ("selector", "element_path") if getattr(rule, name)]
    return (
        (event["url_host"] or "") == rule.host
        and on_page
        and rule.content in ("", event["content"])
        and rule.position in (None, event["position"])
        and (not elements or any(event[name] == getattr(rule, name) for name in elements))
    )


def test_the_matcher_is_the_rule_of_the_guide_whatever_stands_in_texts(happen: Happen) -> None:
    @given(st.lists(EVENTS, min_size=1, max_size=12), st.lists(DEFINITIONS, max_size=4))
    @settings(max_examples=40, deadline=None)
    def holds(events: list[dict[str, Any]], rules: list[Definition]) -> None:
        run(Statement("DELETE FROM events"))
        happen(*({**CLICK, **event} for event in events))
        named = [matching.Named(n, str(n), rule) for n, rule in enumerate(rules, 1)]
        found = rows(matching.dynamic_events(named))
        expected = sum(is_met(event, rule) for event in events for rule in rules)
        assert len(found) == expected
        for number, rule in enumerate(rules, 1):
            alone = len(rows(matching.matching(rule)))
            assert alone == len([row for row in found if row["rule_id"] == number])

    holds()
