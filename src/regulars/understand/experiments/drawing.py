"""Chance decides once: whoever has met an experiment keeps her arm."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from regulars.ground.kit.arrow_postgres import arrow_from_query, copy_to_temporary_table
from regulars.ground.kit.sql import named
from regulars.understand.experiments.models import Experiment, Stratum
from regulars.understand.experiments.rules import Array, held_out_at

NO_STORE = 0
"""Nobody's id: those without a store are a stratum of their own."""
COLUMNS = pa.schema(
    [("experiment_id", pa.int64()), ("member_id", pa.int64()), ("store_id", pa.int64())]
)
KNOWN = pa.schema([("line_no", pa.int64()), ("person_id", pa.int64()), ("is_held_out", pa.bool_())])


def draw(candidates: pa.Table) -> pa.Table:
    """Say of each candidate whether she is held out.

    In: `experiment_id`, `member_id`, `store_id` (nullable), in order of value. Out: the same rows
    and `is_held_out`. Whoever entered keeps her arm, under whichever record she did; the others
    are drawn in blocks of consecutive candidates of an experiment and store, which go on where the
    last one to `enter` left off. Nothing is written; until the end of the transaction nobody else
    draws for these experiments, so that what is drawn here can be entered as it was drawn.
    """
    if not candidates.num_rows:
        return candidates.append_column("is_held_out", pa.array([], pa.bool_()))
    given = _plain(candidates)
    experiments = np.unique(given["experiment_id"].to_numpy())
    _wait_for_others(experiments)
    known = _known(given)
    persons, arms = known["person_id"].to_numpy(), known["is_held_out"]
    pairs = np.stack([given["experiment_id"].to_numpy(), persons])
    _unused, first, same = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
    is_new = np.zeros(len(persons), bool)
    is_new[first] = True
    is_new &= arms.is_null().to_numpy()
    held = np.where(is_new, False, pc.fill_null(arms, False).to_numpy())
    held[is_new] = _drawn(given.filter(pa.array(is_new)))
    return candidates.append_column("is_held_out", pa.array(held[first][same.ravel()]))


def enter(rows: pa.Table, on: date) -> int:
    """Write down who entered on a day: `experiment_id`, `member_id`, `store_id`, `is_held_out`, in
    the order in which they were drawn. Who entered before stays as she is. Says how many are new.
    """
    if not rows.num_rows:
        return 0
    entering = _plain(rows).append_column("is_held_out", rows["is_held_out"].cast(pa.bool_()))
    copy_to_temporary_table("entering", _numbered(entering))
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "enter"), {"on": on})
        (count,) = cursor.fetchone()
    return int(count)


def held_out(experiment_ids: Iterable[int], member_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Those (experiment, member) that are held out, under any of the member's records."""
    asked = {"experiments": list(experiment_ids), "members": list(member_ids)}
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "held_out"), asked)
        return set(cursor.fetchall())


def is_held_out(experiment: Experiment, member_id: int) -> bool:
    """Whether she entered and is held out; nobody who never entered is."""
    return bool(held_out([experiment.pk], [member_id]))


def _wait_for_others(experiments: Array) -> None:
    ids = [int(each) for each in experiments]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('experiments_entry'), id::integer)"
            " FROM unnest(%s::bigint[]) AS ids (id)",
            [ids],
        )


def _known(given: pa.Table) -> pa.Table:
    copy_to_temporary_table("drawing", _numbered(given))
    return arrow_from_query(named(__package__, "arms_known"), [], KNOWN).combine_chunks()


def _drawn(new: pa.Table) -> Array:
    """Arms of those who enter for the first time, in their order."""
    experiments = new["experiment_id"].to_numpy()
    stores = pc.fill_null(new["store_id"], NO_STORE).to_numpy()
    held = np.zeros(new.num_rows, bool)
    for experiment in Experiment.objects.filter(pk__in=np.unique(experiments).tolist()):
        ours = experiments == experiment.pk
        places = _places(stores[ours], _entered(experiment))
        held[ours] = held_out_at(experiment.salt, experiment.holdout_rate, stores[ours], places)
    return held


def _entered(experiment: Experiment) -> dict[int, int]:
    rows = Stratum.objects.filter(experiment=experiment).values_list("store_id", "entered")
    return {store or NO_STORE: count for store, count in rows}


def _places(stores: Array, entered: dict[int, int]) -> Array:
    """Each one's place at her store: behind those who entered and those before her here."""
    found, of, counts = np.unique(stores, return_inverse=True, return_counts=True)
    order = np.argsort(of, kind="stable")
    before = np.repeat(np.cumsum(counts) - counts, counts)
    places = np.empty(len(stores), np.int64)
    places[order] = np.arange(len(stores)) - before
    return places + np.array([entered.get(int(store), 0) for store in found])[of]


def _plain(rows: pa.Table) -> pa.Table:
    return rows.select(COLUMNS.names).cast(COLUMNS).combine_chunks()


def _numbered(rows: pa.Table) -> pa.Table:
    return rows.append_column("line_no", pa.array(np.arange(rows.num_rows)))
