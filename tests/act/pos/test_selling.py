"""A sale is taken once, exactly, and reaches the numbers like any other's."""

from collections.abc import Callable

import pytest
from tests.act.pos.conftest import Till, wish_of

from regulars.act.opportunities.models import Play
from regulars.act.pos import service
from regulars.act.pos.models import Counter, Sale
from regulars.act.tasks.models import GuestVisit, Lead
from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.ground.warehouse.service import query
from regulars.know.catalog.models import Category
from regulars.know.collect.models import Batch, Reject
from regulars.know.loader.service import load_waiting
from regulars.know.members.models import Member
from regulars.know.members.service import change_phone

Role = User.Role
TICKET = """
    SELECT order_no, original_order_no, sum(lines.net_cents)::BIGINT AS net_cents,
        sum(list_cents)::BIGINT AS list_cents, sum(discount_chain_cents)::BIGINT AS off_cents,
        sum(quantity)::VARCHAR AS quantity, any_value(members.code) AS member
    FROM tickets JOIN order_lines AS lines USING (ticket_id)
    LEFT JOIN members ON members.member_id = tickets.member_id
    WHERE source = 'till' GROUP BY ALL ORDER BY order_no
"""


def lead_of(member: str, coupon: str = "满200减30", store: str = "S1") -> Lead:
    return Lead.objects.create(
        member=Member.objects.get(code=member), store=Node.objects.get(code=store),
        title="Milk is running out", reason="Bought 28 days ago", coupon=coupon, source="play",
        goods=["P1"], due_on=clock.today(), opened_on=clock.today(),
    )  # fmt: skip


def test_a_ticket_adds_up_and_gets_the_next_number(manager: Till) -> None:
    sale = manager.sell(("P1", 2000), ("P2", 1500, 58), given_cents=50_000)
    assert [line["net_cents"] for line in sale.lines] == [39_800, 700]
    assert (sale.gross_cents, sale.discount_cents, sale.net_cents) == (40_558, 58, 40_500)
    assert (sale.change_cents, sale.order_id) == (9_500, "S1-000001")
    assert manager.sell(("P2", 1000)).order_id == "S1-000002"


def test_what_is_sent_twice_is_one_ticket(manager: Till) -> None:
    wish = manager.wish(("P1", 1000))
    assert service.sell(manager.user, wish) == service.sell(manager.user, wish)
    assert Sale.objects.count() == 1
    assert Batch.objects.filter(source="till").count() == 1


def test_another_ticket_under_the_same_id_is_refused(manager: Till) -> None:
    first = manager.sell(("P1", 1000))
    with pytest.raises(UserError, match="Another ticket"):
        manager.sell(("P1", 2000), sale_id=first.sale_id)


def test_a_refused_ticket_takes_no_number(manager: Till) -> None:
    manager.sell(("P1", 1000))
    with pytest.raises(UserError, match="Less was given"):
        manager.sell(("P1", 1000), given_cents=1)
    assert Counter.objects.get().last_ticket == 1 or Sale.objects.count() == 1


def test_a_discount_on_the_whole_is_borne_by_all_lines(manager: Till) -> None:
    sale = manager.sell(("P1", 1000), ("P2", 1000), off_cents=1_000)
    assert sum(line["discount_cents"] for line in sale.lines) == 1_000
    assert sale.net_cents == 19_900 + 505 - 1_000


def test_more_than_the_goods_cost_cannot_be_taken_off(manager: Till) -> None:
    with pytest.raises(UserError, match="More is taken off"):
        manager.sell(("P2", 1000), off_cents=506)
    with pytest.raises(UserError, match="More is taken off"):
        manager.sell(("P2", 1000, 506))


def test_its_lines_reach_the_numbers_with_member_price_and_discount(manager: Till) -> None:
    sale = manager.sell(("P1", 2000, 1_000), ("P2", 500), member="M1")
    load_waiting()
    assert query(TICKET).to_pylist() == [
        {
            "order_no": sale.order_id,
            "original_order_no": None,
            "net_cents": sale.net_cents,
            "list_cents": sale.gross_cents,
            "off_cents": 1_000,
            "quantity": "2.500",
            "member": "M1",
        }
    ]
    assert not Reject.objects.exists()


def test_someone_signed_up_at_the_till_stands_before_her_first_ticket(manager: Till) -> None:
    member = service.sign_up(manager.user, manager.store, "陈晨", "+86 139 1234 5678")
    manager.sell(("P1", 1000), member=member.code)
    load_waiting()
    assert not Reject.objects.exists()
    assert [row["member"] for row in query(TICKET).to_pylist()] == [member.code]
    member.refresh_from_db()
    assert (member.home_store, member.is_phone_verified) == (manager.store, False)
    assert b"139" not in bytes(member.phone_sealed or b"")


def test_whoever_has_the_phone_already_is_not_made_twice(manager: Till) -> None:
    known = service.sign_up(manager.user, manager.store, "Wang", "138 1234 5678")
    assert known.code == "M1"


def test_a_record_that_went_into_another_stands_behind_one_that_did_not(manager: Till) -> None:
    guest, own = Member.objects.get(code="M2"), Member.objects.get(code="M1")
    change_phone(None, guest, "138 1234 5678")
    Member.objects.filter(pk=guest.pk).update(phone_hash=own.phone_hash, merged_into=own)
    Member.objects.create(code="M0", name="Zhao", phone_hash=own.phone_hash, merged_into=guest)
    assert service.sign_up(manager.user, manager.store, "Wang", "138 1234 5678") == own


@pytest.mark.parametrize(
    ("name", "phone"), [("Wang", "12"), ("", "13912345678"), ("x" * 61, "13912345678")]
)
def test_a_sign_up_needs_a_name_and_a_whole_phone(manager: Till, name: str, phone: str) -> None:
    with pytest.raises(UserError):
        service.sign_up(manager.user, manager.store, name, phone)


def test_a_member_of_another_store_is_here_on_a_visit_that_is_written_down(
    manager: Till, till: Callable[..., Till]
) -> None:
    scope, guest = scope_of(manager.user), Member.objects.get(code="M2")
    for text in ("李", "M2"):
        assert service.find_buyers(scope, text) == []
    with pytest.raises(NotFound):
        service.get_buyer_here(scope, "M2")
    assert service.usual_goods_of(scope, manager.store, guest) == []
    assert not GuestVisit.objects.exists()
    assert service.welcome(manager.user, "M2") == guest
    assert service.get_buyer_here(scope, "M2") == guest
    (entry,) = Entry.objects.filter(action="member.visit_opened")
    assert (entry.actor_id, entry.detail["code"]) == (manager.user.pk, "M2")
    with pytest.raises(NotFound):
        service.get_buyer_here(scope_of(till().user), "M2")


def test_whoever_signs_up_with_a_phone_known_elsewhere_is_on_a_visit(manager: Till) -> None:
    guest = Member.objects.get(code="M2")
    change_phone(None, guest, "13700002222")
    assert service.sign_up(manager.user, manager.store, "Li", "137 0000 2222") == guest
    assert GuestVisit.objects.get().member == guest


def test_her_open_lead_is_the_one_suggestion(manager: Till) -> None:
    lead = lead_of("M1")
    told = service.suggest(scope_of(manager.user), manager.store, Member.objects.get(code="M1"))
    assert told is not None
    assert told.lead == lead
    assert told.offer is not None and told.offer.off_cents == 3_000
    assert [article.code for article in told.goods] == ["P1"]


def test_a_lead_of_another_store_is_not_told(manager: Till) -> None:
    lead_of("M2", store="S2")
    member = Member.objects.get(code="M2")
    assert service.suggest(scope_of(manager.user), manager.store, member) is None


def test_a_consultant_gives_what_her_offer_gives_and_no_more(till: Callable[..., Till]) -> None:
    consultant, lead = till(Role.CONSULTANT), lead_of("M1")
    facts = {"member": "M1", "lead_id": lead.pk}
    sale = consultant.sell(("P1", 2000), off_cents=3_000, **facts)
    assert (sale.lead_id, sale.offer, sale.net_cents) == (lead.pk, "满200减30", 36_800)
    with pytest.raises(NotAllowed, match="More is taken off"):
        consultant.sell(("P1", 2000), off_cents=3_001, **facts)
    with pytest.raises(NotAllowed, match="More is taken off"):
        consultant.sell(("P1", 1000), off_cents=3_000, **facts)


def test_an_offer_is_good_for_one_ticket_unless_the_manager_gives_it_again(
    till: Callable[..., Till],
) -> None:
    consultant, manager = till(Role.CONSULTANT), till(Role.STORE_MANAGER)
    facts = {"member": "M1", "lead_id": lead_of("M1").pk, "off_cents": 3_000}
    first = consultant.sell(("P1", 2000), **facts)
    with pytest.raises(NotAllowed, match="used already"):
        consultant.sell(("P1", 2000), **facts)
    manager.sell(("P1", 2000), **facts)
    Sale.objects.exclude(pk=first.pk).delete()
    Sale.objects.update(state=Sale.State.RETURNED)
    assert consultant.sell(("P1", 2000), **facts).offer


def test_an_offer_is_hers_alone(manager: Till) -> None:
    lead = lead_of("M1")
    with pytest.raises(NotFound, match="not hers"):
        manager.sell(("P1", 2000), member="M2", lead_id=lead.pk)


def test_a_consultant_gives_no_discount_and_no_lower_price(till: Callable[..., Till]) -> None:
    consultant = till(Role.CONSULTANT)
    with pytest.raises(NotAllowed, match="manager's to give"):
        consultant.sell(("P1", 1000, 1))
    wish = consultant.wish(("P1", 1000))
    wish.lines[0].price_cents -= 1
    with pytest.raises(NotAllowed, match="lower price"):
        service.sell(consultant.user, wish)
    wish.lines[0].price_cents += 2
    assert service.sell(consultant.user, wish).net_cents == 19_901


@pytest.mark.parametrize("quote", ["", "forged", "other"])
def test_a_price_stands_only_on_an_offer_of_ours(till: Callable[..., Till], quote: str) -> None:
    consultant = till(Role.CONSULTANT)
    wish, other = consultant.wish(("P1", 1000)), consultant.wish(("P2", 1000))
    wish.lines[0].quote = other.lines[0].quote if quote == "other" else quote
    with pytest.raises(NotAllowed, match="lower price"):
        service.sell(consultant.user, wish)


def test_what_a_manager_decides_is_kept(manager: Till) -> None:
    manager.sell(("P1", 1000))
    assert not Entry.objects.filter(action="till.price_decided").exists()
    manager.sell(("P1", 1000, 500))
    assert Entry.objects.filter(action="till.price_decided").count() == 1


def test_without_a_catalogue_price_the_last_one_of_the_store_is_proposed(manager: Till) -> None:
    from tests.web.conftest import line

    from regulars.know.catalog.models import Product
    from regulars.know.collect.service import receive

    Product.objects.filter(code="P1").update(list_cents=None)
    today = clock.today().isoformat()
    receive("lines", source="test", body={"records": [
        line("N1", today, "S1", None, 3_000, quantity=2, discount_chain_cents=400),
        line("N2", today, "S2", None, 9_900),
    ]})  # fmt: skip
    load_waiting()
    (article,) = service.find_goods(scope_of(manager.user), manager.store, "690001")
    assert article.price_cents == 1_700


def test_unknown_goods_and_members_are_refused(manager: Till) -> None:
    wish = manager.wish(("P1", 1000))
    wish.lines[0].product = "P9"
    with pytest.raises(NotFound, match="P9"):
        service.sell(manager.user, wish)
    with pytest.raises(NotFound, match="M9"):
        manager.sell(("P1", 1000), member="M9")


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": []}, {"given_cents": -1}, {"given_cents": 1.5}, {"sale_id": "x"}, {"more": 1},
        {"lines": [{"product": "P1", "milli": 0, "price_cents": 1}]},
        {"lines": [{"product": "P1", "milli": 1000, "price_cents": -1}]},
    ],
)  # fmt: skip
def test_what_is_no_ticket_is_refused_with_what_is_wrong(wrong: dict[str, object]) -> None:
    told = {
        "sale_id": "0190a0b0-0000-7000-8000-000000000000", "seller": "s", "method": "cash",
        "given_cents": 1, "lines": [{"product": "P1", "milli": 1000, "price_cents": 1}],
    }  # fmt: skip
    assert wish_of(told).method == "cash"
    with pytest.raises(UserError, match="no ticket"):
        wish_of(told | wrong)


def test_an_unknown_way_to_pay_is_refused(manager: Till) -> None:
    with pytest.raises(UserError, match="no way to pay"):
        manager.sell(("P1", 1000), method="shells")


def test_a_ticket_is_whose_till_it_was_made_at(till: Callable[..., Till]) -> None:
    consultant, manager = till(Role.CONSULTANT, staff="A1"), till()
    sale = service.sell(manager.user, consultant.wish(("P1", 1000)))
    assert (sale.cashier, sale.staff) == (consultant.user, consultant.user.staff)


def test_a_till_of_another_store_cannot_be_spoken_for(manager: Till) -> None:
    elsewhere = Till(manager.user, Node.objects.get(code="S2"))
    with pytest.raises(NotAllowed, match="another store"):
        manager.sell(("P1", 1000), seller=service.seller_token(elsewhere.user, elsewhere.store))
    with pytest.raises(UserError, match="too long ago"):
        manager.sell(("P1", 1000), seller="forged")
    left = User.objects.create(username="left", role=Role.STORE_MANAGER, node=manager.store)
    token = service.seller_token(left, manager.store)
    left.delete()
    with pytest.raises(UserError, match="too long ago"):
        manager.sell(("P1", 1000), seller=token)


def test_who_may_not_run_a_till_cannot_sell(till: Callable[..., Till]) -> None:
    head = till(Role.REGION_HEAD)
    with pytest.raises(NotAllowed):
        head.sell(("P1", 1000))


def test_a_play_s_lead_keeps_its_play(manager: Till) -> None:
    lead = lead_of("M1")
    lead.play = Play.objects.create(code="repurchase", name="复购", reason="", name_en="Again")
    lead.save()
    sale = manager.sell(("P1", 2000), member="M1", lead_id=lead.pk, off_cents=3_000)
    assert Lead.objects.get(pk=sale.lead_id).play == lead.play


def test_nothing_is_taken_off_what_the_trade_guards(manager: Till) -> None:
    milk = Category.objects.get(code="Baby > Milk")
    Category.objects.filter(pk=milk.pk).update(code="Baby > 1段奶粉")
    (article,) = service.find_goods(scope_of(manager.user), manager.store, "P1")
    assert article.is_guarded
    with pytest.raises(UserError, match="rule of the trade"):
        manager.sell(("P1", 1000, 100))
    sale = manager.sell(("P1", 1000), ("P2", 1000), off_cents=300)
    assert [line["discount_cents"] for line in sale.lines] == [0, 300]
    with pytest.raises(UserError, match="More is taken off"):
        manager.sell(("P1", 1000), ("P2", 1000), off_cents=600)
