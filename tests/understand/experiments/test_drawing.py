"""Whom chance holds out: exact in each store, once and for good, however people come in."""

from decimal import Decimal
from itertools import pairwise

import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.understand.experiments.entering import arms, began, entered, everybody, table
from tests.understand.experiments.small_chain import BEGAN_ON, DAY

from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.postgres_address import postgres_address
from regulars.ground.org.models import Node
from regulars.know.identities.service import merge_members, unmerge_members
from regulars.know.members.models import Member
from regulars.understand.experiments import service
from regulars.understand.experiments.models import Entry, Experiment
from regulars.understand.experiments.rules import BLOCK

pytestmark = pytest.mark.usefixtures("four_stores")
PEOPLE = 70
in_turn = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.sampled_from([11, 12, None])), min_size=1, max_size=90
)


@pytest.mark.parametrize("rate", ["0.00", "0.05", "0.10", "0.25", "0.50"])
def test_in_each_store_a_block_holds_out_exactly_the_share(rate: str) -> None:
    experiment = began(rate)
    drawn = entered(everybody(experiment)).to_pandas()
    for _store, of_store in drawn.groupby("store_id"):
        whole = of_store["is_held_out"][: len(of_store) // BLOCK * BLOCK]
        blocks = whole.to_numpy().reshape(-1, BLOCK).sum(axis=1)
        assert set(blocks) <= {int(Decimal(rate) * BLOCK)}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # experiments of their own
)
@given(in_turn, st.lists(st.integers(1, 90), max_size=6), st.sampled_from(["0.10", "0.50"]))
def test_arms_do_not_hang_on_the_batches_in_which_people_come(
    people: list[tuple[int, int | None]], cuts: list[int], rate: str
) -> None:
    """The same people in the same order, at once or in parts, some of them again and again."""
    ids = list(Member.objects.order_by("pk").values_list("pk", flat=True)[:PEOPLE])
    at_once, in_parts = began(rate), began(rate)
    Experiment.objects.filter(pk__in=[at_once.pk, in_parts.pk]).update(salt="one")

    def rows(experiment: Experiment) -> pa.Table:
        return table(*((experiment, ids[who], store) for who, store in people))

    whole = entered(rows(at_once))["is_held_out"].to_pylist()
    told: list[bool] = []
    bounds = [0, *sorted({min(cut, len(people)) for cut in cuts}), len(people)]
    for day, (first, last) in enumerate(pairwise(bounds)):
        part = rows(in_parts).slice(first, last - first)
        told += entered(part, BEGAN_ON + day * DAY)["is_held_out"].to_pylist()
    assert told == whole
    assert arms(in_parts) == arms(at_once)
    again = service.draw(rows(in_parts))["is_held_out"].to_pylist()
    assert again == whole


def test_who_entered_keeps_her_arm_at_another_store_and_in_another_order() -> None:
    experiment = began("0.50")
    entered(everybody(experiment))
    before = arms(experiment)
    elsewhere = Node.objects.get(code="S3").pk
    turned = table(*((experiment, member, elsewhere) for member in reversed(list(before))))
    drawn = entered(turned, BEGAN_ON + DAY)
    told = zip(drawn["member_id"].to_pylist(), drawn["is_held_out"].to_pylist(), strict=True)
    assert dict(told) == before == arms(experiment)
    assert service.enter(drawn, BEGAN_ON + DAY) == 0


def test_drawing_writes_nothing_and_answers_row_by_row() -> None:
    one, other = began("0.50"), began("0.10")
    rows = pa.concat_tables([everybody(one), everybody(other)])
    drawn = service.draw(rows)
    assert drawn.drop(["is_held_out"]).equals(rows)
    assert not Entry.objects.exists()
    assert service.draw(rows).equals(drawn)
    assert service.draw(rows.slice(0, 0)).num_rows == 0


def test_until_the_transaction_ends_nobody_else_draws_for_the_experiment() -> None:
    experiment, other = began(), began()
    service.draw(everybody(experiment).slice(0, 1))
    trying = "SELECT pg_try_advisory_xact_lock(hashtext('experiments_entry'), %s)"
    with psycopg.connect(postgres_address("another")) as beside:
        free = [beside.execute(trying, [e.pk]).fetchone() for e in (experiment, other)]
    assert free == [(False,), (True,)]


def test_two_experiments_hold_out_by_chances_of_their_own() -> None:
    one, other = began("0.50"), began("0.50")
    for experiment in (one, other):
        entered(everybody(experiment))
    assert arms(one) != arms(other)


def test_who_is_held_out_is_known_and_nobody_who_never_entered_is() -> None:
    experiment, other = began("0.50"), began("0.50")
    entered(everybody(experiment))
    known = arms(experiment)
    asked = service.held_out([experiment.pk, other.pk], known)
    assert asked == {(experiment.pk, member) for member, held in known.items() if held}
    member = next(member for member, held in known.items() if held)
    assert service.is_held_out(experiment, member)
    assert not service.is_held_out(other, member)


@pytest.mark.parametrize("is_held_out", [True, False])
def test_two_records_of_one_person_have_the_arm_of_her_first_entry(is_held_out: bool) -> None:
    experiment = began("0.50")
    entered(everybody(experiment).slice(0, 60))
    entered(everybody(experiment), BEGAN_ON + DAY)
    first = dict(Entry.objects.filter(entered_on=BEGAN_ON).values_list("member_id", "is_held_out"))
    later = Entry.objects.filter(is_held_out=not is_held_out).exclude(entered_on=BEGAN_ON)
    gone = Member.objects.get(pk=next(m for m, held in first.items() if held == is_held_out))
    kept = Member.objects.get(pk=later.order_by("pk").values_list("member_id", flat=True)[0])
    merge = merge_members(None, kept, gone)
    for member in (kept, gone):
        assert service.is_held_out(experiment, member.pk) == is_held_out
        drawn = service.draw(table((experiment, member.pk, None)))
        assert drawn["is_held_out"].to_pylist() == [is_held_out]
    unmerge_members(None, merge)
    assert service.is_held_out(experiment, kept.pk) != is_held_out


def test_an_experiment_is_begun_once_a_code_and_of_what_there_is() -> None:
    experiment = began(code="birthday")
    assert experiment.salt not in {"", began().salt}
    with pytest.raises(UserError) as refused:
        began(code="birthday")
    assert refused.value.field == "code"
    with pytest.raises(NotFound):
        began(outcome={"kind": "category", "code": "Toys"})


def test_it_ends_once_and_not_before_it_began() -> None:
    experiment = began()
    with pytest.raises(UserError):
        service.end(experiment, BEGAN_ON - DAY)
    service.end(experiment, BEGAN_ON + DAY)
    service.end(experiment, BEGAN_ON + 5 * DAY)
    experiment.refresh_from_db()
    assert experiment.ended_on == BEGAN_ON + DAY
