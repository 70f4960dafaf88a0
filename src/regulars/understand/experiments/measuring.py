"""What came of an experiment, asked of both stores."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.sql import named, tree_of
from regulars.ground.warehouse.asking import ask, staged
from regulars.understand.experiments.attributing import Credits, attribute, cost_of
from regulars.understand.experiments.judging import HOPED_GAIN, judge, smallest_uplift_seen
from regulars.understand.experiments.models import Experiment
from regulars.understand.experiments.outcomes import (
    Arm,
    Attributed,
    OfOffer,
    OfStaff,
    OfStore,
    Outcome,
)
from regulars.understand.experiments.rules import NEEDED
from regulars.understand.experiments.uplifts import TUNED_AT, uplift_of

BEFORE_DAYS = 90
"""What somebody spent in so many days before she entered says much of what she spends after."""
ENTERED = pa.schema(
    [
        ("member_id", pa.int64()),
        ("store_id", pa.int64()),
        ("is_held_out", pa.bool_()),
        ("entered_on", pa.date32()),
    ]
)


def measure(experiment: Experiment, on: date) -> Outcome:
    """What came of it by the end of a day, by intention to treat: whoever was drawn to be reached
    counts as reached, whether or not somebody got through to her.

    Sales and what counts are those within `window_days` of entering, the day of entering among
    them; money is all that a member spent then, returns taken off. Who entered after it ended is
    not of it. Raises WarehouseError.
    """
    entered = _entered(experiment, on)
    if not entered.num_rows:
        is_final = experiment.ended_on is not None and experiment.ended_on <= on
        return _outcome(experiment, on, [], Credits({}), is_final)
    first_on = pc.min(entered["entered_on"]).as_py()
    last_on = pc.max(entered["entered_on"]).as_py()
    window = timedelta(days=experiment.window_days)
    parameters = {
        "first_on": first_on,
        "on": on,
        "window_days": experiment.window_days,
        "before_days": BEFORE_DAYS,
        "of": experiment.outcome.get(NEEDED[experiment.outcome["kind"]] or ""),
    }
    occurred = _occurred(experiment)
    with staged(entered) as table:
        cells = ask(__package__, "cells", parameters, entered=table, occurred=occurred).to_pylist()
        credited = attribute(experiment, parameters, occurred)
        cost = cost_of(credited.offers, parameters, table)
    is_final = experiment.ended_on is not None and last_on + window <= on
    return _outcome(experiment, on, cells, credited, is_final, cost_cents=cost)


def _outcome(
    experiment: Experiment,
    on: date,
    cells: list[dict[str, Any]],
    credited: Credits,
    is_final: bool,
    *,
    cost_cents: int | None = None,
) -> Outcome:
    to_reach, held_out = arm_of(cells, False), arm_of(cells, True)
    uplift = uplift_of(cells, is_final)
    smallest = smallest_uplift_seen(cells)
    hoped = _hoped(experiment, held_out)
    earned = uplift.incremental_cents.estimate
    return Outcome(
        code=experiment.code,
        name=experiment.name,
        outcome=experiment.outcome,
        on=on,
        is_final=is_final,
        window_days=experiment.window_days,
        tuned_at=TUNED_AT,
        to_reach=to_reach,
        held_out=held_out,
        uplift=uplift,
        verdict=judge(uplift.conversion, is_final, smallest, hoped),
        hoped_rate=hoped,
        smallest_seen=smallest,
        cost_cents=cost_cents,
        cost_unknown=credited.why_no_cost(cost_cents),
        roi=earned / cost_cents if cost_cents and earned is not None else None,
        attributed=credited.whole,
        by_store=_by_store(cells, credited, is_final),
        by_staff=[OfStaff(int(key), each) for key, each in credited.of("staff").items()],
        by_offer=[OfOffer(key, each) for key, each in credited.of("offer").items()],
    )


def arm_of(cells: list[dict[str, Any]], is_held_out: bool) -> Arm:
    """One arm of these cells."""
    ours = [cell for cell in cells if cell["is_held_out"] == is_held_out]
    over = [cell for cell in ours if cell["is_over"]]
    counts = (
        sum(cell[name] for cell in chosen)
        for chosen in (ours, over)
        for name in ("people", "conversions", "cents")
    )
    return Arm(*counts)


def _by_store(cells: list[dict[str, Any]], credited: Credits, is_final: bool) -> list[OfStore]:
    """Stores at which people entered, or from which they were touched."""
    stores: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for cell in cells:
        stores[cell["store_id"]].append(cell)
    attributed: dict[int | None, Attributed] = {
        int(key): each for key, each in credited.of("store").items()
    }
    return [
        OfStore(
            store,
            arm_of(stores[store], False),
            arm_of(stores[store], True),
            uplift_of(stores[store], is_final),
            attributed.get(store, Attributed()),
        )
        for store in dict.fromkeys([*stores, *attributed])
    ]


def _hoped(experiment: Experiment, held_out: Arm) -> float | None:
    """What it was hoped to raise the share by: as told, else a part of what happens without it."""
    if experiment.hoped_rate is not None:
        return float(experiment.hoped_rate)
    base = held_out.conversion_rate
    return None if base is None else base * HOPED_GAIN


def _entered(experiment: Experiment, on: date) -> pa.Table:
    asked = {"experiment": experiment.pk}
    entered = arrow_from_query(named(__package__, "entries"), asked, ENTERED)
    last_on = min(on, experiment.ended_on or on)
    return entered.filter(pc.less_equal(entered["entered_on"], pa.scalar(last_on)))


def _occurred(experiment: Experiment) -> exp.Select:
    return tree_of(__package__, f"occurred_{experiment.outcome['kind']}")
