"""What comes back, and what a drawer should hold."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.act.pos.conftest import Till

from regulars.act.pos import service
from regulars.act.pos.models import Closing, Sale
from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.kit.ids import new_id
from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import query
from regulars.know.loader.service import load_waiting

Role = User.Role
BACK = """
    SELECT original_order_no, is_purchase, net_cents, members.code AS member
    FROM tickets LEFT JOIN members USING (member_id) WHERE original_order_no IS NOT NULL
"""


def test_a_return_is_a_ticket_of_negative_lines_of_its_own_day(manager: Till) -> None:
    sale = manager.sell(("P1", 2000), ("P2", 1000), off_cents=1_000, member="M1")
    back = manager.take_back(sale, p0=1000)
    paid = sale.lines[0]["net_cents"]
    assert back.net_cents == -((paid + 1) // 2)
    assert (back.number, back.state) == (2, Sale.State.REFUND)
    sale.refresh_from_db()
    assert sale.state == Sale.State.PARTLY
    load_waiting()
    assert query(BACK).to_pylist() == [
        {
            "original_order_no": sale.order_id,
            "is_purchase": False,
            "net_cents": back.net_cents,
            "member": "M1",
        }
    ]


def test_never_more_comes_back_than_was_bought(manager: Till) -> None:
    sale = manager.sell(("P1", 3000))
    manager.take_back(sale, p0=2000)
    with pytest.raises(UserError, match="no more can come back"):
        manager.take_back(sale, p0=1001)
    manager.take_back(sale, p0=1000)
    sale.refresh_from_db()
    assert sale.state == Sale.State.RETURNED
    with pytest.raises(UserError, match="no more can come back"):
        manager.take_back(sale, p0=1)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 400)), min_size=1, max_size=4),
    st.integers(0, 500),
    st.data(),
)
def test_whatever_came_back_in_parts_brings_back_all_that_was_paid(
    manager: Till, lines: list[tuple[int, int]], off: int, data: st.DataObject
) -> None:
    wished = [("P1", milli, min(discount, 19)) for milli, discount in lines]
    sale = manager.sell(*wished, off_cents=min(off, 19 * sum(m for m, *_ in lines) // 1000))
    back = []
    for place, (milli, _discount) in enumerate(lines):
        first = data.draw(st.integers(1, milli))
        back.append(manager.take_back(sale, **{f"p{place}": first}))
        if first < milli:
            back.append(manager.take_back(sale, **{f"p{place}": milli - first}))
    assert sum(each.net_cents for each in back) == -sale.net_cents
    assert sum(each.gross_cents for each in back) == -sale.gross_cents
    assert sum(each.discount_cents for each in back) == -sale.discount_cents


def test_a_return_that_is_sent_twice_is_one(manager: Till) -> None:
    sale = manager.sell(("P1", 2000))
    wish = service.WishedReturn(new_id(), {0: 1000}, "cash")
    first = service.take_back(manager.user, sale.sale_id, wish)
    assert service.take_back(manager.user, sale.sale_id, wish) == first
    other = manager.sell(("P1", 2000))
    with pytest.raises(UserError, match="Another ticket"):
        service.take_back(manager.user, other.sale_id, wish)
    with pytest.raises(UserError, match="Another ticket"):
        service.take_back(manager.user, sale.sale_id, msgspec.structs.replace(wish, milli={0: 500}))


def test_what_cannot_be_taken_back_is_refused(manager: Till, till: Callable[..., Till]) -> None:
    sale = manager.sell(("P1", 1000))
    with pytest.raises(UserError, match="no such line"):
        manager.take_back(sale, p1=1000)
    with pytest.raises(UserError, match="Say what comes back"):
        manager.take_back(sale)
    back = manager.take_back(sale, p0=1000)
    with pytest.raises(UserError, match="not taken back again"):
        manager.take_back(back, p0=1000)
    with pytest.raises(NotFound):
        service.get_sale(scope_of(manager.user), new_id())
    with pytest.raises(NotAllowed):
        till(Role.REGION_HEAD).take_back(sale, p0=1000)


def test_a_ticket_of_another_store_is_not_found(manager: Till) -> None:
    sale = manager.sell(("P1", 1000))
    Sale.objects.update(store=Node.objects.get(code="S2"))
    with pytest.raises(NotFound):
        service.get_sale(scope_of(manager.user), sale.sale_id)


def test_a_sheet_counts_sales_returns_and_ways_to_pay(manager: Till) -> None:
    sale = manager.sell(("P1", 2000))
    manager.sell(("P2", 1000), method="wechat", given_cents=505)
    manager.take_back(sale, p0=1000)
    totals = service.totals_of(service.list_sales(manager.store, clock.today()))
    assert (totals.sales, totals.returns) == (2, 1)
    assert (totals.sold_cents, totals.returned_cents) == (40_305, -19_900)
    assert totals.by_method == {"cash": 19_900, "wechat": 505}


def test_closing_compares_what_was_counted_with_what_should_be_there(manager: Till) -> None:
    manager.sell(("P1", 1000))
    closing = service.close_drawer(
        manager.user, manager.store, float_cents=20_000, counted_cents=39_800
    )
    assert (closing.expected_cents, closing.difference_cents) == (39_900, -100)
    assert closing.totals["by_method"] == {"cash": 19_900}
    with pytest.raises(UserError, match="nothing to close"):
        service.close_drawer(manager.user, manager.store, float_cents=0, counted_cents=0)


def test_what_comes_after_a_sheet_is_on_the_next(manager: Till) -> None:
    manager.sell(("P1", 1000))
    service.close_drawer(manager.user, manager.store, float_cents=0, counted_cents=19_900)
    manager.sell(("P2", 1000))
    second = service.close_drawer(manager.user, manager.store, float_cents=0, counted_cents=505)
    assert second.totals["sales"] == 1
    assert list(service.list_closings(manager.store, clock.today())) == [
        second,
        Closing.objects.exclude(pk=second.pk).get(),
    ]


def test_a_cashier_closes_his_own_tickets_alone(till: Callable[..., Till]) -> None:
    manager, consultant = till(), till(Role.CONSULTANT)
    manager.sell(("P1", 1000))
    consultant.sell(("P2", 1000))
    closing = service.close_drawer(
        consultant.user, consultant.store, float_cents=0, counted_cents=505
    )
    assert closing.totals["sold_cents"] == 505
    assert service.list_unclosed(manager.store, manager.user).count() == 1


def test_a_drawer_elsewhere_or_with_less_than_nothing_is_refused(manager: Till) -> None:
    manager.sell(("P1", 1000))
    with pytest.raises(UserError, match="less than nothing"):
        service.close_drawer(manager.user, manager.store, float_cents=-1, counted_cents=0)
    with pytest.raises(NotAllowed, match="lies outside"):
        service.close_drawer(
            manager.user, Node.objects.get(code="S2"), float_cents=0, counted_cents=0
        )
