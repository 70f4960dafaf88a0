"""Outcomes are kept by night, and say what the next experiment of the kind may bring."""

from datetime import date
from typing import Any

import pytest
from tests.understand.experiments.entering import arms, began, entered, everybody
from tests.understand.experiments.small_chain import BEGAN_ON, DAY

from regulars.ground.kit import clock
from regulars.understand.experiments import service
from regulars.understand.experiments.jobs import keep_outcomes
from regulars.understand.experiments.keeping import Past
from regulars.understand.experiments.models import Experiment, KeptOutcome

OVER_ON = BEGAN_ON + 14 * DAY


def past(uplift: float, half: float, code: str = "a", ended_on: date = BEGAN_ON) -> Past:
    money = (100 * uplift, 100 * (uplift - half), 100 * (uplift + half))
    return Past(code, code, ended_on, 1_000, 0.2, uplift, uplift - half, uplift + half, *money)


def ended(**facts: Any) -> Experiment:
    experiment = began(**facts)
    entered(everybody(experiment))
    service.end(experiment, BEGAN_ON)
    return experiment


@pytest.mark.usefixtures("four_stores")
def test_each_night_keeps_what_is_open_until_it_is_final(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = ended()
    assert service.kept_outcome(experiment) is None
    assert service.kept_outcomes([experiment]) == {}
    for day in (OVER_ON - DAY, OVER_ON, OVER_ON, OVER_ON + DAY):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        keep_outcomes()
    kept = KeptOutcome.objects.order_by("measured_on").values_list("measured_on", "is_final")
    assert list(kept) == [(OVER_ON - DAY, False), (OVER_ON, True)]
    found = service.kept_outcome(experiment)
    assert found == service.measure(experiment, OVER_ON)
    earlier = service.Outcome.from_json(KeptOutcome.objects.get(is_final=False).facts)
    assert (earlier.entered, earlier.by_store) == (found.entered, [])
    assert found.by_store
    assert service.kept_outcomes([experiment]) == {experiment.pk: found}


@pytest.mark.usefixtures("four_stores")
def test_what_has_not_begun_is_not_counted() -> None:
    began(on=OVER_ON + DAY)
    assert service.keep_all(OVER_ON) == 0


@pytest.mark.usefixtures("four_stores")
def test_results_of_the_same_outcome_size_the_next_those_of_its_name_first() -> None:
    birthday, other = ended(code="birthday"), ended(code="other")
    ended(code="without", rate="0.00")
    ended(code="milk", outcome={"kind": "category", "code": "Food"})
    began(code="running")
    service.keep_all(OVER_ON)
    found = service.results_like({"kind": "purchase"})
    assert {each.code for each in found} == {"birthday", "other"}
    (of_name,) = service.results_like({"kind": "purchase"}, "birthday")
    outcome = service.kept_outcome(birthday)
    assert outcome is not None
    assert (of_name.uplift_rate, of_name.low) == (
        outcome.uplift.conversion.estimate,
        outcome.uplift.conversion.low,
    )
    assert of_name.base_rate == outcome.held_out.conversion_rate
    assert of_name.people == len(arms(birthday)) == len(arms(other))
    assert service.results_like({"kind": "event", "name": "x"}, "birthday") == []
    assert len(service.results_like({"kind": "purchase"}, "birthday-2")) == 2


def test_earlier_results_that_differ_promise_less_of_the_next() -> None:
    assert service.expected_from([]) is None
    one = service.expected_from([past(0.05, 0.02)])
    assert one is not None
    assert (one.low, one.uplift_rate, one.high) == pytest.approx((0.03, 0.05, 0.07))
    alike = service.expected_from([past(0.05, 0.02), past(0.05, 0.02)])
    apart = service.expected_from([past(0.01, 0.02), past(0.09, 0.02)])
    assert alike is not None
    assert apart is not None
    assert alike.uplift_rate == pytest.approx(apart.uplift_rate)
    assert alike.high - alike.low < one.high - one.low < apart.high - apart.low
    assert apart.cents_a_head == pytest.approx(5)
