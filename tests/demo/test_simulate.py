"""The simulated chain looked at as a stranger would: through its files."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from regulars.demo.simulate import simulate
from regulars.ground.kit.errors import UserError
from regulars.know.collect.layouts import LAYOUTS

END = date(2026, 6, 30)
SIZE: dict[str, Any] = {"members": 6_000, "stores": 24, "days": 500, "seed": 11, "end": END}
KINDS = ("stores", "staff", "products", "members", "children", "relations", "lines")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("chain") / "out"
    simulate(out, **SIZE)
    return out


@pytest.fixture(scope="module")
def chain(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for kind in KINDS:
            connection.execute(f"CREATE VIEW {kind} AS FROM '{folder}/{kind}*.parquet'")
        connection.execute("""
            CREATE TABLE tickets AS
            SELECT order_id, any_value(sold_at) sold_at, any_value(store_id) store_id,
                any_value(member_id) member_id, any_value(staff_id) staff_id,
                any_value(original_order_id) original, count(*) lines, sum(net_cents) net
            FROM lines GROUP BY order_id""")
        yield connection


def value(chain: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = chain.execute(sql).fetchone()
    assert row is not None
    return row[0]


def fingerprint(folder: Path, kind: str) -> tuple[Any, ...] | None:
    parts = f"'{folder}/{kind}*.parquet'"
    rows = f"SELECT count(*), bit_xor(hash(t)), sum(hash(t) % 1000003)::VARCHAR FROM {parts} t"
    with duckdb.connect() as connection:
        return connection.execute(rows).fetchone()


def test_the_same_seed_gives_the_same_rows(folder: Path, tmp_path: Path) -> None:
    simulate(tmp_path / "again", **SIZE)
    for kind in KINDS:
        assert fingerprint(folder, kind) == fingerprint(tmp_path / "again", kind)


def test_another_seed_gives_another_chain(folder: Path, tmp_path: Path) -> None:
    simulate(tmp_path / "other", **SIZE | {"seed": 12})
    assert fingerprint(folder, "lines") != fingerprint(tmp_path / "other", "lines")


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_has_the_columns_of_the_import_layout(
    chain: duckdb.DuckDBPyConnection, kind: str
) -> None:
    columns = {row[0] for row in chain.execute(f"DESCRIBE {kind}").fetchall()}
    assert columns <= {column.name for column in LAYOUTS[kind]}
    assert {column.name for column in LAYOUTS[kind] if column.is_required} <= columns


@pytest.mark.parametrize(
    ("table", "column", "target", "key"),
    [
        ("lines", "store_id", "stores", "store_id"),
        ("lines", "product_id", "products", "product_id"),
        ("lines", "member_id", "members", "member_id"),
        ("lines", "staff_id", "staff", "staff_id"),
        ("lines", "original_order_id", "lines", "order_id"),
        ("staff", "store_id", "stores", "store_id"),
        ("members", "join_store_id", "stores", "store_id"),
        ("members", "home_store_id", "stores", "store_id"),
        ("members", "recruiter_id", "staff", "staff_id"),
        ("members", "consultant_id", "staff", "staff_id"),
        ("children", "member_id", "members", "member_id"),
        ("relations", "member_id", "members", "member_id"),
        ("relations", "staff_id", "staff", "staff_id"),
    ],
)
def test_every_reference_leads_somewhere(
    chain: duckdb.DuckDBPyConnection, table: str, column: str, target: str, key: str
) -> None:
    assert value(chain, f"SELECT count({column}) FROM {table}") > 0
    lost = f"SELECT count(a.{column}) FROM {table} a ANTI JOIN {target} b ON a.{column} = b.{key}"
    assert value(chain, lost) == 0


def test_ids_are_short_ascii(chain: duckdb.DuckDBPyConnection) -> None:
    for column in ("order_id", "store_id", "member_id", "product_id"):
        assert value(chain, f"SELECT max(strlen({column})) FROM lines") <= 12


def test_every_cent_of_a_line_is_accounted_for(chain: duckdb.DuckDBPyConnection) -> None:
    assert value(chain, """
        SELECT count(*) FROM lines WHERE net_cents <> list_cents
            - discount_chain_cents - discount_brand_cents - discount_supplier_cents
        OR abs(points_cents + stored_value_cents) > abs(net_cents)""") == 0  # fmt: skip


def test_a_sale_is_positive_and_a_return_mirrors_lines_of_its_original(
    chain: duckdb.DuckDBPyConnection,
) -> None:
    assert value(chain, """
        SELECT count(*) FROM lines
        WHERE (original_order_id IS NULL) <> (quantity > 0) OR quantity = 0""") == 0  # fmt: skip
    assert value(chain, """
        SELECT count(*) FROM lines back ANTI JOIN lines sold
        ON sold.order_id = back.original_order_id AND sold.product_id = back.product_id
            AND sold.quantity = -back.quantity AND sold.net_cents = -back.net_cents
            AND sold.member_id IS NOT DISTINCT FROM back.member_id AND sold.sold_at < back.sold_at
        WHERE back.original_order_id IS NOT NULL""") == 0  # fmt: skip


def test_lines_come_in_the_order_of_time_with_tickets_kept_together(
    chain: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    rows = chain.execute(
        f"SELECT order_id, sold_at FROM read_parquet('{folder}/lines-00001.parquet',"
        " file_row_number = true) ORDER BY file_row_number"
    ).fetchall()
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    starts = [order for before, (order, _at) in zip([("", None), *rows], rows, strict=False)
              if before[0] != order]  # fmt: skip
    assert len(starts) == len(set(starts))


def test_nothing_is_sold_outside_a_stores_life_or_before_a_member_joins(
    chain: duckdb.DuckDBPyConnection,
) -> None:
    assert value(chain, """
        SELECT count(*) FROM tickets JOIN stores USING (store_id)
        WHERE sold_at::DATE < opened_on OR sold_at::DATE >= closed_on""") == 0  # fmt: skip
    assert value(chain, """
        SELECT count(*) FROM tickets JOIN members USING (member_id)
        WHERE sold_at::DATE < joined_on""") == 0  # fmt: skip


def test_a_member_has_one_consultant_at_a_time(chain: duckdb.DuckDBPyConnection) -> None:
    assert value(chain, """
        SELECT count(*) FROM (
            SELECT valid_from, valid_to, lead(valid_from) OVER
                (PARTITION BY member_id ORDER BY valid_from) next_from FROM relations)
        WHERE valid_to <= valid_from OR next_from <> valid_to
            OR (valid_to IS NULL AND next_from IS NOT NULL)""") == 0  # fmt: skip


def test_staff_serve_only_while_they_hold_their_position(chain: duckdb.DuckDBPyConnection) -> None:
    assert value(chain, """
        SELECT count(*) FROM tickets t JOIN staff USING (staff_id)
        WHERE t.store_id <> staff.store_id OR sold_at::DATE < valid_from
            OR sold_at::DATE >= valid_to""") == 0  # fmt: skip


def test_a_childs_age_drives_what_is_bought(chain: duckdb.DuckDBPyConnection) -> None:
    ages = chain.execute("""
        SELECT split_part(category, ' > ', 3) shelf,
            median(datediff('day', birth_on, sold_at::DATE) / 30.4)
        FROM lines JOIN products USING (product_id) JOIN (
            SELECT member_id, any_value(birth_on) birth_on FROM children GROUP BY 1
            HAVING count(*) = 1) USING (member_id)
        WHERE birth_on IS NOT NULL GROUP BY 1""").fetchall()
    age = dict(ages)
    assert age["NB码纸尿裤"] < age["S码纸尿裤"] < age["M码纸尿裤"] < age["XL码拉拉裤"]
    assert age["1段奶粉"] < 6 < age["2段奶粉"] < 12 < age["3段奶粉"] < 36 <= age["4段奶粉"]
    assert age["孕妇裤"] < 0 < age["米粉"] < age["童装上衣"]


@pytest.mark.parametrize(
    ("what", "sql", "low", "high"),
    [
        ("lines a member", "SELECT count(*) / 6000 FROM lines", 6, 11),
        ("lines a ticket", "SELECT avg(lines) FROM tickets WHERE original IS NULL", 2.3, 3.5),
        ("ticket value", "SELECT sum(net) / count(*) / 100 FROM tickets", 150, 310),
        (
            "returned",
            "SELECT -sum(net) FILTER (original IS NOT NULL)"
            " / sum(net) FILTER (original IS NULL) FROM tickets",
            0.015,
            0.035,
        ),
        (
            "non-members",
            "SELECT sum(net) FILTER (member_id IS NULL) / sum(net) FROM tickets",
            0.14,
            0.25,
        ),
        (
            "tickets an active member a year",
            "SELECT count(*) / count(DISTINCT member_id) FROM tickets"
            " WHERE original IS NULL AND member_id IS NOT NULL AND sold_at >= DATE '2025-07-01'",
            5,
            12,
        ),
        ("margin", "SELECT 1 - sum(cost_cents) / sum(net_cents) FROM lines", 0.2, 0.4),
        (
            "what the top tenth of buyers brings",
            "SELECT sum(net) FILTER (tenth = 1) / sum(net) FROM (SELECT net,"
            " ntile(10) OVER (ORDER BY net DESC) tenth FROM (SELECT sum(net) net FROM tickets"
            " WHERE member_id IS NOT NULL GROUP BY member_id))",
            0.3,
            0.5,
        ),
        (
            "11.11 against an ordinary November day",
            "SELECT count(*) FILTER (day(sold_at) = 11) / count(*) FILTER (day(sold_at) > 20) * 10"
            " FROM tickets WHERE month(sold_at) = 11",
            2,
            6,
        ),
    ],
)
def test_it_looks_like_a_real_chain(
    chain: duckdb.DuckDBPyConnection, what: str, sql: str, low: float, high: float
) -> None:
    assert low <= value(chain, sql) <= high, what


def test_stores_open_and_close_within_the_span(chain: duckdb.DuckDBPyConnection) -> None:
    assert value(chain, "SELECT count(*) FROM stores WHERE opened_on > DATE '2025-02-16'") == 3
    assert value(chain, "SELECT count(*) FROM stores WHERE closed_on IS NOT NULL") == 1


def test_the_catalogue_has_three_levels_and_hundreds_of_goods(
    chain: duckdb.DuckDBPyConnection,
) -> None:
    assert 600 <= value(chain, "SELECT count(DISTINCT name) FROM products") <= 2_000
    assert value(chain, "SELECT count(*) FROM products WHERE category NOT LIKE '% > % > %'") == 0
    assert 35 <= value(chain, "SELECT count(DISTINCT brand) FROM products") <= 60
    assert value(chain, """
        SELECT count(*) FROM products WHERE replenish_days IS NULL
        AND (category LIKE '纸尿裤%' OR category LIKE '%段奶粉')""") == 0  # fmt: skip


def test_the_settings_say_that_everything_is_artificial(folder: Path) -> None:
    settings = tomllib.loads((folder / "regulars.toml").read_text("utf-8"))["chain"]
    assert settings["as_of"] == END
    assert settings["artificial"] == ["everything"]
    assert settings["time_zone"] == "Asia/Shanghai"


def test_phones_are_of_a_range_that_nobody_has(chain: duckdb.DuckDBPyConnection) -> None:
    for table in ("members", "staff"):
        assert value(chain, f"""
            SELECT count(*) FROM {table}
            WHERE NOT regexp_full_match(phone, '10[01][0-9]{{8}}')""") == 0  # fmt: skip


def test_stock_is_written_for_the_last_days_and_never_runs_dry_by_itself(tmp_path: Path) -> None:
    truth = simulate(tmp_path / "out", **{**SIZE, "members": 2_000, "days": 60}, stock_days=14)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW stock AS FROM '{truth.folder}/stock.parquet'")
        assert value(connection, "SELECT count(*) FROM stock") == truth.rows["stock"] > 0
        assert value(connection, "SELECT min(stock_on) FROM stock") == date(2026, 6, 17)
        assert value(connection, "SELECT max(stock_on) FROM stock") == END
        assert value(connection, "SELECT min(quantity) FROM stock") > 0


def test_of_each_delivery_some_goods_do_not_come_until_the_next(tmp_path: Path) -> None:
    size = {**SIZE, "members": 2_000, "days": 20, "stock_days": 10, "stock_missing": 0.1}
    truth = simulate(tmp_path / "out", **size)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW stock AS FROM '{truth.folder}/stock.parquet'")
        share = value(connection, "SELECT avg((quantity = 0)::INT) FROM stock")
        assert 0.08 < share < 0.12
        changes = value(
            connection,
            """SELECT max(changes) FROM (
                SELECT count(*) FILTER (was <> now) AS changes FROM (
                    SELECT store_id, product_id, quantity = 0 AS now, lag(quantity = 0) OVER (
                        PARTITION BY store_id, product_id ORDER BY stock_on) AS was FROM stock
                ) GROUP BY store_id, product_id)""",
        )
        assert changes == 2  # ten days hold two deliveries at most


@pytest.mark.parametrize(
    "size",
    [{"members": 0}, {"stores": 10_000}, {"days": 0}, {"seed": -1}, {"stock_days": 501}],
)
def test_a_size_out_of_range_names_the_parameter(tmp_path: Path, size: dict[str, int]) -> None:
    with pytest.raises(UserError) as error:
        simulate(tmp_path / "out", **SIZE | size)
    assert error.value.field == next(iter(size))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(UserError, match="not empty"):
        simulate(tmp_path, **SIZE)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("size", [{"members": 1}, {"stores": 1}, {"days": 1}])
def test_the_smallest_chains_can_be_simulated(tmp_path: Path, size: dict[str, int]) -> None:
    truth = simulate(tmp_path / "out", **{**SIZE, "members": 300, "days": 40} | size)
    assert truth.rows["members"] == ({"members": 300} | size)["members"]
    assert truth.rows["stores"] == ({"stores": 24} | size)["stores"]


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: dict[str, tuple[int, int]] = {}
    simulate(
        tmp_path / "out",
        **{**SIZE, "members": 300, "days": 20},
        progress=lambda step, done, total: told.__setitem__(step, (done, total)),
    )
    assert told == {"days": (20, 20), "members": (300, 300)}
