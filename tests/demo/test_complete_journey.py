"""The real data set: what is in it, and what its translation keeps."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from regulars.demo.complete_journey import BRANCHES, grouped_by_sales, write_complete_journey
from regulars.ground.kit.deployment import read_chain
from regulars.ground.kit.progress import silent
from regulars.know.collect.layouts import LAYOUTS

TOTAL_CENTS = 459_603_958


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("complete_journey")
    write_complete_journey(out, silent)
    return out


@pytest.fixture(scope="module")
def data(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'America/New_York'")
        for file in folder.glob("*.parquet"):
            connection.read_parquet(str(file)).create_view(file.stem)
        yield connection


def test_every_file_has_the_columns_of_its_layout(data: duckdb.DuckDBPyConnection) -> None:
    for kind in ("stores", "staff", "products", "members", "relations", "lines"):
        found = set(data.table(kind).columns)
        assert {column.name for column in LAYOUTS[kind] if column.is_required} <= found
        assert found <= {column.name for column in LAYOUTS[kind]}


def test_no_line_and_no_cent_is_lost(data: duckdb.DuckDBPyConnection) -> None:
    counted = data.sql("SELECT count(*), sum(net_cents), count(DISTINCT order_id) FROM lines")
    assert counted.fetchall() == [(1_469_307, TOTAL_CENTS, 155_848)]


def test_business_dates_are_those_of_2017_in_new_york(data: duckdb.DuckDBPyConnection) -> None:
    days = data.sql("SELECT min(CAST(sold_at AS DATE)), max(CAST(sold_at AS DATE)) FROM lines")
    assert days.fetchall() == [(date(2017, 1, 1), date(2017, 12, 31))]


def test_every_reference_exists(data: duckdb.DuckDBPyConnection) -> None:
    for kind, column, target in (
        ("lines", "store_id", "stores"),
        ("lines", "product_id", "products"),
        ("lines", "member_id", "members"),
        ("members", "home_store_id", "stores"),
        ("relations", "member_id", "members"),
        ("relations", "staff_id", "staff"),
        ("staff", "store_id", "stores"),
    ):
        missing = data.sql(
            f"FROM {kind} ANTI JOIN {target} USING ({column})"
            if column != "home_store_id"
            else "FROM members ANTI JOIN stores ON store_id = home_store_id"
        ).filter(f"{column} IS NOT NULL")
        assert len(missing) == 0, (kind, column)


def test_a_household_of_the_first_quarter_joined_before_the_data(
    data: duckdb.DuckDBPyConnection,
) -> None:
    ((old, new, first, last),) = data.sql(
        "SELECT count(*) FILTER (joined_on = '2016-12-31'),"
        " count(*) FILTER (joined_on > '2016-12-31'),"
        " min(joined_on) FILTER (joined_on > '2016-12-31'), max(joined_on) FROM members"
    ).fetchall()
    assert old + new == 2_469
    assert first >= date(2017, 4, 1)
    assert last <= date(2017, 12, 31)
    early = data.sql(
        "SELECT count(DISTINCT member_id) FROM lines WHERE CAST(sold_at AS DATE) < '2017-04-01'"
    )
    assert early.fetchall() == [(old,)]


def test_a_home_store_is_a_most_visited_one(data: duckdb.DuckDBPyConnection) -> None:
    wrong = data.sql(
        """
        WITH visits AS (
            SELECT member_id, store_id, count(DISTINCT order_id) AS n FROM lines GROUP BY ALL
        )
        FROM members m
        JOIN visits home ON home.member_id = m.member_id AND home.store_id = m.home_store_id
        WHERE home.n < (SELECT max(n) FROM visits v WHERE v.member_id = m.member_id)
        """
    )
    assert len(wrong) == 0


def test_fuel_and_miscellaneous_lines_count_as_one_unit(data: duckdb.DuckDBPyConnection) -> None:
    largest = data.sql(
        "SELECT unit_rule, max(quantity) FROM lines JOIN products USING (product_id)"
        " GROUP BY unit_rule ORDER BY unit_rule"
    )
    assert largest.fetchall() == [("one", 89_638), ("units", 144)]


def test_branches_sell_about_the_same(data: duckdb.DuckDBPyConnection) -> None:
    sold = [
        cents
        for (cents,) in data.sql(
            "SELECT sum(net_cents) FROM lines JOIN stores USING (store_id) GROUP BY branch_id"
        ).fetchall()
    ]
    assert len(sold) == BRANCHES
    assert max(sold) < 1.03 * min(sold)


def test_the_next_store_goes_to_the_branch_that_sold_least() -> None:
    sales = [(str(store), 100 - store) for store in range(BRANCHES)] + [("late", 1), ("last", 1)]
    assert grouped_by_sales(sales)[-2:] == [BRANCHES, BRANCHES - 1]


def test_the_chain_file_declares_what_is_artificial(folder: Path) -> None:
    chain = read_chain(folder / "regulars.toml")
    assert chain.as_of == date(2017, 12, 31)
    assert chain.active_window_days == 90
    assert chain.only_buyers_recorded
    assert {"branches", "staff", "phones"} <= set(chain.artificial)


def test_the_same_data_are_written_every_time(folder: Path, tmp_path: Path) -> None:
    write_complete_journey(tmp_path, silent)
    for file in folder.glob("*.parquet"):
        with duckdb.connect() as connection:
            first = connection.read_parquet(str(file))
            again = connection.read_parquet(str(tmp_path / file.name))
            assert len(first.except_(again)) == 0, file.name
            assert len(first) == len(again)


def test_coupons_are_told_of_its_households_and_never_used_more_than_issued(
    data: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    data.read_parquet(str(folder / "events/coupons.parquet")).create_view("coupons")
    counts = data.sql("SELECT event, count(*) FROM coupons GROUP BY 1 ORDER BY 1").fetchall()
    assert counts == [("coupon_issued", 7_899), ("coupon_used", 2_102)]
    strangers = "SELECT count(*) FROM coupons ANTI JOIN members USING (member_id)"
    assert data.sql(strangers).fetchall() == [(0,)]
    assert data.sql("""
        SELECT count(*) FROM (
            SELECT count(*) FILTER (event = 'coupon_used') AS used, count(*) - used AS issued
            FROM coupons GROUP BY member_id, campaign HAVING used > issued
        )
    """).fetchall() == [(0,)]
