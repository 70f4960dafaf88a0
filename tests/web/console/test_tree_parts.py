"""What a page of goods fetches after its first paint, and how little a page asks."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from regulars.ground.accounts.models import User
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.statement import Statement

FEBRUARY = {"from": "2020-02-01", "to": "2020-02-29"}
FETCHED_TREND, FETCHED_TABLE = '{"X-Part": "trend"}', '{"X-Part": "table"}'

pytestmark = pytest.mark.usefixtures("chain_of_two")
SignIn = Callable[..., Client]


@pytest.fixture
def hq(sign_in: SignIn) -> Client:
    return sign_in(User.Role.OPERATIONS)


def page(client: Client, part: str = "", **query: str) -> str:
    headers = {"X-Part": part} if part else {}
    answer = client.get(reverse("metrics"), FEBRUARY | query, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_tree_of_places_comes_in_one_piece(hq: Client) -> None:
    for axis in ("org", "category", "brand"):
        whole = page(hq, axis=axis)
        assert FETCHED_TREND not in whole
        assert FETCHED_TABLE not in whole


def test_of_goods_the_trend_comes_after_the_first_paint(hq: Client) -> None:
    first = page(hq, category="Baby")
    assert FETCHED_TREND in first
    assert FETCHED_TABLE not in first
    assert "trend-option" not in first
    trend = page(hq, "trend", category="Baby")
    assert "trend-option" in trend
    assert "2020-01" in trend
    assert "<html" not in trend


def test_of_goods_below_goods_the_table_comes_after_the_first_paint(hq: Client) -> None:
    first = page(hq, category="Baby", axis="category")
    assert FETCHED_TABLE in first
    assert "¥370.00" in first
    table = page(hq, "table", category="Baby", axis="category")
    assert "Milk" in table
    assert "100.0%" in table
    assert "<html" not in table


def test_without_scripts_a_tree_of_goods_is_asked_for_in_one_piece(hq: Client) -> None:
    assert "at_once=1" in page(hq, category="Baby", axis="brand")
    whole = page(hq, category="Baby", axis="brand", at_once="1")
    assert "trend-option" in whole
    assert FETCHED_TABLE not in whole
    assert 'class="row-link"' in whole


def test_a_sorted_or_searched_table_of_goods_comes_with_its_rows(hq: Client) -> None:
    for given in ({"sort": "name"}, {"find": "milk"}, {"page": "1"}):
        assert "Milk" in page(hq, category="Baby", axis="category", **given)


def test_a_part_and_its_page_are_told_apart_by_whoever_keeps_answers(hq: Client) -> None:
    answer = hq.get(
        reverse("metrics"), FEBRUARY | {"category": "Baby"}, headers={"X-Part": "trend"}
    )
    assert "X-Part" in answer["Vary"]


def test_a_page_looks_up_the_version_of_the_numbers_once(
    hq: Client, warehouse: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def query(statement: Statement) -> object:
        asked.append(statement.sql)
        return Engine.query(warehouse, statement)

    monkeypatch.setattr(warehouse, "query", query)
    page(hq)
    assert asked.count("FROM freshness") == 1
    asked.clear()
    page(hq)
    assert asked == ["FROM freshness"]
