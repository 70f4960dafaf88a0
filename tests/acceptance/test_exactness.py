"""The demo's numbers beside pandas over the package's own files: every node, every month."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from django.db.models import Q
from tests.acceptance import baskets
from tests.acceptance.asking import (
    GOODS,
    HEAD_OFFICE,
    by_brand,
    by_category,
    by_place,
    of_days,
    of_month,
)
from tests.acceptance.journey import Deployment

from regulars.ground.org.models import Node
from regulars.know.catalog.models import Category
from regulars.understand.metrics.service import (
    Counts,
    Question,
    Tree,
    ask,
    get_tree,
    list_children_of,
    open_question,
)
from regulars.understand.metrics.trees import tree_for

pytestmark = pytest.mark.django_db
TOTAL_CENTS = 459_603_958
WHOLE_YEAR = (date(2017, 1, 1), date(2017, 12, 31))
MONTHS = range(1, 13)
STANDINGS = ("new", "active_old", "dormant_old", "never_bought")
KNOWN_BASES = ("active_old", "dormant_old")
"""Only buyers are recorded: nobody knows how many joined, or never bought."""
COUNTS = ("net_cents", "units", "tickets", "buyers")


@pytest.fixture(autouse=True)
def _on(journey: Deployment) -> None:
    """Every test asks the journey's chain."""


def counted(trees: Mapping[Any, Tree]) -> dict[Any, dict[str, int]]:
    """What the leaves of each node add up to; nodes without a ticket are left out."""
    return {
        code: {name: getattr(tree.total, name) for name in COUNTS}
        for code, tree in trees.items()
        if tree.total.tickets
    }


def test_the_year_is_worth_what_the_lines_say_to_the_cent() -> None:
    tree = tree_for(of_days(*WHOLE_YEAR))
    assert sum(tree.leaves.values()) == TOTAL_CENTS
    assert int(baskets.lines()["net_cents"].sum()) == TOTAL_CENTS


def test_the_months_of_the_chain_are_those_of_pandas_and_add_up_to_the_year() -> None:
    trees = {month: tree_for(of_month(month)) for month in MONTHS}
    assert counted(trees) == baskets.summary(baskets.lines(), "month")
    assert sum(sum(tree.leaves.values()) for tree in trees.values()) == TOTAL_CENTS


def test_every_store_is_that_of_pandas_in_every_month() -> None:
    wanted = baskets.summary(baskets.lines(), "month", "store")
    for month in MONTHS:
        found = counted(by_place(of_month(month), "store"))
        assert found == {str(code): counts for (m, code), counts in wanted.items() if m == month}


def test_every_store_of_the_year_is_that_of_pandas() -> None:
    found = counted(by_place(of_days(*WHOLE_YEAR), "store"))
    assert len(found) == 457
    wanted = baskets.summary(baskets.lines(), "store")
    assert found == {str(code): counts for code, counts in wanted.items()}


@pytest.mark.parametrize("level", ["region", "branch"])
def test_regions_and_branches_are_the_sums_of_their_stores_in_every_month(
    level: str, journey_files: Path
) -> None:
    """Which branch a store was dealt to is the demo's own choice; what follows from it is not."""
    stores = pd.read_parquet(journey_files / "stores.parquet")
    above = dict(zip(stores["store_id"].astype(int), stores[f"{level}_id"], strict=True))
    bought = baskets.lines().assign(place=baskets.lines()["store"].map(above))
    wanted = baskets.summary(bought, "month", "place")
    for month in MONTHS:
        found = counted(by_place(of_month(month), level))
        assert found == {place: counts for (m, place), counts in wanted.items() if m == month}


@pytest.mark.parametrize("level", GOODS)
def test_goods_are_those_of_pandas_at_every_level_in_every_month(level: str) -> None:
    wanted = baskets.summary(baskets.lines(), "month", level)
    for month in MONTHS:
        found = counted(by_category(of_month(month), level))
        assert found == {
            code: counts
            for (m, code), counts in wanted.items()
            if m == month and code.count(" > ") + 1 == GOODS[level]
        }


def test_brands_are_those_of_pandas_in_every_month() -> None:
    wanted = baskets.summary(baskets.lines().dropna(subset="brand"), "month", "brand")
    for month in MONTHS:
        found = counted(by_brand(of_month(month)))
        found.pop(None, None)
        assert found == {brand: counts for (m, brand), counts in wanted.items() if m == month}


def test_goods_of_a_store_are_those_of_pandas() -> None:
    """The path that a store manager clicks: a store, one of its departments, what is below it."""
    bought = baskets.lines()
    store = bought.groupby("store")["net_cents"].sum().idxmax()
    theirs = bought[(bought["store"] == store) & (bought["month"] == 12)]
    question = of_month(12, org=str(store))
    assert counted(by_category(question, "department")) == baskets.summary(theirs, "department")
    assert counted(by_category(question, "type")) == {
        code: counts
        for code, counts in baskets.summary(theirs, "type").items()
        if code.count(" > ") == 2
    }


@pytest.mark.parametrize("month", MONTHS)
def test_children_sum_to_their_parent_on_every_axis(month: int) -> None:
    whole = tree_for(of_month(month)).net_cents
    for axis in ("org", "category", "brand", "channel"):
        children = list_children_of(of_month(month), axis)
        assert sum(child.comparison.net_cents for child in children) == whole, axis


def test_children_sum_to_their_parent_below_every_region_branch_and_category() -> None:
    for node in Node.objects.filter(kind__in=("region", "branch")):
        _children_sum_up(of_month(12, org=node.code), "org")
    divided = Category.objects.filter(children__isnull=False)
    holds_goods_itself = Q(product__isnull=False)
    for category in divided.filter(Q(depth=1) | holds_goods_itself).distinct():
        _children_sum_up(of_month(12, category=category.code), "category")


def _children_sum_up(question: Question, axis: str) -> None:
    children = list_children_of(question, axis)
    assert sum(child.comparison.net_cents for child in children) == tree_for(question).net_cents, (
        question
    )


@pytest.mark.parametrize("month", range(4, 13))
def test_who_is_new_active_dormant_or_never_bought_is_as_pandas_says(month: int) -> None:
    start = pd.Timestamp(2017, month, 1)
    end = start + pd.offsets.MonthBegin()
    standing = baskets.standing_of_members(start, end)
    bought = baskets.lines()
    bought = bought[bought["month"] == month]
    theirs = baskets.summary(bought.assign(part=bought["member"].map(standing)), "part")
    parts = tree_for(of_month(month)).parts
    assert {code: parts[code].members for code in STANDINGS} == {
        code: int((standing == code).sum()) if code in KNOWN_BASES else None for code in STANDINGS
    }
    assert {c: _without_members(parts[c]) for c in STANDINGS} == {
        code: theirs.get(code, dict.fromkeys(COUNTS, 0)) for code in STANDINGS
    }
    assert not {code for code, counts in parts.items() if counts.net_cents} - set(STANDINGS)


def _without_members(counts: Counts) -> dict[str, int | None]:
    return {name: getattr(counts, name) for name in COUNTS}


def test_a_branch_counts_its_own_members_and_names_what_others_bought(journey_files: Path) -> None:
    """Base and buyers of stores and branches: by home store, each counted on its own."""
    homes = pd.read_parquet(journey_files / "members.parquet").astype({"member_id": "int64"})
    stores = pd.read_parquet(journey_files / "stores.parquet")
    branch_of = dict(zip(stores["store_id"].astype(int), stores["branch_id"], strict=True))
    start, end = pd.Timestamp(2017, 11, 1), pd.Timestamp(2017, 12, 1)
    standing = baskets.standing_of_members(start, end)
    home = homes.set_index("member_id")["home_store_id"].astype(int).map(branch_of)
    bought = baskets.lines()
    bought = bought[bought["month"] == 11]
    place = bought["store"].map(branch_of)
    part = bought["member"].map(standing)
    part = part.where(bought["member"].map(home) == place, "cross_store")
    sold = baskets.summary(bought.assign(place=place, part=part), "place", "part")
    base = standing.groupby([home.reindex(standing.index), standing]).size().to_dict()
    for code, tree in by_place(of_month(11), "branch").items():
        for name, counts in tree.parts.items():
            nothing = dict.fromkeys(COUNTS, 0)
            assert _without_members(counts) == sold.get((code, name), nothing), (code, name)
            if name in STANDINGS:
                wanted = base.get((code, name), 0) if name in KNOWN_BASES else None
                assert counts.members == wanted, (code, name)


def test_goods_of_all_places_below_are_what_each_place_has_on_its_own() -> None:
    for code in ("", "region-2"):
        dates = {"first": "2017-10-01", "last": "2017-10-31"}
        question = ask(HEAD_OFFICE, org=code, category="GROCERY", **dates)
        for child in list_children_of(question, "org"):
            alone = get_tree(replace(question, org=Node.objects.get(code=child.code)))
            assert child.comparison.tree == alone.tree
            assert child.comparison.before == alone.before


def test_a_node_opened_with_its_children_is_what_each_is_on_its_own() -> None:
    dates = {"first": "2017-10-01", "last": "2017-10-31"}
    for where in ({}, {"org": "region-2"}, {"category": "GROCERY"}, {"channel": "store"}):
        question = ask(HEAD_OFFICE, **where, **dates)
        whole, children = open_question(question, "org")
        alone = get_tree(question)
        assert (whole.tree, whole.before) == (alone.tree, alone.before)
        shown = [(child.code, child.comparison) for child in children]
        assert shown == [(c.code, c.comparison) for c in list_children_of(question, "org")]


def test_the_totals_of_a_list_are_those_of_its_trees() -> None:
    question = ask(HEAD_OFFICE, first="2017-10-01", last="2017-10-31")
    for axis in ("org", "category", "brand"):
        for child in list_children_of(question, axis):
            whole = child.comparison.tree.total
            assert child.net_cents == child.comparison.net_cents
            assert child.change_cents == child.comparison.change_cents
            assert child.change_rate == child.comparison.change_rate
            assert child.total.buyers == whole.buyers
            assert child.total.tickets == whole.tickets
