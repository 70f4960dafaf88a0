"""Headers, mappings and spans."""

import pytest

from regulars.ground.kit.errors import UserError
from regulars.know.collect.layouts import LAYOUTS
from regulars.know.imports.rules import KindMapping, check_header, spans

pytestmark = pytest.mark.usefixtures("english")

STORES, LINES = LAYOUTS["stores"], LAYOUTS["lines"]
LINE_HEADER = ["order_id", "sold_at", "store_id", "product_id", "quantity", "net_cents"]


def refusal(found: list[str], mapping: KindMapping | None = None, layout: tuple = STORES) -> str:
    with pytest.raises(UserError) as caught:
        check_header(found, layout, mapping or KindMapping(), "stores.csv")
    return str(caught.value)


def test_columns_stand_under_our_names() -> None:
    found = check_header(["name", "store_id"], STORES, KindMapping(), "x")
    assert found == {"name": "name", "store_id": "store_id"}


def test_a_missing_column_is_named_with_the_file() -> None:
    message = refusal(["store_id", "format"])
    assert "stores.csv" in message
    assert "“name” is missing" in message
    assert "store_id, format" in message


def test_an_unknown_column_is_named_with_the_likely_one() -> None:
    assert "“stor_id” is not known (did you mean “store_id”?)" in refusal(["stor_id", "name"])
    assert "did you mean" not in refusal(["store_id", "name", "zzzzzz"])


def test_a_column_that_stands_there_twice_is_refused() -> None:
    assert "“name” stands there 2 times" in refusal(["store_id", "name", "name"])


def test_a_reserved_name_is_refused_even_beside_a_mapping() -> None:
    mapping = KindMapping(constants={"format": "mall"})
    assert "“line_no”" in refusal(["store_id", "name", "line_no"], mapping)


def test_columns_that_begin_with_a_hash_are_left_out() -> None:
    found = check_header(["#line", "store_id", "name"], STORES, KindMapping(), "x")
    assert set(found) == {"store_id", "name"}


def test_money_may_come_in_major_units_but_not_both_ways() -> None:
    header = [*LINE_HEADER[:-1], "net"]
    assert check_header(header, LINES, KindMapping(), "x")["net"] == "net"
    assert "“net” and “net_cents”" in refusal([*LINE_HEADER, "net"], layout=LINES)


def test_a_mapping_says_which_column_is_which_and_the_rest_is_left_out() -> None:
    mapping = KindMapping({"store_id": "店号", "name": "店名"}, {"format": "mall"})
    found = check_header(["店号", "店名", "备注"], STORES, mapping, "x")
    assert found == {"store_id": "店号", "name": "店名"}


def test_a_constant_can_stand_for_a_required_column() -> None:
    mapping = KindMapping(constants={"name": "Only store"})
    assert check_header(["store_id"], STORES, mapping, "x") == {"store_id": "store_id"}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (KindMapping({"stor_id": "a"}), "“stor_id”, which is no column of ours (did you mean"),
        (KindMapping({"store_id": "Store"}), "no column “Store”"),
        (KindMapping({"name": "name"}, {"name": "x"}), "both a column and a constant"),
        (KindMapping(formats={"name": "%Y"}), "“name” as “%Y”, which is no date"),
        (KindMapping(formats={"opened_on": "%Q"}), "“opened_on” as “%Q”"),
    ],
)
def test_a_wrong_mapping_is_explained(mapping: KindMapping, message: str) -> None:
    assert message in refusal(["store_id", "name"], mapping)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], []),
        ([0], []),
        ([5], [(0, 5)]),
        ([4, 4, 4], [(0, 8), (8, 12)]),
        ([10, 1], [(0, 10), (10, 11)]),
        ([25, 3], [(0, 10), (10, 25), (25, 28)]),
        ([9, 9, 9], [(0, 9), (9, 18), (18, 27)]),
        ([30], [(0, 10), (10, 20), (20, 30)]),
    ],
)
def test_files_are_cut_at_the_borders_of_row_groups(
    groups: list[int], expected: list[tuple[int, int]]
) -> None:
    assert list(spans(groups, 10)) == expected
