"""To whose touch a sale is put down: the last one before it; those before that assisted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pyarrow as pa
from sqlglot import exp

from regulars.ground.kit import clock
from regulars.ground.kit.arrow_postgres import arrow_from_query
from regulars.ground.kit.sql import named
from regulars.ground.warehouse.asking import ask, staged
from regulars.understand.experiments.models import Experiment
from regulars.understand.experiments.outcomes import Attributed, Unknown
from regulars.understand.experiments.rules import LONGEST_WINDOW

TOUCHED = pa.schema(
    [
        ("touch_id", pa.int64()),
        ("member_id", pa.int64()),
        ("is_ours", pa.bool_()),
        ("store_id", pa.int64()),
        ("staff_id", pa.int64()),
        ("offer", pa.string()),
        ("touched_us", pa.int64()),
        ("window_days", pa.int64()),
    ]
)
WHOLE = ("all", "")


@dataclass(frozen=True)
class Credits:
    """What is put down to whom, by dimension ("all", "store", "staff", "offer") and key."""

    found: Mapping[tuple[str, str], Attributed]

    @property
    def whole(self) -> Attributed:
        return self.found.get(WHOLE, Attributed())

    @property
    def offers(self) -> list[str]:
        return list(self.of("offer"))

    def of(self, dimension: str) -> dict[str, Attributed]:
        return {key: each for (of, key), each in self.found.items() if of == dimension}

    def why_no_cost(self, cost: int | None) -> Unknown | None:
        if cost is not None:
            return None
        return Unknown.NO_COST if self.offers else Unknown.NO_COUPON


def attribute(
    experiment: Experiment, parameters: Mapping[str, Any], occurred: exp.Select
) -> Credits:
    """What came within the window after touches of the experiment."""
    earliest = parameters["first_on"] - timedelta(days=LONGEST_WINDOW)
    asked = {
        "experiment": experiment.pk,
        "since": datetime.combine(earliest, time(), clock.zone()),
    }
    touched = arrow_from_query(named(__package__, "touches"), asked, TOUCHED)
    if not touched.num_rows:
        return Credits({})
    with staged(touched) as table:
        rows = ask(
            __package__, "attributed", parameters, touched=table, occurred=occurred
        ).to_pylist()
    return Credits({(row.pop("dimension"), row.pop("key")): Attributed(**row) for row in rows})


def cost_of(offers: list[str], parameters: Mapping[str, Any], entered: exp.Table) -> int | None:
    """What the coupons of these offers took off, in cents; None where there are none, or where one
    that was used does not say."""
    if not offers:
        return None
    row = ask(
        __package__, "coupon_cost", {**parameters, "offers": offers}, entered=entered
    ).to_pylist()[0]
    return int(row["cents"]) if row["used"] == row["known"] else None
