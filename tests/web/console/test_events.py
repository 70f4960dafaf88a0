"""From what arrives to a named event, on the desk's pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.know.events.conftest import VIEW, Happen, happen

from regulars.ground.accounts.models import User
from regulars.know.events.models import Drift, Rule
from regulars.know.events.service import (
    count_rules,
    definition_of,
    get_rule,
    list_arriving,
    list_drifts,
    look_for_drift,
)

__all__ = ["happen"]
Role = User.Role
SignIn = Callable[..., Client]
LISTED = {
    "selector": "body > ul > li:nth-of-type(3) > button", "element_path": "body > ul > li > button",
    "content": "买", "position": 2, "properties": '{"sku": "P1", "$element_type": "button"}',
}  # fmt: skip
BY_FORM = {
    "name": "Into the basket", "touch": "click", "host": "shop.example", "path": "/p/*",
    "element": "selector", "selector": "#buy", "element_path": "button#buy",
    "content": "加入购物车", "position": "", "source": "shop",
}  # fmt: skip


@pytest.fixture
def editor(sign_in: SignIn) -> Client:
    return sign_in(Role.CONTENT_EDITOR)


def text(client: Client, name: str, *arguments: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_what_arrives_can_be_named(happen: Happen, editor: Client) -> None:
    happen(LISTED, {"content": "something old"})
    page = text(editor, "events_live", find="买")
    assert "something old" not in page
    assert "no. 3 of a list" in page
    (event,) = list_arriving("买")
    assert f"{reverse('event_rule_new')}?event={event['key']}" in page
    form = text(editor, "event_rule_new", event=event["key"])
    for value in ("shop.example", "/p/1", "body &gt; ul &gt; li &gt; button", "properties.sku"):
        assert value in form
    assert 'name="position" value="3"' in form
    assert "Nothing arrived in the last minute" in text(editor, "events_live", find="nowhere")


def test_a_page_view_that_arrives_can_be_named_too(happen: Happen, editor: Client) -> None:
    happen({}, of=VIEW)
    (event,) = list_arriving()
    form = text(editor, "event_rule_new", event=event["key"])
    assert '<option value="view" selected>' in form
    assert editor.get(reverse("event_rule_new"), {"event": "17"}).status_code == 404


def test_the_preview_tells_what_the_form_would_match(happen: Happen, editor: Client) -> None:
    happen({}, {"anonymous_id": "a2"}, {"content": "other", "selector": "#buy"}, LISTED)

    def previewed(**changes: str) -> str:
        answer = editor.post(reverse("event_rule_preview"), BY_FORM | changes)
        assert answer.status_code == 200
        return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", answer.content.decode()).split())

    assert "3 of 2 people" in previewed()
    assert "2 of 2 people" in previewed(limit_content="on")
    assert "1 of 1 person" in previewed(element="element_path", element_path=LISTED["element_path"])
    assert "0 of 0 people" in previewed(limit_source="on", source="elsewhere")
    assert "This would be every click" in previewed(element="")
    assert "end of the path alone" in previewed(path="/*/1")
    assert "required" in previewed(path="")


def test_a_form_becomes_a_rule_that_counts_what_was_before_it(
    happen: Happen, editor: Client
) -> None:
    happen({}, days_ago=4)
    happen(LISTED)
    given = BY_FORM | {
        "element": "element_path", "element_path": LISTED["element_path"],
        "limit_position": "on", "position": "3",
        "property_0": "sku", "from_0": "properties.sku", "property_1": "", "from_1": "content",
    }  # fmt: skip
    answer = editor.post(reverse("event_rule_new"), given)
    rule = get_rule(Rule.objects.get().pk)
    assert answer["Location"] == reverse("event_rule", args=[rule.pk])
    told = definition_of(rule)
    assert (told.position, told.selector, dict(told.properties)) == (
        2,
        "",
        {"sku": "properties.sku"},
    )
    page = text(editor, "event_rule", rule.pk)
    assert 'name="position" value="3"' in page
    assert "properties.$element_type" in page

    editor.post(reverse("event_rule", args=[rule.pk]), BY_FORM)
    assert count_rules()[rule.pk].events == 1
    assert "Into the basket" in text(editor, "event_rules")
    assert "dynamic event" in text(editor, "events")

    editor.post(reverse("event_rule_restore", args=[rule.pk]), {"version": "1"})
    assert definition_of(get_rule(rule.pk)) == told
    unknown = editor.post(reverse("event_rule_restore", args=[rule.pk]), {"version": "x"})
    assert unknown.status_code == 404
    editor.post(reverse("event_rule_switch", args=[rule.pk]), {"is_active": "0"})
    assert count_rules() == {}
    assert "switched off" in text(editor, "event_rule", rule.pk)


def test_a_rule_that_cannot_be_is_told_at_the_form(happen: Happen, editor: Client) -> None:
    for wrong in ({"name": ""}, {"element": ""}, {"property_0": "a b", "from_0": "content"}):
        answer = editor.post(reverse("event_rule_new"), BY_FORM | wrong)
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()
    assert not Rule.objects.exists()


def test_the_catalogue_leads_to_an_event_its_properties_and_records(
    happen: Happen, editor: Client
) -> None:
    happen({"name": "Order Completed", "properties": '{"total": 5, "phone2": "13812345678"}'})
    page = text(editor, "events")
    assert "/events/event/?source=shop&amp;event=Order+Completed" in page
    page = text(editor, "event", source="shop", event="Order Completed")
    assert "<code>total</code>" in page
    assert "13812345678" not in page
    assert "138****5678" in page
    gone = editor.get(reverse("event"), {"source": "shop", "event": "Nothing"})
    assert gone.status_code == 404


def test_a_change_in_what_comes_stands_in_the_catalogue_and_in_system_health(
    happen: Happen, editor: Client, sign_in: SignIn
) -> None:
    order = {"name": "Order Completed"}
    happen(*[order | {"properties": '{"total": 5}'}] * 30, days_ago=2)
    happen(*[order | {"properties": '{"total": "5"}'}] * 12, days_ago=1)
    look_for_drift()
    assert "was number and is now text" in text(editor, "events")
    hq = sign_in(Role.OPERATIONS)
    assert "1 property of the events" in text(hq, "health")
    (drift,) = list_drifts()
    editor.post(reverse("event_drift_dismiss", args=[drift.pk]))
    assert "is now text" not in text(editor, "events")
    assert "1 property of the events" not in text(hq, "health")
    assert Drift.objects.get().is_dismissed


def test_the_catalogue_is_there_as_excel_for_those_who_may_export(
    happen: Happen, editor: Client, sign_in: SignIn
) -> None:
    happen({})
    asked = {"export": "xlsx"}
    assert editor.get(reverse("events"), asked).status_code == 403
    for name in ("events", "event_rules"):
        assert sign_in(Role.OPERATIONS).get(reverse(name), asked).status_code == 200
