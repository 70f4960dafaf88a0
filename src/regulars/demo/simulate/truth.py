"""Writes what is true of the simulated chain: its settings, its facts and the causes planted."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from regulars.demo.simulate.causes import Causes, Effect
from regulars.demo.simulate.chain import Chain, branch_id, region_id
from regulars.demo.simulate.names import CHAIN_EN, CHAIN_ZH
from regulars.demo.simulate.plan import Plan
from regulars.demo.simulate.plants import Cause

SETTINGS = """[chain]
name_zh = "{zh}"
name_en = "{en}"
time_zone = "Asia/Shanghai"
currency = "CNY"
as_of = {as_of}
active_window_days = 365
age_range_months = 72
artificial = ["everything"]
source = "simulated"
"""


@dataclass(frozen=True)
class Truth:
    """What a simulation wrote: sizes, and each planted cause with what it took away."""

    folder: Path
    start: date
    end: date
    rows: dict[str, int]
    causes: list[dict[str, Any]]


def write_settings(folder: Path, plan: Plan) -> None:
    text = SETTINGS.format(zh=CHAIN_ZH, en=CHAIN_EN, as_of=plan.end.isoformat())
    (folder / "regulars.toml").write_text(text, "utf-8")


def write_truth(
    folder: Path, plan: Plan, chain: Chain, causes: Causes, rows: dict[str, int]
) -> list[dict[str, Any]]:
    """truth.json: `causes` in the order of the plant file, with ids and windows resolved."""
    described = [_described(cause, effect, plan, chain) for cause, effect in causes.effects]
    facts = {
        "seed": plan.seed,
        "start": plan.start.isoformat(),
        "end": plan.end.isoformat(),
        "rows": rows,
        "regions": {region_id(i): name for i, name in enumerate(chain.region_names)},
        "branches": {branch_id(i): name for i, name in enumerate(chain.branch_names)},
        "store_quality": {
            store: round(float(quality), 4)
            for store, quality in zip(chain.store_ids.to_pylist(), chain.quality, strict=True)
        },
    }
    text = json.dumps({"chain": facts, "causes": described}, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(text + "\n", "utf-8")
    return described


def _described(cause: Cause, effect: Effect, plan: Plan, chain: Chain) -> dict[str, Any]:
    stores = chain.store_ids.filter(cause.stores).to_pylist()
    branches = sorted(set(chain.branch[cause.stores].tolist()))
    return {
        "kind": cause.kind,
        "factor": cause.factor,
        "from": plan.date_of(max(0, cause.first_day)).isoformat(),
        "to": plan.date_of(min(cause.last_day, plan.days - 1)).isoformat(),
        "place": cause.place,
        "category": cause.category,
        "branch_ids": [branch_id(index) for index in branches],
        "store_ids": stores,
        "lines_lost": dict(effect.lines),
        "net_cents_lost": dict(effect.net_cents),
    }
