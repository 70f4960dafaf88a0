"""The model `next_purchase`: on which day a member is expected to buy a category again.

It is worked out for the categories that tags ask for, each with all that lies below it; the empty
one is any goods. How: decision 0018, and the macros `placed_purchases` and `next_purchases`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from regulars.ground.warehouse.service import stage
from regulars.know.tags.model_outputs import MODELS, NEXT_PURCHASE
from regulars.know.tags.predictions.asked import asked, begin, count_parts, finish, parts, put
from regulars.know.tags.predictions.fits import CannotFit, Fit, Trouble
from regulars.know.tags.predictions.told import daily_use

FEWEST = 20
"""Intervals in a category: with fewer nothing is usual."""
WEIGHT = 2
"""So many intervals the usual pace counts beside a member's own."""
CARRIED = 2
"""Purchases whose goods may still be in the cupboard. With more, dates came too late on days that
were held back: what people buy elsewhere makes a cupboard seem fuller than it is."""
HELD_OUT_DAYS = 90
NEAR_DAYS = 7
DAYS_A_MONTH = 30.4375
NEVER = "$^"
"""A pattern that no goods have."""


@dataclass(frozen=True)
class Need:
    """What of a category is used up by a child: `need` names the table of daily use."""

    name: str = ""
    but_not: str = NEVER


def fit_next_purchase(day: date, categories: Sequence[str]) -> Fit:
    """Everybody's next purchase of each category. Raises CannotFit if nothing is usual in any."""
    uses = daily_use()
    stage("model_daily_use", _daily_use(uses))
    begin(MODELS[NEXT_PURCHASE].table)
    usual: dict[str, dict[str, Any]] = {}
    accuracy: dict[str, dict[str, Any]] = {}
    for category in categories:
        need = _need(uses, category)
        names = _names(category, need, day)
        use = {language: uses[need.name][language] for language in ("zh", "en") if need.name}
        usual[category] = {"use": use, **names["found"]}
        if not names["is_usual"]:
            continue
        for part in parts():
            put("next_purchase_put", **{**names, **part, "day": day})
        accuracy[category] = _held_out(category, need, day)
    finish(MODELS[NEXT_PURCHASE].table)
    if not accuracy:
        raise CannotFit(Trouble.TOO_FEW)
    return Fit({"categories": usual}, accuracy)


def _held_out(category: str, need: Need, day: date) -> dict[str, Any]:
    """What was expected before the last days against what came in them."""
    cut = day - timedelta(days=HELD_OUT_DAYS)
    names = _names(category, need, cut)
    if not names["is_usual"]:
        return {}
    found = asked("next_purchase_accuracy", cut=cut, near=NEAR_DAYS, day=day, **names)
    return {"cut": cut.isoformat(), "near_days": NEAR_DAYS, **found.to_pylist()[0]}


def _names(category: str, need: Need, day: date) -> dict[str, Any]:
    """What the queries of a category ask for, as of a day. What is usual is taken from one part of
    the members, millions where there is more than one."""
    names = {"category": category, "but_not": need.but_not, "need": need.name}
    more = {"weight": WEIGHT, "carried": CARRIED, "parts": count_parts()}
    (found,) = asked("next_purchase_usual", **names, **more, day=day).to_pylist()
    usual = {"usual_days": found["days"], "usual_pace": found["pace"]}
    return {**names, **more, **usual, "found": found, "is_usual": found["intervals"] >= FEWEST}


def _need(uses: Mapping[str, Any], category: str) -> Need:
    for name, use in uses.items():
        if category and re.search(_python(use["goods"]), category):
            return Need(name, use.get("but_not", NEVER))
    return Need()


def _python(pattern: str) -> str:
    """RE2 lets a flag stand anywhere, Python at the beginning alone: there it is for the whole."""
    return ("(?i)" if "(?i)" in pattern else "") + pattern.replace("(?i)", "")


def _daily_use(uses: Mapping[str, Any]) -> pa.Table:
    """Ages with what is used a day, and what was used before; a last row says when all is used."""
    rows = []
    for name, use in uses.items():
        used = 0.0
        for begins, ends, a_day in use["ages"]:
            rows.append((name, float(begins), float(a_day), used))
            used += (ends - begins) * DAYS_A_MONTH * a_day
        rows.append((name, float(use["ages"][-1][1]), 0.0, used))
    columns = zip(*rows, strict=True)
    names = ("need", "from_month", "a_day", "used_before")
    return pa.table(dict(zip(names, map(list, columns), strict=True)))
