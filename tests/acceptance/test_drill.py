"""The crash drill in its short form; `make drill` is the long one."""

from tests.acceptance.drill import drill

KILLS, SEED = 6, 7


def test_killed_again_and_again_everything_acknowledged_is_there_exactly_once() -> None:
    report = drill(KILLS, seed=SEED)
    assert report.is_clean, str(report)
    assert report.acknowledged["orders"] > 0
    assert report.acknowledged["events"] > 0
    assert sum(report.kills.values()) == KILLS
    assert report.windows_hit, str(report)
