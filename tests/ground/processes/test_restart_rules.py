"""When a child is started again, and what its lines say."""

import pytest

from regulars.ground.processes import rules


def test_pauses_double_and_stay_at_half_a_minute() -> None:
    assert [rules.pause_after(n) for n in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert rules.pause_after(1000) == 30.0


def test_an_end_after_a_steady_minute_begins_a_new_row() -> None:
    assert rules.count_failures(4, lived_seconds=59.0) == 5
    assert rules.count_failures(4, lived_seconds=60.0) == 1


def test_readiness_is_asked_for_ever_less_often() -> None:
    first = rules.look_again_after(0.0, is_ready=False)
    second = rules.look_again_after(first, is_ready=False)
    assert 0 < first < second < 0.1
    assert rules.look_again_after(100.0, is_ready=False) == 5.0
    assert rules.look_again_after(first, is_ready=True) == 5.0


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("LOG:  database system is ready", "info"),
        ("FATAL:  the database system is starting up", "error"),
        ("[WARNING] slow", "warning"),
        ("[INFO] Started worker-1", "info"),
        ("Traceback (most recent call last):", "error"),
        ("ERRORS were few", "info"),
        ("no level at all", "info"),
    ],
)
def test_a_line_states_its_level(line: str, level: str) -> None:
    assert rules.level_of(line, before="info") == level


def test_an_indented_line_has_the_level_of_the_line_before() -> None:
    assert rules.level_of('  File "x.py", line 1', before="error") == "error"


def test_an_end_is_told_in_words() -> None:
    assert rules.describe_end(3) == "ended with code 3"
    assert rules.describe_end(-9) == "was ended by SIGKILL"
