"""Outcomes as last counted, by night or for somebody, and what earlier ones say of the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from regulars.ground.kit import clock
from regulars.ground.kit.sql import named
from regulars.understand.experiments import statistics
from regulars.understand.experiments.measuring import measure
from regulars.understand.experiments.models import Experiment, KeptOutcome
from regulars.understand.experiments.outcomes import Outcome

LEVEL_Z = 1.959964
"""Half a 95 % interval in standard deviations."""


@dataclass(frozen=True)
class Past:
    """One experiment that is over. Rates are shares of people; `low` and `high` are the
    fixed-horizon interval of `uplift_rate`. `cents_a_head` is by how much net sales rose for each
    who was to be reached."""

    code: str
    name: str
    ended_on: date
    people: int
    base_rate: float
    uplift_rate: float
    low: float
    high: float
    cents_a_head: float
    cents_low: float
    cents_high: float


@dataclass(frozen=True)
class Expected:
    """What the next one may bring, from `count` earlier ones: the interval is one for a **next**
    experiment, so it holds how they differed among themselves."""

    count: int
    base_rate: float
    uplift_rate: float
    low: float
    high: float
    cents_a_head: float
    cents_low: float
    cents_high: float


def keep(experiment: Experiment, on: date) -> Outcome:
    """Measure it and keep what was found for the day, in place of what was kept for it. Of earlier
    days only the whole stays."""
    outcome = replace(measure(experiment, on), counted_at=clock.now())
    KeptOutcome.objects.update_or_create(
        experiment=experiment,
        measured_on=on,
        defaults={"is_final": outcome.is_final, "facts": outcome.as_json()},
    )
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "slim"), {"experiment": experiment.pk, "on": on})
    return outcome


def keep_all(on: date) -> int:
    """Keep the outcomes of all that began and are not finally known; says of how many."""
    open_ones = Experiment.objects.filter(began_on__lte=on).exclude(
        Q(outcomes__is_final=True, outcomes__measured_on__lt=on)
    )
    return len([keep(experiment, on) for experiment in open_ones.order_by("pk").distinct()])


def kept_outcome(experiment: Experiment) -> Outcome | None:
    """As last counted; None before the first time."""
    kept = experiment.outcomes.order_by("-measured_on").first()
    return Outcome.from_json(kept.facts) if kept else None


def kept_outcomes(experiments: Iterable[Experiment]) -> dict[int, Outcome]:
    """The same of many, by experiment id, in one question; those never counted are not in it."""
    rows = KeptOutcome.objects.filter(experiment__in=list(experiments))
    latest = rows.order_by("experiment_id", "-measured_on").distinct("experiment_id")
    return {row.experiment_id: Outcome.from_json(row.facts) for row in latest}


def results_like(outcome: Mapping[str, Any], code: str = "") -> list[Past]:
    """Final results of experiments in which the same thing counted, the latest first; of those that
    are called `code`, or `code` and a number (`code-2`), alone where there are any. Those without
    a hold-out, or too small to tell, are left out."""
    kept = KeptOutcome.objects.filter(is_final=True, experiment__outcome=dict(outcome))
    latest = kept.order_by("experiment_id", "-measured_on").distinct("experiment_id")
    pasts = [past for row in latest.select_related("experiment") if (past := _past(row))]
    pasts.sort(key=lambda past: (past.ended_on, past.code), reverse=True)
    return [past for past in pasts if _is_called(past.code, code)] or pasts


def expected_from(pasts: list[Past]) -> Expected | None:
    """What they say of the next one: random effects (DerSimonian and Laird). None without any."""
    if not pasts:
        return None
    people = sum(past.people for past in pasts)
    base = sum(past.base_rate * past.people for past in pasts) / people
    uplift, strays = _together([(p.uplift_rate, p.low, p.high) for p in pasts])
    cents, cents_stray = _together([(p.cents_a_head, p.cents_low, p.cents_high) for p in pasts])
    return Expected(
        len(pasts), base,
        uplift, uplift - LEVEL_Z * strays, uplift + LEVEL_Z * strays,
        cents, cents - LEVEL_Z * cents_stray, cents + LEVEL_Z * cents_stray,
    )  # fmt: skip


def _together(intervals: list[tuple[float, float, float]]) -> tuple[float, float]:
    estimates, lows, highs = zip(*intervals, strict=True)
    errors = [(high - low) / 2 / LEVEL_Z for low, high in zip(lows, highs, strict=True)]
    return statistics.random_effects(estimates, errors)


def _past(row: KeptOutcome) -> Past | None:
    told, experiment = Outcome.from_json(row.facts), row.experiment
    rate, money, base = told.uplift.conversion, told.uplift.money, told.held_out.conversion_rate
    bounds = (rate.estimate, rate.low, rate.high, money.estimate, money.low, money.high)
    if base is None or None in bounds:
        return None
    ended_on = experiment.ended_on or row.measured_on
    return Past(told.code, told.name, ended_on, told.entered, base, *map(float, bounds))  # type: ignore[arg-type]


def _is_called(code: str, wanted: str) -> bool:
    rest = code.removeprefix(wanted)
    return bool(wanted) and (code == wanted or (rest != code and rest.lstrip("-").isdigit()))
