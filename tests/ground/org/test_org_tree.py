"""The dated tree: one parent at a time, closed when the next one begins."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org import service
from regulars.ground.org.models import Node, Placement, Staff, Store

pytestmark = pytest.mark.django_db
Kind = Node.Kind
MOVED_ON = date(2025, 3, 1)
BEFORE = MOVED_ON - timedelta(days=1)


@pytest.fixture
def branches() -> list[Node]:
    head_office = service.ensure_head_office()
    return [service.add_node(None, Kind.BRANCH, code, code, parent=head_office) for code in "ABC"]


@pytest.fixture
def store(branches: list[Node]) -> Store:
    service.add_node(None, Kind.STORE, "S1", "One", parent=branches[0])
    return service.get_store("S1")


def parents(store: Store) -> list[tuple[str, date, date | None]]:
    rows = Placement.objects.filter(node=store.node).order_by("valid_from")
    return [(row.parent.code, row.valid_from, row.valid_to) for row in rows]


def test_a_moved_store_counts_under_the_old_branch_before_and_the_new_one_after(
    store: Store, branches: list[Node]
) -> None:
    service.move_store(None, store, branches[1], MOVED_ON)
    assert service.store_ids_under(branches[0].pk, BEFORE) == [store.pk]
    assert service.store_ids_under(branches[1].pk, BEFORE) == []
    assert service.store_ids_under(branches[0].pk, MOVED_ON) == []
    assert service.store_ids_under(branches[1].pk, MOVED_ON) == [store.pk]


def test_the_warehouse_learns_when_a_store_was_below_each_node(
    store: Store, branches: list[Node]
) -> None:
    service.move_store(None, store, branches[1], MOVED_ON)
    head_office = service.ensure_head_office()
    spells = {
        (row["node_id"], row["valid_from"], row["valid_to"])
        for row in service.warehouse_tables()["store_nodes"].to_pylist()
        if row["store_id"] == store.pk
    }
    assert spells == {
        (store.pk, date.min, date(9999, 12, 31)),
        (branches[0].pk, date.min, MOVED_ON),
        (branches[1].pk, MOVED_ON, date(9999, 12, 31)),
        (head_office.pk, date.min, date(9999, 12, 31)),
    }


def test_the_warehouse_tables_hold_the_whole_organisation(
    store: Store, branches: list[Node]
) -> None:
    someone = Staff.objects.create(code="A", name="Ann")
    service.assign_position(None, someone, store.node, "consultant", MOVED_ON)
    tables = service.warehouse_tables()
    nodes = {row["code"]: row for row in tables["nodes"].to_pylist()}
    assert nodes["S1"]["parent_id"] == branches[0].pk
    assert nodes["HQ"]["parent_id"] is None
    assert tables["stores"].to_pylist()[0]["code"] == "S1"
    assert tables["staff"].to_pylist() == [{"staff_id": someone.pk, "code": "A", "name": "Ann"}]
    assert tables["positions"].to_pylist()[0] == {
        "staff_id": someone.pk,
        "node_id": store.pk,
        "kind": "consultant",
        "valid_from": MOVED_ON,
        "valid_to": date(9999, 12, 31),
    }


def test_a_move_between_known_moves_holds_until_the_next_one(
    store: Store, branches: list[Node]
) -> None:
    service.move_store(None, store, branches[1], MOVED_ON)
    earlier = MOVED_ON - timedelta(days=30)
    service.place_node(store.node, branches[2], earlier)
    assert parents(store) == [
        ("A", date.min, earlier),
        ("C", earlier, MOVED_ON),
        ("B", MOVED_ON, None),
    ]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30)), max_size=8))
def test_placements_never_overlap_and_never_leave_a_gap(
    store: Store, branches: list[Node], moves: list[tuple[int, int]]
) -> None:
    with transaction.atomic():
        for branch, days in moves:
            day = MOVED_ON + timedelta(days=days)
            service.place_node(store.node, branches[branch], day)
            held = Placement.objects.valid_on(day).get(node=store.node)
            assert held.parent == branches[branch]
        spells = parents(store)
        ends = [valid_to for _, _, valid_to in spells]
        starts = [valid_from for _, valid_from, _ in spells]
        assert starts[0] == date.min
        assert ends == [*starts[1:], None]
        transaction.set_rollback(True)


def test_postgres_itself_refuses_two_parents_at_once(store: Store, branches: list[Node]) -> None:
    with pytest.raises(IntegrityError, match="one_parent_at_a_time"), transaction.atomic():
        Placement.objects.create(node=store.node, parent=branches[1], valid_from=MOVED_ON)


def test_a_place_cannot_hang_under_a_lower_one(store: Store, branches: list[Node]) -> None:
    with pytest.raises(UserError, match="One"):
        service.place_node(branches[0], store.node)
    with pytest.raises(UserError):
        service.place_node(branches[0], branches[1])


def test_the_path_of_a_store_runs_from_the_head_office_down(store: Store) -> None:
    assert [node.code for node in service.path_of(store.node)] == ["HQ", "A", "S1"]
    assert [n.code for n in service.list_children(service.get_node("HQ"))] == ["A", "B", "C"]


def test_everyone_at_or_below_a_node_counts_once_in_its_headcount(
    store: Store, branches: list[Node]
) -> None:
    ann = Staff.objects.create(code="A", name="Ann")
    bob = Staff.objects.create(code="B", name="Bob")
    service.assign_position(None, ann, store.node, "consultant", MOVED_ON)
    service.assign_position(None, ann, store.node, "cashier", MOVED_ON)
    position = service.assign_position(None, bob, branches[0], "branch_head", MOVED_ON)
    assert service.count_headcount(branches[0], MOVED_ON) == 2
    assert service.count_headcount(branches[0], BEFORE) == 0
    service.end_position(None, position, MOVED_ON + timedelta(days=1))
    assert service.count_headcount(branches[0], MOVED_ON + timedelta(days=1)) == 1
    assert [p.staff.code for p in service.list_staff(branches[0].pk, on=MOVED_ON)] == [
        "B", "A", "A",
    ]  # fmt: skip


def test_someone_takes_up_the_same_position_once(store: Store) -> None:
    ann = Staff.objects.create(code="A", name="Ann")
    position = service.assign_position(None, ann, store.node, "consultant", MOVED_ON)
    assert service.assign_position(None, ann, store.node, "consultant") == position
    with pytest.raises(UserError, match="Ann"):
        service.assign_position(None, ann, store.node, "consultant", BEFORE)
    with pytest.raises(UserError):
        service.end_position(None, position, BEFORE)


def test_changes_of_the_organisation_are_audited(store: Store, branches: list[Node]) -> None:
    Entry.objects.all().delete()
    service.rename_node(None, store.node, " Uno ")
    service.move_store(None, store, branches[1], MOVED_ON)
    service.open_store(None, store, date(2020, 1, 1))
    service.close_store(None, store, date(2026, 1, 1))
    entries = list(Entry.objects.order_by("id").values_list("action", "detail"))
    assert entries == [
        ("node.renamed", {"before": "One", "after": "Uno"}),
        ("store.moved", {"before": "A", "after": "B", "from_on": "2025-03-01"}),
        ("store.opened", {"before": [None, None], "after": ["2020-01-01", None]}),
        (
            "store.closed",
            {"before": ["2020-01-01", None], "after": ["2020-01-01", "2026-01-01"]},
        ),
    ]


def test_wrong_changes_name_what_is_wrong(store: Store, branches: list[Node]) -> None:
    service.open_store(None, store, date(2020, 1, 1))
    with pytest.raises(UserError, match="One"):
        service.close_store(None, store, date(2019, 1, 1))
    with pytest.raises(UserError):
        service.rename_node(None, store.node, "  ")
    with pytest.raises(UserError, match="S1"):
        service.add_node(None, Kind.STORE, "S1", "Again", parent=branches[0])
    with pytest.raises(NotFound, match="S9"):
        service.get_store("S9")
    with pytest.raises(NotFound, match="S9"):
        service.get_node("S9")


def test_stores_are_found_below_a_node_and_by_code_or_name(
    store: Store, branches: list[Node]
) -> None:
    service.add_node(None, Kind.STORE, "S2", "Two", parent=branches[1])
    assert [s.node.code for s in service.list_stores()] == ["S1", "S2"]
    assert [s.node.code for s in service.list_stores(branches[1].pk)] == ["S2"]
    assert [s.node.code for s in service.list_stores(text="tw")] == ["S2"]
