"""Orders that come late, twice, in new versions, with returns, while members move home: whatever
the order of arrival, the chains of purchases are those of a model written in plain Python."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.acceptance.asking import of_days

from regulars.ground.org.models import Node
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import Statement, query, run
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch, Reject
from regulars.know.loader.service import load_waiting
from regulars.know.orders import service as orders
from regulars.understand.metrics.trees import tree_for, trees_of_places

pytestmark = pytest.mark.django_db
FIRST_DAY, JOINED = date(2023, 1, 1), date(2023, 6, 1)
STORES, MEMBERS, GOODS = ("S1", "S2", "S3"), ("M1", "M2", "M3", "M4"), ("P1", "P2", "P3")
GIFT, WEIGHED = "P3", "P2"
WINDOW = timedelta(days=365)
WRITTEN_BY_LOADS = ("tickets", "order_lines", "touched_members", "loaded_batches", "outbox")


@dataclass(frozen=True)
class Line:
    goods: str
    quantity: int
    net_cents: int


@dataclass(frozen=True)
class Order:
    number: int
    version: int
    day: date
    store: str
    member: str | None
    lines: tuple[Line, ...]

    def records(self) -> list[dict[str, Any]]:
        head = {
            "order_id": f"T{self.number}",
            "version": self.version,
            "sold_at": f"{self.day}T12:00:00+08:00",
            "store_id": self.store,
            "member_id": self.member,
        }
        return [
            head
            | {"product_id": line.goods, "quantity": line.quantity, "net_cents": line.net_cents}
            for line in self.lines
        ]

    @property
    def is_purchase(self) -> bool:
        return any(line.quantity >= 0 for line in self.lines)

    @property
    def net_cents(self) -> int:
        return sum(line.net_cents for line in self.lines)


@dataclass(frozen=True)
class Arrival:
    """Orders that come together, live or from a file; or a member whose record changes."""

    orders: tuple[Order, ...] = ()
    member: str | None = None
    home: str | None = None
    joined: date | None = None
    is_live: bool = True
    is_loaded_at_once: bool = True


@dataclass
class Model:
    """What should stand there: the highest version of each order, the last word on each member."""

    orders: dict[int, Order] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=lambda: dict.fromkeys(MEMBERS, "S1"))
    recorded: dict[str, date] = field(default_factory=lambda: dict.fromkeys(MEMBERS, JOINED))

    def take(self, arrival: Arrival) -> None:
        for order in arrival.orders:
            known = self.orders.get(order.number)
            if known is None or order.version > known.version:
                self.orders[order.number] = order
        if arrival.member:
            self.homes[arrival.member] = arrival.home or self.homes[arrival.member]
            self.recorded[arrival.member] = arrival.joined or self.recorded[arrival.member]

    def of_member(self, member: str) -> list[Order]:
        return [order for order in self.orders.values() if order.member == member]

    def joined(self, member: str) -> date:
        return min([self.recorded[member], *(order.day for order in self.of_member(member))])

    def standing(self, member: str, start: date) -> str:
        bought = [o.day for o in self.of_member(member) if o.is_purchase and o.day < start]
        if self.joined(member) >= start:
            return "new"
        if not bought:
            return "never_bought"
        return "active_old" if max(bought) >= start - WINDOW else "dormant_old"


days = st.integers(0, 900).map(lambda offset: FIRST_DAY + timedelta(days=offset))
lines = st.builds(Line, st.sampled_from(GOODS), st.integers(-2, 3), st.integers(-5_000, 20_000))


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrival]:
    """A version of an order says the same whenever it comes; versions come in any order."""
    contents = {
        (number, version): Order(
            number,
            version,
            draw(days),
            draw(st.sampled_from(STORES)),
            draw(st.sampled_from([*MEMBERS, None])),
            tuple(draw(st.lists(lines, min_size=1, max_size=3))),
        )
        for number in range(draw(st.integers(1, 8)))
        for version in range(draw(st.integers(1, 3)))
    }
    batch = st.lists(
        st.sampled_from(list(contents.values())),
        min_size=1,
        max_size=4,
        unique_by=lambda order: order.number,
    )
    sold = st.builds(
        Arrival,
        orders=batch.map(tuple),
        is_live=st.booleans(),
        is_loaded_at_once=st.booleans(),
    )
    changed = st.builds(
        Arrival,
        member=st.sampled_from(MEMBERS),
        home=st.none() | st.sampled_from(STORES),
        joined=st.none() | days,
        is_live=st.booleans(),
        is_loaded_at_once=st.booleans(),
    )
    return draw(st.lists(sold | changed, min_size=1, max_size=10))


@pytest.fixture
def small_chain(warehouse: Engine) -> Engine:
    region = {"region_id": "R", "region": "Region"}
    receive("stores", [{"store_id": store, "name": store} | region for store in STORES])
    receive("products", [_product(code) for code in GOODS])
    load_waiting()
    return warehouse


def _product(code: str) -> dict[str, Any]:
    rule = "one" if code == WEIGHED else "units"
    facts = {"category": "Goods", "unit_rule": rule, "is_gift": code == GIFT}
    return {"product_id": code, "name": code} | facts


def receive(kind: str, records: Sequence[dict[str, Any]], import_id: int | None = None) -> None:
    batch = collect.receive(kind, source="test", body={"records": list(records)})
    Batch.objects.filter(pk=batch.pk).update(import_id=import_id)


def start_anew() -> None:
    """No ticket yet, and the members as they were."""
    run(*(Statement(f"DELETE FROM {table}") for table in WRITTEN_BY_LOADS))
    receive(
        "members",
        [{"member_id": m, "joined_on": str(JOINED), "home_store_id": "S1"} for m in MEMBERS],
    )
    load_waiting()


def bring(arrival: Arrival, number: int) -> None:
    import_id = None if arrival.is_live else number
    if arrival.member:
        record: dict[str, Any] = {"member_id": arrival.member}
        record |= {"home_store_id": arrival.home} if arrival.home else {}
        record |= {"joined_on": arrival.joined.isoformat()} if arrival.joined else {}
        receive("members", [record], import_id)
    else:
        receive("lines", [line for order in arrival.orders for line in order.records()], import_id)
    if arrival.is_loaded_at_once:
        load_waiting()


def tickets() -> list[dict[str, Any]]:
    return query(
        "SELECT t.*, s.code AS store, m.code AS member, h.code AS home FROM tickets AS t "
        "LEFT JOIN stores AS s USING (store_id) LEFT JOIN members AS m USING (member_id) "
        "LEFT JOIN stores AS h ON h.store_id = t.home_store_id ORDER BY t.ticket_id"
    ).to_pylist()  # type: ignore[no-any-return]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=arrivals(), first=days, length=st.integers(1, 200))
def test_chains_do_not_depend_on_the_order_of_arrival(
    small_chain: Engine, history: list[Arrival], first: date, length: int
) -> None:
    model = Model()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "REBUILD_SHARE", 1e9)
        start_anew()
        for number, arrival in enumerate(history, 1):
            bring(arrival, number)
            model.take(arrival)
        load_waiting()
        assert not Reject.objects.exists()
        told = tickets()
        _is_the_model(told, model)
        _counts_as_the_model(model, first, first + timedelta(days=length))
        patch.setattr(orders, "REBUILD_SHARE", -1.0)
        run(*orders.touch([t["member_id"] for t in told if t["member_id"]], at_once=False))
        orders.derive()
        assert tickets() == told


def _is_the_model(told: Sequence[dict[str, Any]], model: Model) -> None:
    assert sorted(t["order_no"] for t in told) == sorted(f"T{n}" for n in model.orders)
    theirs = defaultdict(list)
    for ticket in told:
        order = model.orders[int(ticket["order_no"][1:])]
        assert (ticket["business_on"], ticket["store"]) == (order.day, order.store)
        assert (ticket["member"], ticket["version"]) == (order.member, order.version)
        assert (ticket["is_purchase"], ticket["net_cents"]) == (order.is_purchase, order.net_cents)
        if order.member:
            theirs[order.member].append(ticket)
    for member, chain in theirs.items():
        chain.sort(key=lambda ticket: (ticket["business_on"], ticket["ticket_id"]))
        for place, ticket in enumerate(chain):
            before = [t["business_on"] for t in chain[:place] if t["is_purchase"]]
            assert ticket["prev_on"] == max(before, default=None)
            assert ticket["joined_on"] == model.joined(member)
            assert ticket["home"] == model.homes[member]
    members = query("SELECT code, joined_on FROM members").to_pylist()
    joined = {row["code"]: row["joined_on"] for row in members}
    assert joined == {member: model.joined(member) for member in MEMBERS}


def _counts_as_the_model(model: Model, start: date, end: date) -> None:
    question = of_days(start, end - timedelta(days=1))
    sold = [order for order in model.orders.values() if start <= order.day < end]
    whole = tree_for(question)
    assert whole.net_cents == sum(order.net_cents for order in sold)
    assert whole.total.tickets == sum(order.is_purchase for order in sold)
    for part in ("new", "active_old", "dormant_old", "never_bought"):
        base = {m for m in MEMBERS if model.joined(m) < end and model.standing(m, start) == part}
        assert whole.parts[part].members == len(base), part
        _is_bought_by(whole.parts[part].net_cents, whole.returns_cents, sold, base)
    nodes = dict(Node.objects.filter(code__in=STORES).values_list("pk", "code"))
    for pk, tree in trees_of_places(question, list(nodes))[0].items():
        assert tree.net_cents == sum(o.net_cents for o in sold if o.store == nodes[pk])
        assert tree.total.tickets == sum(o.is_purchase for o in sold if o.store == nodes[pk])


def _is_bought_by(
    net_cents: int, returns_cents: int, sold: Iterable[Order], members: set[str]
) -> None:
    """A part holds all that its members paid, unless the leaf of returns had to take it."""
    theirs = sum(order.net_cents for order in sold if order.member in members)
    assert net_cents == theirs or (net_cents == 0 and returns_cents)
