"""From sums by store to what being reached was worth, with its interval."""

from collections import defaultdict
from typing import Any

import numpy as np

from regulars.understand.experiments import statistics
from regulars.understand.experiments.outcomes import Interval, Method, Unknown, Uplift
from regulars.understand.experiments.statistics import Difference, Sums

TUNED_AT = 5_000
"""Anytime-valid intervals are narrowest when so many people's windows are over."""
LEAST_PEOPLE = 30
"""An arm with fewer people, or with fewer than `LEAST_OF_EACH` who did it or who did not, tells
nothing: what is asymptotic does not hold for it yet."""
LEAST_OF_EACH = 5
LEAST_IN_STRATUM = 10
"""Stores with fewer people in an arm are one stratum together."""
Cells = list[dict[str, Any]]


def uplift_of(cells: Cells, is_final: bool) -> Uplift:
    """Of all stores, stratified by them. Only those count whose window is over."""
    over = [cell for cell in cells if cell["is_over"]]
    method = Method.FIXED_HORIZON if is_final else Method.ANYTIME_VALID
    unknown = _why_unknown(cells, over)
    if unknown:
        return _unknown(method, unknown)
    people = sum(cell["people"] for cell in over)
    to_reach = sum(cell["people"] for cell in over if not cell["is_held_out"])
    conversion, money = (
        _interval(difference_of(over, counted), people, method) for counted in (True, False)
    )
    return Uplift(conversion, money, conversion.times(to_reach), money.times(to_reach))


def uplifts_of_stores(cells: Cells, is_final: bool) -> dict[int | None, tuple[Cells, Uplift]]:
    """Each store by itself, with its cells."""
    stores: dict[int | None, Cells] = defaultdict(list)
    for cell in cells:
        stores[cell["store_id"]].append(cell)
    return {store: (of_store, uplift_of(of_store, is_final)) for store, of_store in stores.items()}


def difference_of(over: Cells, is_conversion: bool) -> Difference:
    """Post-stratified by store, variance reduced by what was spent before."""
    strata = _strata(over)
    reached, held_out = (
        _sums([cell for cell in over if cell["is_held_out"] == held], strata, is_conversion)
        for held in (False, True)
    )
    return statistics.post_stratified(*statistics.cuped(reached, held_out))


def _why_unknown(cells: Cells, over: Cells) -> Unknown | None:
    if not any(cell["is_held_out"] for cell in cells):
        return Unknown.NO_HOLDOUT
    if not over:
        return Unknown.NO_WINDOW_OVER
    arms = [[cell for cell in over if cell["is_held_out"] == held] for held in (False, True)]
    return None if all(_is_enough(arm) for arm in arms) else Unknown.TOO_FEW


def _is_enough(arm: Cells) -> bool:
    people, did = (sum(cell[name] for cell in arm) for name in ("people", "conversions"))
    return bool(people >= LEAST_PEOPLE and LEAST_OF_EACH <= did <= people - LEAST_OF_EACH)


def _interval(difference: Difference, people: int, method: Method) -> Interval:
    if method == Method.FIXED_HORIZON:
        low, high = statistics.fixed_horizon(difference)
    else:
        low, high = statistics.anytime_valid(difference, people, TUNED_AT)
    return Interval(float(difference.estimate), float(low), float(high), method)


def _unknown(method: Method, why: Unknown) -> Uplift:
    return Uplift(*(Interval(None, None, None, method, why) for _each in range(4)))


def _strata(over: Cells) -> dict[int | None, int]:
    """The stratum of each store: its own where both arms have enough people, 0 for the others.
    Where those are too few even together, they go with one that has enough."""
    people: dict[int | None, dict[bool, int]] = defaultdict(lambda: {False: 0, True: 0})
    for cell in over:
        people[cell["store_id"]][cell["is_held_out"]] += cell["people"]
    small = [store for store, of in people.items() if min(of.values()) < LEAST_IN_STRATUM]
    large = [store for store in people if store not in set(small)]
    together = [sum(people[store][held] for store in small) for held in (False, True)]
    begin = 1 if small and min(together) >= LEAST_IN_STRATUM else 0
    return dict.fromkeys(small, 0) | {store: n for n, store in enumerate(large, begin)}


def _sums(cells: Cells, strata: dict[int | None, int], is_conversion: bool) -> Sums:
    count = max(strata.values()) + 1
    columns = np.zeros((6, count))
    for cell in cells:
        columns[:, strata[cell["store_id"]]] += _row(cell, is_conversion)
    return Sums(*columns)


def _row(cell: dict[str, Any], is_conversion: bool) -> tuple[float, ...]:
    before = (cell["before"], cell["before_squared"])
    if is_conversion:
        did = cell["conversions"]
        return (cell["people"], did, did, *before, cell["conversions_before"])
    return (cell["people"], cell["cents"], cell["cents_squared"], *before, cell["cents_before"])
