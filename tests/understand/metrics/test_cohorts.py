"""Join cohorts: what a month's new members came to, month by month, beside pandas and by hand."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.acceptance.journey import Deployment
from tests.understand.metrics import simulated as files
from tests.understand.metrics.small_chain import bring, line

from regulars.ground.kit.deployment import Chain
from regulars.ground.warehouse.engine import Engine
from regulars.understand.metrics import cohorts
from regulars.understand.metrics.service import Cohort, Cohorts, Worth, ask, get_cohorts

pytestmark = pytest.mark.django_db
FIRST_SALE = "2019-09-01"


def told(**asked: Any) -> Cohorts:
    return get_cohorts(ask(HEAD_OFFICE, **{"first": "2020-03-01", "last": "2020-03-31"} | asked))


def cohort_of(month: str, **asked: Any) -> Cohort:
    return next(c for c in told(**asked).cohorts if c.month_on == date.fromisoformat(f"{month}-01"))


def joined(code: str, day: str, home: str = "S1") -> dict[str, str]:
    return {"member_id": code, "joined_on": day, "home_store_id": home}


@pytest.fixture
def since_september(small_chain: Engine) -> None:
    """The record of sales begins in September 2019; three members join in November."""
    bring("lines", line("A0", FIRST_SALE, None))
    homes = {"N1": "S1", "N2": "S1", "N3": "S2"}
    bring("members", *[joined(code, "2019-11-20", home) for code, home in homes.items()])


@pytest.mark.usefixtures("since_september")
def test_a_cohort_s_worth_grows_month_by_month_returns_taken_off() -> None:
    bring(
        "lines",
        line("A1", "2019-11-21", "N1", 600, cost_cents=400),
        line("A2", "2020-01-05", "N2", 900, store="S2", cost_cents=500),
        line("R1", "2020-02-05", "N2", -300, quantity=-1, cost_cents=-200),
    )
    november = cohort_of("2019-11")
    assert [(w.buyers, w.net_cents, w.margin_cents) for w in november.months] == [
        (1, 600, 200), (1, 600, 200), (2, 1500, 600), (2, 1200, 500), (2, 1200, 500),
    ]  # fmt: skip
    assert november.to_date == Worth(3, 2, 1200, 500)
    assert november.months[0].net_per_member == 200
    assert november.months[2].bought_rate == Fraction(2, 3)


@pytest.mark.usefixtures("since_september")
def test_a_month_that_is_not_over_is_unknown_and_counts_to_date() -> None:
    bring("lines", line("A1", "2020-03-02", "N1", 600, cost_cents=400))
    november = cohort_of("2019-11", last="2020-03-15")
    assert len(november.months) == 4
    assert november.to_date == Worth(3, 1, 600, 200)
    why = november.why_unknown(november.after(4), "net_per_member")
    assert str(why) == "unknown: that month is not over yet"
    assert november.why_unknown(november.after(3), "net_per_member") is None


@pytest.mark.usefixtures("since_september")
def test_margin_is_unknown_from_the_first_line_without_a_cost_on() -> None:
    bring("lines", line("A1", "2019-11-21", "N1", 600, cost_cents=400))
    bring("lines", line("A2", "2020-01-05", "N1", 900))
    november = cohort_of("2019-11")
    assert [worth.margin_cents for worth in november.months] == [200, 200, None, None, None]
    assert november.months[4].margin_per_member is None
    why = november.why_unknown(november.after(4), "margin_per_member")
    assert str(why) == "unknown: not every line's cost is recorded"


@pytest.mark.usefixtures("since_september")
def test_a_store_counts_the_members_at_home_there_wherever_they_buy() -> None:
    bring("lines", line("A1", "2019-11-21", "N3", 600, store="S1", cost_cents=400))
    assert cohort_of("2019-11", org="S2").to_date == Worth(1, 1, 600, 200)
    assert cohort_of("2019-11", org="S1").to_date == Worth(2, 0, 0, 0)
    assert told(org="S2", last="2019-10-31", first="2019-10-01").cohorts == ()


@pytest.mark.usefixtures("since_september")
def test_who_joined_before_the_first_sale_on_record_is_not_valued() -> None:
    june = cohort_of("2019-06")
    assert (june.members, june.months, june.to_date) == (2, (), None)
    assert "before the first sale on record" in str(june.why_unknown(None, "net_per_member"))


@pytest.mark.usefixtures("since_september")
def test_where_only_buyers_are_recorded_the_share_who_bought_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cohorts, "chain", lambda: Chain(only_buyers_recorded=True))
    november = cohort_of("2019-11")
    assert november.months[0].bought_rate is None
    why = november.why_unknown(november.after(0), "bought_rate")
    assert str(why) == "unknown: only buyers are recorded"


@pytest.mark.usefixtures("since_september")
@pytest.mark.parametrize("narrow", [{"category": "Milk"}, {"channel": "store"}])
def test_within_goods_or_a_channel_cohorts_are_not_defined(narrow: dict[str, str]) -> None:
    assert told(**narrow).cohorts == ()
    assert str(told(**narrow).reason) == "not defined within goods or a channel"


@pytest.mark.usefixtures("since_september")
def test_only_the_24_latest_months_with_members_are_shown() -> None:
    earlier = pd.date_range("2017-01-01", "2019-05-01", freq="MS")
    bring("members", *[joined(f"O{n}", str(day.date())) for n, day in enumerate(earlier)])
    found = [cohort.month_on for cohort in told().cohorts]
    assert (len(found), found[0], found[1]) == (24, date(2019, 11, 1), date(2019, 6, 1))


@pytest.mark.parametrize("branch", ["", "B003"])
def test_cohorts_are_those_of_pandas(
    simulated: Deployment, simulated_files: Path, branch: str
) -> None:
    everyone, sold = files.members(simulated_files), files.tickets(simulated_files)
    if branch:
        stores = pd.read_parquet(simulated_files / "stores.parquet").set_index("store_id")
        everyone = everyone[everyone["home"].map(stores["branch_id"]) == branch]
    month = everyone["joined"].dt.to_period("M")
    bought = sold[sold["member"].isin(everyone.index)].assign(cohort=sold["member"].map(month))
    age = (bought["day"].dt.to_period("M") - bought["cohort"]).map(lambda months: months.n)
    found = told(first="2026-05-01", last="2026-05-31", org=branch).cohorts
    valued = [cohort for cohort in found if cohort.reason is None]
    assert len(found) == 24
    assert len(valued) in (15, 16), "the files hold sales from mid-February 2025 on"
    for cohort in valued:
        its = bought["cohort"] == pd.Period(cohort.month_on, "M")
        assert cohort.members == (month == pd.Period(cohort.month_on, "M")).sum()
        for months, worth in enumerate(cohort.months):
            so_far = bought[its & (age <= months)]
            assert worth == Worth(
                cohort.members,
                so_far[so_far["is_purchase"]]["member"].nunique(),
                int(so_far["net_cents"].sum()),
                int(so_far["margin_cents"].sum()),
            ), (cohort.month_on, months)
