"""The benchmark of diagnosis in its short form: one small chain, two plants of each kind."""

from collections import Counter

import numpy as np
import pytest
from bench.diagnosis import DRAWN, Score, _causes, _drilled, _grade, _quiet, _runs, _top
from bench.diagnosis_world import World, build


@pytest.fixture(scope="module")
def world() -> World:
    return build(members=72_000, stores=42, seed=5)


def test_what_is_planted_is_found_more_often_than_by_drilling(world: World) -> None:
    ours, drill = (Score(Counter(), Counter(), Counter()) for _ in range(2))
    for run in _runs([world], 2 * len(DRAWN), np.random.default_rng(5)):
        _grade(ours, run, _top(run.world), None)
        _grade(drill, run, _drilled(run.world), None)
    assert ours.share(ours.nodes, DRAWN) >= 0.8
    assert ours.share(ours.factors, DRAWN) >= 0.8
    assert ours.share(ours.nodes, DRAWN) > drill.share(drill.nodes, DRAWN)


def test_without_a_plant_hardly_anything_is_raised(world: World) -> None:
    raised = [
        any(cause.is_raised for cause in _causes(quiet))
        for quiet in _quiet([world], 14, np.random.default_rng(6))
    ]
    assert sum(raised) <= 2
