"""The model `lifetime`: who is still a customer, how often each will buy in a year, for how much.

Margins stay out: the value is of sales. What a purchase costs is not known of every product, and a
chain's margin is one factor, which a rule tag can multiply with.
"""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.ground.warehouse.service import stage
from regulars.know.tags.lifetime import (
    BgNbd,
    GammaGamma,
    Histories,
    NoMaximum,
    accuracy,
    bgnbd,
    gamma_gamma,
    grouped,
)
from regulars.know.tags.lifetime.histories import Floats, Ints
from regulars.know.tags.model_outputs import LIFETIME, MODELS
from regulars.know.tags.predictions.asked import asked, begin, finish, first_day, parts, put
from regulars.know.tags.predictions.fits import CannotFit, Fit, Trouble

HORIZON_DAYS = 365
FEWEST = 50
"""Members who came back: with fewer, the four parameters are not worth much."""
MOST_HELD_OUT_DAYS = 182
HELD_OUT_SHARE = 0.25
HISTORY = ("frequency", "recency", "age")


def fit_lifetime(day: date) -> Fit:
    """Fit on all purchases up to a day, times in days and money in cents, and write everybody's
    outlook. Raises CannotFit, NoMaximum, or ValueError for what cannot be."""
    histories = _histories(day)
    came_back = int(histories.members[histories.frequency > 0].sum())
    if came_back < FEWEST:
        raise CannotFit(Trouble.TOO_FEW)
    buying = bgnbd.fit(histories)
    spending = _spending(day)
    _write(day, buying, spending)
    parameters: dict[str, Any] = {"came_back": came_back, "buying": asdict(buying)}
    if spending:
        parameters["spending"] = asdict(spending)
    return Fit(parameters, _held_out(day), None if spending else Trouble.NO_SPEND)


def _histories(day: date) -> Histories:
    (x, recency, age), members = _counted("histories", HISTORY, day=day)
    return Histories(x, recency, age, members)


def _counted(name: str, columns: tuple[str, ...], **names: Any) -> tuple[list[Ints], Ints]:
    """Rows of all parts together, equal ones as one, and how many members each has."""
    found = pa.concat_tables([asked(name, **names, **part) for part in parts()])
    told = [found[column].to_numpy() for column in columns]
    return grouped(*told, members=found["members"].to_numpy())


def _spending(day: date) -> GammaGamma | None:
    """None if it cannot be fitted, or all members' mean spend is not finite."""
    (frequency, cents), members = _counted("spends", ("frequency", "cents"), day=day)
    try:
        found = gamma_gamma.fit(frequency, cents / np.maximum(frequency, 1), members)
        gamma_gamma.expected_spend(found, 0, 0)
    except ValueError:
        return None
    return found


def _write(day: date, buying: BgNbd, spending: GammaGamma | None) -> None:
    begin(MODELS[LIFETIME].table)
    for part in parts():
        found = asked("members_histories", day=day, **part)
        x, recency, age = (found[name].to_numpy() for name in HISTORY)
        alive = bgnbd.probability_alive(buying, x, recency, age)
        purchases = alive * next(bgnbd.purchases_if_alive(buying, x, age, [HORIZON_DAYS]))
        worth = _value(spending, purchases, x, found["cents"].to_numpy())
        rows = {"member_id": found["member_id"], "alive": alive, "purchases": purchases}
        stage("staged_lifetime", pa.table(rows | {"value": worth}))
        put("lifetime_put")
    finish(MODELS[LIFETIME].table)


def _value(
    spending: GammaGamma | None, purchases: Floats, frequency: Ints, cents: Ints
) -> pa.Array:
    """Sales in cents: purchases by what one brings. Who brought nothing by coming back is judged
    by all the others."""
    if spending is None:
        return pa.nulls(len(purchases), pa.int64())
    repeats = np.where(cents > 0, frequency, 0)
    mean = np.where(repeats > 0, cents / np.maximum(repeats, 1), 0.0)
    spend = gamma_gamma.expected_spend(spending, repeats, mean)
    return pa.array(np.rint(purchases * spend).astype(np.int64))


def _held_out(day: date) -> dict[str, Any]:
    """The last part of the time held back: what a fit without it expects, and what came; beside it
    the guess that everybody buys as often as in as many days before. Empty if there is no telling.
    """
    began = first_day()
    assert began is not None
    horizon = min(MOST_HELD_OUT_DAYS, int(((day - began).days + 1) * HELD_OUT_SHARE))
    cut = day - timedelta(days=horizon)
    if horizon < 1:
        return {}
    names = {"day": day, "cut": cut, "horizon": horizon}
    columns = (*HISTORY, "actual", "before")
    (x, recency, age, actual, before), members = _counted("histories_held_out", columns, **names)
    try:
        model = bgnbd.fit(Histories(x, recency, age, members))
    except (NoMaximum, ValueError):
        return {}
    predicted = bgnbd.expected_purchases(model, x, recency, age, horizon)
    return {
        "cut": cut.isoformat(),
        "days": horizon,
        "members": int(members.sum()),
        "model": asdict(accuracy(predicted, actual, members)),
        "same_as_before": asdict(accuracy(before.astype(np.float64), actual, members)),
    }
