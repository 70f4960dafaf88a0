"""Every kind of tag says what a person counting by hand would say."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.know.identities.small_chain import bring
from tests.know.tags.small_library import TODAY, bring_tags, counted, tag
from tests.shared_chain import shared_chain

from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.service import query
from regulars.know.tags.service import Subject, compute_all, save

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _tagged(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    def making() -> None:
        bring()
        bring_tags()
        compute_all(Subject.MEMBER, TODAY)

    with shared_chain("values", making, tmp_path_factory, django_db_blocker):
        yield


def values(*codes: str) -> dict[str, tuple[Any, ...]]:
    rows = query(
        "SELECT members.code AS who, t.* FROM member_tags AS t JOIN members USING (member_id)"
    )
    return {row["who"]: tuple(row[code] for code in codes) for row in rows.to_pylist()}


def test_sums_and_counts_within_their_windows() -> None:
    assert values("spend", "spend_30d", "orders_30d", "spend_in_january", "largest") == {
        "M1": (10_000, 0, 0, 10_000, 10_000),
        "M2": (37_000, 37_000, 2, 0, 30_000),
        "M3": (1_000, 1_000, 1, 0, 1_000),
    }


def test_days_since_are_kept_as_the_day() -> None:
    told = values("recency")
    assert {code: str(day) for code, (day,) in told.items()} == {
        "M1": "2020-01-05",
        "M2": "2020-02-09",
        "M3": "2020-02-09",
    }


def test_first_and_last_and_favourites() -> None:
    assert values("first_store", "last_store", "favourite") == {
        "M1": ("S1", "S1", "Baby"),
        "M2": ("S1", "S2", "Baby"),
        "M3": ("S2", "S2", "Baby"),
    }


def test_what_is_asked_of_goods_and_stores() -> None:
    assert values("milk", "milk_or_dear", "goods", "milk_share", "in_east") == {
        "M1": (10_000, 1, 1, 1.0, 1),
        "M2": (37_000, 1, 1, 1.0, 1),
        "M3": (1_000, 0, 1, 1.0, 0),
    }


def test_days_between_purchases_are_unknown_after_a_single_one() -> None:
    assert values("interval") == {"M1": (None,), "M2": (6.0,), "M3": (None,)}


def test_what_is_on_record() -> None:
    assert values("level", "child_months", "stage") == {
        "M1": ("gold", 6, "older_infant"),
        "M2": (None, None, None),
        "M3": (None, None, None),
    }


def test_ranks_keep_equal_values_together() -> None:
    assert values("r_score", "m_score", "top_here") == {
        "M1": (1, 1, True),  # the only one at home there
        "M2": (2, 2, True),
        "M3": (2, 1, False),
    }


def test_rules_stand_on_tags_and_on_each_other() -> None:
    assert values("atv", "lifecycle", "is_loyal") == {
        "M1": (None, "lost", False),
        "M2": (18_500, "active", False),
        "M3": (1_000, "active", False),
    }


def test_codes_that_mean_something_else_are_refused() -> None:
    for code in ("member_id", "cuts", "place", "when", "Level", "a b", "x"):
        with pytest.raises(UserError):
            save(None, code, tag("rule", text="spend > 1.00"))


def test_the_sum_of_what_is_unknown_is_unknown() -> None:
    save(None, "margin", counted("lines", "sum", field="margin"))
    save(None, "margin_30d", counted("lines", "sum", field="margin", last_days=30))
    compute_all(Subject.MEMBER, TODAY)
    assert values("margin", "margin_30d") == {
        "M1": (None, 0),
        "M2": (None, None),
        "M3": (None, None),
    }


def test_a_rank_stands_on_no_rank_however_far_below() -> None:
    save(None, "score", tag("rule", text="r_score + 1"))
    with pytest.raises(UserError, match="A rank of a rank says nothing: “r_score”") as refused:
        save(None, "rank_of_score", tag("rank", of="score", into=5))
    assert refused.value.field == "of"
