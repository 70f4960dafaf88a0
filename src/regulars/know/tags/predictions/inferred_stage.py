"""The model `stage`: how old the child is that baskets speak of, where no child is confirmed.

A confirmed child is never overwritten: such members have no row at all. They are who the model is
tried on, because it looks at their baskets alone.
"""

from datetime import date
from typing import Any

import pyarrow as pa

from regulars.ground.kit.deployment import chain
from regulars.ground.warehouse.service import stage
from regulars.know.members.rules import STARTS_AT_MONTHS, Stage
from regulars.know.tags.model_outputs import MODELS, STAGE
from regulars.know.tags.predictions.asked import asked, begin, count_parts, finish, parts, put
from regulars.know.tags.predictions.fits import CannotFit, Fit, Trouble
from regulars.know.tags.predictions.told import stage_evidence

WITHIN_DAYS = 180
HALF_LIFE_DAYS = 60
DOUBT = 0.7
"""Purchases of today that speak for no stage: with a single one the confidence stays below 60 %."""
FIRST_MONTH, LAST_MONTH = -12.0, 1200.0


def fit_stage(day: date) -> Fit:
    """The stage of every member whose baskets speak of a child that is not confirmed. Raises
    CannotFit where no goods do."""
    count = _read_evidence()
    if not count:
        raise CannotFit(Trouble.NO_EVIDENCE)
    stage("model_stages", _stages(chain().age_range_months))
    names = {"day": day, "within": WITHIN_DAYS, "half_life": HALF_LIFE_DAYS, "doubt": DOUBT}
    begin(MODELS[STAGE].table)
    for part in parts():
        put("stage_put", **names, **part)
    finish(MODELS[STAGE].table)
    used = {"within_days": WITHIN_DAYS, "half_life_days": HALF_LIFE_DAYS, "goods": count}
    return Fit(used, _tried(names))


def _tried(names: dict[str, Any]) -> dict[str, Any]:
    """On members whose child is confirmed, by confidence; empty if there are none."""
    more = {"parts": count_parts(), "age_range_months": chain().age_range_months}
    bands = asked("stage_accuracy", **names, **more).to_pylist()
    if not bands:
        return {}
    totals = {
        name: sum(band[name] for band in bands) for name in ("compared", "agreed", "most_frequent")
    }
    return {**totals, "bands": bands}


def _read_evidence() -> int:
    """Find out which goods speak of which ages; how many do."""
    put("evidence_clear")
    for each in stage_evidence():
        begins, ends = map(float, each["months"])
        put("evidence_put", goods=each["goods"], from_month=begins, to_month=ends)
    count: int = asked("evidence_count")["n"][0].as_py()
    return count


def _stages(age_range_months: int) -> pa.Table:
    """Where each stage begins and ends, in months, as `members.rules.stage_on`."""
    starts = [(Stage.PREGNANCY, FIRST_MONTH), *STARTS_AT_MONTHS.items()]
    kept = [(name, float(at)) for name, at in starts if at < age_range_months]
    kept.append((Stage.GRADUATED, float(age_range_months)))
    ends = [at for _name, at in kept[1:]] + [LAST_MONTH]
    return pa.table(
        {
            "stage": [name.value for name, _at in kept],
            "from_month": [at for _name, at in kept],
            "to_month": ends,
        }
    )
