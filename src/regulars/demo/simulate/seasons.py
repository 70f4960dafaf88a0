"""How busy each day is: weekdays, Chinese New Year, 618 and 11.11."""

from datetime import date

import numpy as np

from regulars.demo.simulate.arrays import NEVER, Floats, Ints
from regulars.demo.simulate.plan import HISTORY_DAYS, Plan

WEEKDAYS = (0.90, 0.88, 0.90, 0.93, 1.02, 1.21, 1.16)
MONTHS = (1.0, 0.97, 1.0, 0.98, 1.02, 1.0, 0.96, 0.97, 1.0, 1.01, 1.03, 1.04)
NEW_YEARS = (
    (2018, 2, 16), (2019, 2, 5), (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22),
    (2024, 2, 10), (2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26), (2029, 2, 13),
    (2030, 2, 3), (2031, 1, 23), (2032, 2, 11), (2033, 1, 31), (2034, 2, 19), (2035, 2, 8),
)  # fmt: skip
AROUND_NEW_YEAR = ((-12, -3, 1.25), (-2, -1, 0.6), (0, 4, 0.3), (5, 12, 0.75))
"""From day, to day, times as busy: stocking up, then closed shutters, then a slow return."""
SALES = (
    # first month and day, last month and day, how many times as busy, discount depth
    ((6, 1), (6, 3), 1.45, 0.14),
    ((6, 15), (6, 17), 1.35, 0.14),
    ((6, 18), (6, 18), 3.0, 0.20),
    ((8, 8), (8, 8), 1.25, 0.08),
    ((10, 1), (10, 5), 1.25, 0.08),
    ((11, 1), (11, 3), 1.4, 0.14),
    ((11, 8), (11, 10), 1.6, 0.14),
    ((11, 11), (11, 11), 3.6, 0.22),
    ((12, 12), (12, 12), 1.5, 0.12),
)
AHEAD_DAYS = 1_200


class Seasons:
    """Busyness of days, and a clock that runs faster on busy days."""

    def __init__(self, plan: Plan) -> None:
        self.first = -HISTORY_DAYS
        days = np.arange(self.first, plan.days + AHEAD_DAYS)
        dates = (days + plan.epoch_day).astype("datetime64[D]")
        self.busy, self.depth = _busy_and_depth(dates)
        self._clock = np.cumsum(self.busy)

    def after(self, day: int | Ints, wait: Floats) -> Ints:
        """The day on which `wait` average days have gone by since `day` (at least the next)."""
        now = self._clock[np.asarray(day) - self.first]
        reached = np.searchsorted(self._clock, now + wait) + self.first
        return np.asarray(np.clip(reached, np.asarray(day) + 1, NEVER), dtype=np.int16)

    def busy_on(self, day: int) -> float:
        return float(self.busy[day - self.first])

    def depth_on(self, day: int) -> float:
        """The discount of the day's sale, 0 on an ordinary day."""
        return float(self.depth[day - self.first])


def _busy_and_depth(dates: Ints) -> tuple[Floats, Floats]:
    weekday = (dates.astype(np.int64) + 3) % 7
    month = dates.astype("datetime64[M]").astype(np.int64) % 12
    busy = np.array(WEEKDAYS)[weekday] * np.array(MONTHS)[month]
    depth = np.zeros(len(dates))
    month_day = (month + 1) * 100 + (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    for (from_month, from_day), (to_month, to_day), times, cut in SALES:
        within = (month_day >= from_month * 100 + from_day) & (month_day <= to_month * 100 + to_day)
        busy[within] *= times
        depth[within] = cut
    return busy * _new_year(dates), depth


def _new_year(dates: Ints) -> Floats:
    factor = np.ones(len(dates))
    for new_year in NEW_YEARS:
        since = (dates - np.datetime64(date(*new_year))).astype(np.int64)
        for first, last, times in AROUND_NEW_YEAR:
            factor[(since >= first) & (since <= last)] = times
    return factor
