"""KPIs that follow members for a time."""

from datetime import date

import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.understand.metrics.small_chain import bring, line

from regulars.ground.kit.deployment import Chain
from regulars.ground.warehouse.engine import Engine
from regulars.understand.metrics import kpis
from regulars.understand.metrics.service import Value, ask, list_metrics


@pytest.fixture(autouse=True)
def _chain(small_chain: Engine) -> None:
    """Four join in February 2020, one on the 1st of March and one on the 2nd; today is the 31st."""
    days = ["2020-02-01", "2020-02-01", "2020-02-20", "2020-02-29", "2020-03-01", "2020-03-02"]
    new = [
        {"member_id": f"N{n}", "joined_on": day, "home_store_id": "S2" if n == 4 else "S1"}
        for n, day in enumerate(days, 1)
    ]
    bring("members", *new)
    bring(
        "lines",
        line("A1", "2020-03-02", "N1"),  # the 30th day
        line("A2", "2020-03-03", "N2"),  # a day too late
        line("A3", "2020-03-10", "N4"),
        line("A4", "2020-03-02", "N6"),  # joined 29 days ago
    )


def conversion_30d(first: str, last: str, **where: str) -> Value:
    values = list_metrics(ask(HEAD_OFFICE, first=first, last=last, compare="none", **where))
    return next(value for value in values if value.metric.code == "conversion_30d")


def test_conversion_within_30_days_gives_everyone_the_same_time() -> None:
    february = conversion_30d("2020-02-01", "2020-02-29")
    assert (february.numerator, february.denominator) == (2, 4)
    at_home = conversion_30d("2020-02-01", "2020-02-29", org="S2")
    assert (at_home.numerator, at_home.denominator) == (1, 1)


def test_who_has_not_been_observed_for_30_days_is_left_out() -> None:
    march = conversion_30d("2020-03-01", "2020-03-31")
    assert (march.numerator, march.denominator, march.value) == (0, 1, 0)


def test_conversion_within_30_days_is_unknown_while_nobody_has_been_observed_so_long() -> None:
    lately = conversion_30d("2020-03-02", "2020-03-31")
    assert lately.value is None
    assert str(lately.why_unknown) == "unknown: nobody has been observed for 30 days yet"


def test_conversion_within_30_days_is_unknown_where_only_buyers_are_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = Chain(as_of=date(2020, 3, 31), only_buyers_recorded=True)
    monkeypatch.setattr(kpis, "chain", lambda: seen)
    february = conversion_30d("2020-02-01", "2020-02-29")
    assert february.value is None
    assert str(february.why_unknown) == "unknown: only buyers are recorded"
