"""Now and today, also where a deployment stands still."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.ground.kit import clock
from regulars.ground.kit.deployment import Chain

NOON = datetime(2026, 11, 23, 5, 6, tzinfo=UTC)
SINCE, LATE = (datetime.fromisoformat(day) for day in ("2025-11-02", "2030-01-01"))
STILL = date(2025, 10, 31)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Chain(as_of=STILL, day_cutoff_hours=4, time_zone="Asia/Shanghai")
    monkeypatch.setattr(clock, "chain", lambda: told)


@pytest.mark.usefixtures("still")
def test_where_a_deployment_stands_still_what_is_done_is_of_that_day_at_its_hour() -> None:
    assert clock.on_its_day(NOON).isoformat() == "2025-10-31T13:06:00+08:00"
    before_the_cut = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    assert clock.on_its_day(before_the_cut).isoformat() == "2025-11-01T02:30:00+08:00"


def test_elsewhere_a_moment_is_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "chain", Chain)
    assert clock.on_its_day(NOON) is NOON


@pytest.mark.usefixtures("still")
def test_what_was_before_the_day_on_which_a_deployment_stands_still_stays_where_it_was() -> None:
    last_year = NOON.replace(year=2024)
    assert clock.on_its_day(last_year) is last_year


@given(st.datetimes(min_value=SINCE, max_value=LATE, timezones=st.just(UTC)))
def test_moments_of_a_business_day_keep_their_order(at: datetime) -> None:
    told = Chain(as_of=STILL, day_cutoff_hours=4, time_zone="Asia/Shanghai")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "chain", lambda: told)
        assert clock.business_date(clock.on_its_day(at)) == STILL
        later = at + timedelta(minutes=1)
        is_same_day = clock.business_date(at) == clock.business_date(later)
        assert not is_same_day or clock.on_its_day(at) < clock.on_its_day(later)
