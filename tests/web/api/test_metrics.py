"""The tree and the metrics through the API, over a real warehouse."""

from typing import Any

import pytest

from regulars.ground.accounts.models import User
from regulars.understand.metrics.service import close_month, month_named

Role = User.Role
pytestmark = pytest.mark.usefixtures("sales")
PERIOD = {"from": "2020-02-01", "to": "2020-02-29"}


def tree(caller, **asked: str) -> dict[str, Any]:
    answer = caller.get("metrics/tree", **(PERIOD | asked))
    assert answer.status_code == 200, answer.content
    return answer.json()


def cents_by_part(told: dict[str, Any]) -> dict[str, int]:
    return {p["code"]: p["counts"]["net_cents"] for p in told["parts"] if p["counts"]["net_cents"]}


def test_the_parts_of_the_whole_chain_sum_to_its_sales(hq) -> None:
    told = tree(hq)
    assert told["net_cents"] == 37500
    assert cents_by_part(told) == {"active_old": 30000, "new": 7000, "non_member": 500}
    assert told["question"]["period"] == PERIOD
    assert told["question"]["compared"] == {"from": "2020-01-01", "to": "2020-01-31"}
    assert told["change_cents"] == 27500
    assert told["as_of"]


def test_a_part_s_contributions_sum_to_its_change(hq) -> None:
    old = next(part for part in tree(hq)["parts"] if part["code"] == "active_old")
    given = [factor["contribution_cents"] for factor in old["factors"]]
    assert None in given or sum(given) == old["change_cents"]
    assert old["factors"][0]["code"] == "members"
    assert old["factors"][1]["value"] == 1.0


def test_each_gets_the_tree_of_his_own_scope(caller, hq) -> None:
    assert tree(caller(Role.STORE_MANAGER, node="S1"))["net_cents"] == 30500
    assert tree(caller(Role.REGION_HEAD, node="West"))["net_cents"] == 7000
    milk = caller(Role.CATEGORY_MANAGER, category_codes=["Baby > Milk"])
    assert tree(milk)["net_cents"] == 37000
    assert tree(milk)["question"]["category"] == ["Baby > Milk"]


@pytest.mark.parametrize(
    ("role", "bounds", "asked"),
    [
        (Role.STORE_MANAGER, {"node": "S1"}, {"org": "S3"}),
        (Role.REGION_HEAD, {"node": "East"}, {"org": "S3"}),
        (Role.REGION_HEAD, {"node": "East"}, {"org": "HQ"}),
        (Role.CATEGORY_MANAGER, {"category_codes": ["Baby"]}, {"category": "Fresh"}),
    ],
)
def test_what_lies_outside_the_scope_is_refused(
    caller, role: str, bounds: dict[str, Any], asked: dict[str, str]
) -> None:
    for path in ("metrics", "metrics/tree", "metrics/splits", "metrics/cohorts"):
        assert caller(role, **bounds).get(path, **PERIOD, **asked).status_code == 403


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"from": "2020-02-30"}, 400, "from"),
        ({"from": "2020-03-01", "to": "2020-02-01"}, 400, "to"),
        ({"compare": "yesterday"}, 400, "compare"),
        ({"org": "S9"}, 404, "org"),
        ({"category": "Nothing"}, 404, "category"),
        ({"brand": "Nobody"}, 404, "brand"),
    ],
)
def test_an_impossible_question_is_answered_with_what_is_wrong(
    hq, asked: dict[str, str], status: int, field: str
) -> None:
    answer = hq.get("metrics/tree", **(PERIOD | asked))
    assert (answer.status_code, answer.json()["error"]["field"]) == (status, field)


def test_every_metric_comes_with_its_definition_and_never_0_for_unknown(hq) -> None:
    told = hq.get("metrics", **PERIOD).json()["metrics"]
    values = {metric["code"]: metric for metric in told}
    assert values["net_sales"]["value"] == 37500
    assert (values["conversion"]["numerator"], values["conversion"]["denominator"]) == (1, 1)
    assert values["visit_rate"]["value"] is None
    assert values["visit_rate"]["reason"]
    assert all(metric["formula"] and metric["name"] for metric in told)


def test_a_split_sums_to_its_part_of_the_tree(hq) -> None:
    parts = {part["code"]: part["counts"] for part in tree(hq)["parts"]}
    for part in ("active_old", "new"):
        told = hq.get("metrics/splits", part=part, **PERIOD).json()
        for name in ("members", "buyers", "net_cents"):
            assert sum(each["now"][name] for each in told["slices"]) == parts[part][name]
    assert [(each["code"], each["name"]) for each in told["slices"]] == [("", "not recorded")]
    assert told["slices"][0]["now"]["rate"] == 1.0
    assert told["question"]["period"] == PERIOD


def test_a_split_within_goods_says_that_it_is_not_defined(caller) -> None:
    milk = caller(Role.CATEGORY_MANAGER, category_codes=["Baby > Milk"])
    told = milk.get("metrics/splits", part="new", **PERIOD).json()
    assert (told["slices"], told["reason"]) == ([], "not defined within goods")


def test_cohorts_tell_what_those_who_joined_came_to(hq, caller) -> None:
    told = hq.get("metrics/cohorts", **PERIOD).json()
    february, earlier = told["cohorts"]
    assert (february["month"], february["members"], len(february["months"])) == ("2020-02", 1, 1)
    assert february["months"][0]["net_cents_per_member"] == 7000
    assert february["to_date"] == {
        "buyers": 1, "net_cents": 7000, "margin_cents": None, "bought_rate": 1.0,
        "net_cents_per_member": 7000, "margin_cents_per_member": None,
    }  # fmt: skip
    assert (earlier["month"], earlier["months"], earlier["to_date"]) == ("2019-01", [], None)
    assert "before the first sale" in earlier["reason"]
    west = caller(Role.REGION_HEAD, node="West").get("metrics/cohorts", **PERIOD).json()
    assert [cohort["month"] for cohort in west["cohorts"]] == ["2020-02"]


def test_cohorts_within_goods_are_not_told(caller) -> None:
    partner = caller(Role.CATEGORY_MANAGER, category_codes=["Baby"])
    told = partner.get("metrics/cohorts", **PERIOD).json()
    assert (told["cohorts"], told["reason"]) == ([], "not defined within goods or a channel")


@pytest.mark.parametrize("part", ["", "dormant_old"])
def test_a_part_that_is_not_split_is_refused(hq, part: str) -> None:
    answer = hq.get("metrics/splits", part=part, **PERIOD)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "part")


def test_a_closed_month_is_told_as_it_was_closed(hq) -> None:
    assert tree(hq)["closed_at"] is None
    assert hq.get("metrics/tree", **PERIOD, state="closed").status_code == 400
    close_month(month_named("2020-02"))
    told = tree(hq, state="closed")
    assert told["closed_at"] is not None
    assert (told["net_cents"], told["total"]) == (tree(hq)["net_cents"], tree(hq)["total"])
    assert hq.get("metrics/tree", **PERIOD, state="open").status_code == 422
