"""What the whole chain did: goods that fall as one, and what a short month alone does."""

import numpy as np
import pytest

from regulars.understand.diagnosis.causes import Cause
from regulars.understand.diagnosis.expectation import visits_of
from regulars.understand.diagnosis.wholes import strongest_of


def whole(group: int, keys: tuple[int, ...], evidence: float, change: float) -> Cause:
    return Cause(1, "lines", group, keys, True, -4.0, evidence, change, -1.0, 100.0)


def test_goods_that_fall_as_one_are_told_as_one() -> None:
    diapers, pull_ups, taped = (
        whole(1, (0, 1), 5.5, -0.3),
        whole(2, (0,), 6.0, -0.3),
        whole(3, (1,), 2.0, -0.25),
    )
    assert strongest_of([diapers, pull_ups, taped]) is diapers


@pytest.mark.parametrize("other", [0.1, -0.1])
def test_one_that_falls_alone_is_told_alone(other: float) -> None:
    diapers, pull_ups, taped = (
        whole(1, (0, 1), 5.5, -0.2),
        whole(2, (0,), 6.0, -0.3),
        whole(3, (1,), 0.0, other),
    )
    assert strongest_of([diapers, pull_ups, taped]) is pull_ups


def test_where_nothing_moved_nothing_is_compared() -> None:
    still = [whole(1, (0, 1), -2.0, 0.0), whole(2, (0,), -1.0, 0.0), whole(3, (1,), -2.0, 0.0)]
    assert strongest_of(still) is still[1]
    assert strongest_of([]) is None


def test_a_short_month_has_fewer_who_come_twice() -> None:
    rng = np.random.default_rng(3)
    busy = np.array([30.0, 30.0, 30.0, 23.0])
    visits = rng.poisson(0.9 * busy / 30, (400_000, 4))
    buyers = (visits > 0).sum(0).astype(float)[None]
    tickets = visits.sum(0).astype(float)[None]
    told = visits_of(buyers, tickets, busy)[0]
    often = (tickets / buyers)[0]
    assert told[:3] == pytest.approx(1.0, abs=0.01)
    assert told[3] == pytest.approx(often[3] / often[:3].mean(), abs=0.01)
    assert told[3] < 0.93
