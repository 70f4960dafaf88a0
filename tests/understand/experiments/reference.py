"""What came of an experiment, counted person by person in plain Python from the records that were
brought in: no SQL, no sums that add up."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import scipy.stats
from tests.understand.experiments.small_chain import PRODUCTS, lines

BEFORE = timedelta(days=90)


@dataclass
class Person:
    store: int | None
    is_held_out: bool
    entered_on: date
    is_over: bool = False
    did: int = 0
    cents: int = 0
    before: int = 0


Counts = Callable[[dict[str, Any]], bool]


def is_purchase(line: dict[str, Any]) -> bool:
    return bool(line["quantity"] > 0)


def is_of(category: str) -> Counts:
    return lambda line: is_purchase(line) and PRODUCTS[line["product_id"]].startswith(category)


def day_of(line: dict[str, Any]) -> date:
    return datetime.fromisoformat(line["sold_at"]).date()


def follow(people: Mapping[str, Person], counts: Counts, window: int, on: date) -> list[Person]:
    """Fill in what each did, by the end of a day."""
    for line in lines():
        person, day = people.get(line["member_id"]), day_of(line)
        if person is None or day > on:
            continue
        until = person.entered_on + timedelta(days=window)
        if person.entered_on <= day < until:
            person.cents += line["net_cents"]
            person.did |= counts(line)
        elif person.entered_on - BEFORE <= day < person.entered_on:
            person.before += line["net_cents"]
    for person in people.values():
        person.is_over = person.entered_on + timedelta(days=window) <= on
    return list(people.values())


def uplift(people: list[Person], value: str) -> tuple[float, float, float]:
    """Estimate, standard error and degrees of freedom: θ from deviations within store and arm; each
    store's difference of adjusted means, weighted by its people. Stores with fewer than ten people
    in an arm are one, or, where that is still as small, part of the one first made that is not."""
    over = [person for person in people if person.is_over]
    strata: dict[Any, dict[bool, list[Person]]] = defaultdict(lambda: {False: [], True: []})
    for person in over:
        strata[person.store][person.is_held_out].append(person)
    small = [store for store, arms in strata.items() if min(map(len, arms.values())) < 10]
    for store in small:
        for held, found in strata.pop(store).items():
            strata["small"][held] += found
    if small and min(map(len, strata["small"].values())) < 10:
        for held, found in strata.pop("small").items():
            strata[min(strata)][held] += found
    cells = {(s, held): found for s, arms in strata.items() for held, found in arms.items()}
    values = {key: np.array([getattr(p, value) for p in found]) for key, found in cells.items()}
    before = {key: np.array([p.before for p in found]) for key, found in cells.items()}
    apart = {key: x - x.mean() for key, x in before.items()}
    theta = sum((apart[key] * (y - y.mean())).sum() for key, y in values.items()) / sum(
        (x**2).sum() for x in apart.values()
    )
    estimate, squared, lost = 0.0, 0.0, 0.0
    for store, arms in strata.items():
        weight = sum(map(len, arms.values())) / len(over)
        for held, sign in ((False, 1), (True, -1)):
            left = values[store, held] - theta * before[store, held]
            part = weight**2 * left.var(ddof=1) / len(left)
            estimate += sign * weight * left.mean()
            squared += part
            lost += part**2 / (len(left) - 1)
    return estimate, squared**0.5, squared**2 / lost


def fixed_horizon(found: tuple[float, float, float]) -> tuple[float, float]:
    estimate, error, degrees = found
    radius = scipy.stats.t.ppf(0.975, degrees) * error
    return estimate - radius, estimate + radius
