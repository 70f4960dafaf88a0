"""Goods that fit the person: hers before others', what stands here before what does not."""

import pytest
from tests.act.tasks.working import TODAY, member
from tests.understand.actions.small_chain import bring, line

from regulars.act.opportunities.models import Guard
from regulars.act.tasks.launching import launch
from regulars.act.tasks.making import open_lead
from regulars.act.tasks.models import Lead


@pytest.fixture
def goods(people) -> None:
    """Nappies P2 to P6, P6 of a guarded kind; M0-0 buys P3 and, once, P4; others P2 most."""
    Guard.objects.create(kind="no_push", value="1段")
    bring("products", *(
        {"product_id": f"P{n}", "name": f"Nappies {n}", "category": f"Nappies > {kind}"}
        for n, kind in ((2, "S"), (3, "S"), (4, "M"), (5, "M"), (6, "1段"))
    ))  # fmt: skip
    sold = [("P3", "M0-0")] * 3 + [("P4", "M0-0"), ("P4", "M1-0"), ("P5", "M1-0")]
    sold += [("P2", "M1-0")] * 4 + [("P6", "M1-1")] * 9
    bring("lines", *(
        line(f"g{n}", TODAY, int(who[1]), who) | {"product_id": product}
        for n, (product, who) in enumerate(sold)
    ))  # fmt: skip


def stands(store: str, **quantities: int) -> None:
    bring("stock", *(
        {"stock_on": str(TODAY), "store_id": store, "product_id": code, "quantity": quantity}
        for code, quantity in quantities.items()
    ))  # fmt: skip


def goods_of(code: str) -> list[str]:
    return Lead.objects.get(member__code=code).goods


def test_of_a_category_her_own_come_first_then_what_sells_best(goods, make_play) -> None:
    make_play(goods={"category": "Nappies"})
    launch(TODAY)
    assert goods_of("M0-0") == ["P3", "P4", "P2"]
    assert goods_of("M0-1") == ["P2", "P3", "P4"]


def test_what_stands_here_goes_before_what_is_out(goods, make_play) -> None:
    stands("S0", P3=0, P5=2, P2=7)
    make_play(goods={"category": "Nappies"})
    launch(TODAY)
    assert goods_of("M0-0") == ["P2", "P5", "P3"]
    assert goods_of("M1-2") == ["P2", "P3", "P4"]


def test_what_she_usually_buys_is_hers_alone(goods, make_play) -> None:
    make_play(goods={"kind": "usual"})
    launch(TODAY)
    assert goods_of("M0-0")[0] == "P1" and set(goods_of("M0-0")) == {"P1", "P3", "P4"}
    assert goods_of("M0-1") == ["P1"]


def test_slow_stock_is_of_the_kinds_that_she_buys(goods, make_play) -> None:
    stands("S0", P2=9, P5=50, P6=90, P1=1)
    make_play(goods={"kind": "slow"})
    launch(TODAY)
    assert set(goods_of("M0-0")) == {"P2", "P5"}
    assert goods_of("M0-1") == []


def test_products_that_are_named_stand_in_their_order_but_for_what_is_out(goods, make_play) -> None:
    stands("S0", P5=1, P4=1)
    make_play(goods={"products": ["P2", "P4", "P5", "P3"]})
    launch(TODAY)
    assert goods_of("M0-0") == ["P4", "P5", "P2"]


def test_what_may_not_be_pushed_is_no_good_by_any_path(goods, make_play) -> None:
    play = make_play(goods={"category": "Nappies"})
    one = member("M1-1")
    lead = open_lead(play, one, one.home_store, source="tag")
    assert lead is not None and lead.goods == ["P2", "P3", "P4"]


def test_a_play_of_service_offers_nothing(goods, make_play) -> None:
    make_play(goods={"category": "Nappies"}, is_service=True)
    launch(TODAY)
    assert goods_of("M0-0") == []
