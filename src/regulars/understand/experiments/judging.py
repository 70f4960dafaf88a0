"""Whether it works, does nothing, or cannot be told yet."""

from regulars.understand.experiments import statistics
from regulars.understand.experiments.outcomes import Interval, Unknown, Verdict
from regulars.understand.experiments.uplifts import Cells, difference_of, uplift_of

HOPED_GAIN = 0.2
"""What is hoped for where nobody said: a fifth more than do it anyway."""


def judge(
    interval: Interval, is_final: bool, smallest_seen: float | None, hoped: float | None
) -> Verdict:
    """An interval beside zero tells at any time. One that holds zero says that nothing happens only
    at the end, and only if what was hoped for would have been seen."""
    if interval.low is not None and interval.low > 0:
        return Verdict.WORKS
    if interval.high is not None and interval.high < 0:
        return Verdict.HARMS
    if not is_final or None in {smallest_seen, hoped}:
        return Verdict.CANNOT_TELL
    assert smallest_seen is not None and hoped is not None
    return Verdict.NOTHING if smallest_seen <= hoped else Verdict.CANNOT_TELL


def smallest_uplift_seen(cells: Cells) -> float | None:
    """Of the conversion rate, with the people whose window is over; None where they are too few."""
    if uplift_of(cells, True).conversion.unknown in set(Unknown):
        return None
    over = [cell for cell in cells if cell["is_over"]]
    return float(statistics.smallest_seen(difference_of(over, True).error))
