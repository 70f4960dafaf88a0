"""Planted causes: each moves what it names, and nothing else."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from regulars.demo.simulate import Truth, simulate
from regulars.ground.kit.errors import UserError

END = date(2026, 6, 30)
SIZE: dict[str, Any] = {"members": 24_000, "stores": 18, "days": 420, "seed": 5, "end": END}
BRANCH, STORE = "B002", "S0002"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain") / "out"
    simulate(out, **SIZE)
    return out


@pytest.fixture
def planted(tmp_path: Path) -> Callable[..., Truth]:
    def plant(cause: str, stock_days: int = 0) -> Truth:
        file = tmp_path / "plant.toml"
        file.write_text(f"[[cause]]\n{cause}", "utf-8")
        return simulate(tmp_path / "planted", **SIZE, plant=file, stock_days=stock_days)

    return plant


def ask(folder: Path, sql: str) -> Any:
    with duckdb.connect() as connection:
        for kind in ("stores", "members", "lines", "products"):
            connection.execute(f"CREATE VIEW {kind} AS FROM '{folder}/{kind}*.parquet'")
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def lines_elsewhere(folder: Path, inside: str) -> Any:
    """Every column of the lines outside a place, as one number."""
    return ask(folder, f"""
        SELECT (count(*), bit_xor(hash(lines)), sum(net_cents)) FROM lines
        WHERE store_id NOT IN (SELECT store_id FROM stores WHERE {inside})""")  # fmt: skip


BUYERS = """
    SELECT count(DISTINCT member_id) FROM lines JOIN members USING (member_id)
    JOIN stores ON stores.store_id = home_store_id
    WHERE original_order_id IS NULL AND sold_at >= DATE '2026-03-01'
    AND joined_on < DATE '2026-03-01'
    AND member_id IN (SELECT member_id FROM lines WHERE sold_at < DATE '2026-03-01')
    AND sold_at < DATE '2026-04-01' AND branch_id {is_it} 'B002'"""


def test_retention_falls_by_the_factor_in_its_branch_and_nowhere_else(
    plain: Path, planted: Callable[..., Truth]
) -> None:
    truth = planted(f'kind="retention"\nbranch="{BRANCH}"\nfrom="2026-03-01"\nfactor=0.8')
    before, after = (ask(folder, BUYERS.format(is_it="=")) for folder in (plain, truth.folder))
    assert before > 300
    assert after / before == pytest.approx(0.8, abs=0.06)
    elsewhere = f"branch_id = '{BRANCH}'"
    assert lines_elsewhere(plain, elsewhere) == lines_elsewhere(truth.folder, elsewhere)


def test_nothing_changes_before_a_cause_begins(plain: Path, planted: Callable[..., Truth]) -> None:
    truth = planted(f'kind="retention"\nbranch="{BRANCH}"\nfrom="2026-03-01"\nfactor=0.5')
    early = "SELECT (count(*), bit_xor(hash(lines))) FROM lines WHERE sold_at < DATE '2026-03-01'"
    assert ask(plain, early) == ask(truth.folder, early)


def test_conversion_of_new_members_falls_by_the_factor_in_its_store(
    plain: Path, planted: Callable[..., Truth]
) -> None:
    truth = planted(f'kind="conversion"\nstore="{STORE}"\nfrom="2025-07-01"\nfactor=0.5')
    converted = f"""
        SELECT count(DISTINCT member_id) FROM lines JOIN members USING (member_id)
        WHERE join_store_id = '{STORE}' AND joined_on >= DATE '2025-07-01'
        AND sold_at::DATE < joined_on + 90"""
    before, after = ask(plain, converted), ask(truth.folder, converted)
    assert before > 80
    assert after / before == pytest.approx(0.5, abs=0.15)
    branch = f"branch_id = (SELECT branch_id FROM stores WHERE store_id = '{STORE}')"
    assert lines_elsewhere(plain, branch) == lines_elsewhere(truth.folder, branch)


def test_fewer_join_where_recruitment_falls(plain: Path, planted: Callable[..., Truth]) -> None:
    truth = planted(f'kind="recruitment"\nbranch="{BRANCH}"\nfactor=0.6')
    joined = f"""
        SELECT count(*) FROM members JOIN stores ON store_id = join_store_id
        WHERE branch_id = '{BRANCH}' AND joined_on >= DATE '2025-05-07'"""
    assert ask(truth.folder, joined) / ask(plain, joined) == pytest.approx(0.6, abs=0.08)
    assert ask(truth.folder, """
        SELECT count(*) FROM lines ANTI JOIN members USING (member_id)
        WHERE member_id IS NOT NULL""") == 0  # fmt: skip


def test_a_price_cut_moves_net_and_list_of_its_category_alone(
    plain: Path, planted: Callable[..., Truth]
) -> None:
    truth = planted('kind="price"\ncategory="奶粉"\nfrom="2026-01-01"\nfactor=0.9')
    money = """
        SELECT sum(net_cents) FROM lines JOIN products USING (product_id)
        WHERE (category LIKE '奶粉 > %') = {inside} AND sold_at >= DATE '2026-01-20'"""
    inside, outside = money.format(inside="true"), money.format(inside="false")
    assert ask(truth.folder, inside) / ask(plain, inside) == pytest.approx(0.9, abs=0.0005)
    assert ask(truth.folder, outside) == ask(plain, outside)
    unaccounted = """
        SELECT count(*) FROM lines WHERE net_cents <> list_cents
            - discount_chain_cents - discount_brand_cents - discount_supplier_cents"""
    assert ask(truth.folder, unaccounted) == 0


def test_what_is_out_of_stock_is_not_sold(planted: Callable[..., Truth]) -> None:
    truth = planted(
        f'kind="stock_out"\nstore="{STORE}"\ncategory="拉拉裤"\nfrom="2026-05-01"\nto="2026-05-31"',
        stock_days=61,
    )
    sold = f"""
        SELECT count(*) FROM lines JOIN products USING (product_id)
        WHERE store_id = '{STORE}' AND category LIKE '% > 拉拉裤 > %' AND quantity > 0
        AND sold_at::DATE BETWEEN '2026-05-01' AND '2026-05-31'"""
    assert ask(truth.folder, sold) == 0
    empty = f"""
        SELECT (count(*) > 0, count(*) FILTER (quantity <> 0))
        FROM '{truth.folder}/stock.parquet' JOIN products USING (product_id)
        WHERE store_id = '{STORE}' AND category LIKE '% > 拉拉裤 > %'
        AND stock_on BETWEEN '2026-05-01' AND '2026-05-31'"""
    assert ask(truth.folder, empty) == (True, 0)
    assert truth.causes[0]["category"] == "纸尿裤 > 拉拉裤"
    assert truth.causes[0]["net_cents_lost"]["2026-05"] > 0


def test_traffic_thins_passers_by_and_leaves_members_alone(
    plain: Path, planted: Callable[..., Truth]
) -> None:
    truth = planted('kind="traffic"\nregion="R01"\nfactor=0.7')
    tickets = """
        SELECT count(DISTINCT order_id) FROM lines JOIN stores USING (store_id)
        WHERE original_order_id IS NULL AND region_id = 'R01' AND member_id IS {member}"""
    passing, members = tickets.format(member="NULL"), tickets.format(member="NOT NULL")
    assert ask(truth.folder, passing) / ask(plain, passing) == pytest.approx(0.7, abs=0.03)
    assert ask(truth.folder, members) == ask(plain, members)


def test_baskets_shrink_but_never_to_nothing(plain: Path, planted: Callable[..., Truth]) -> None:
    truth = planted('kind="basket"\nfactor=0.5')
    tickets = "SELECT count(DISTINCT order_id) FROM lines WHERE original_order_id IS NULL"
    more = "SELECT count(*) - count(DISTINCT order_id) FROM lines WHERE original_order_id IS NULL"
    assert ask(truth.folder, tickets) == ask(plain, tickets)
    assert ask(truth.folder, more) / ask(plain, more) == pytest.approx(0.5, abs=0.02)


def test_the_truth_stands_beside_the_data(planted: Callable[..., Truth]) -> None:
    truth = planted(f'kind="retention"\nbranch="{BRANCH}"\nfrom="2026-03-01"\nfactor=0.8')
    written = json.loads((truth.folder / "truth.json").read_text("utf-8"))
    cause = written["causes"][0]
    assert cause["branch_ids"] == [BRANCH]
    assert (cause["from"], cause["to"]) == ("2026-03-01", "2026-06-30")
    assert set(cause["net_cents_lost"]) == {"2026-03", "2026-04", "2026-05", "2026-06"}
    assert len(cause["store_ids"]) == len(set(cause["store_ids"])) > 1
    assert written["chain"]["rows"]["lines"] == ask(truth.folder, "SELECT count(*) FROM lines")


@pytest.mark.parametrize(
    ("cause", "field", "named"),
    [
        ('kind="magic"', "kind", "magic"),
        ("factor=0.5", "kind", "missing"),
        ('kind=["retention"]', "kind", "retention"),
        ('kind="retention"\nstore="S9999"\nfactor=0.5', "store", "S9999"),
        ('kind="retention"\nbranch="无此地"\nfactor=0.5', "branch", "无此地"),
        ('kind="retention"\nbranch="B001"\nstore="S0001"\nfactor=0.5', "store", "one place"),
        ('kind="retention"\nfrom="2026-03-01"\nto="2026-02-01"\nfactor=0.5', "to", "2026-02-01"),
        ('kind="retention"\nfrom="2030-01-01"\nfactor=0.5', "from", "2030-01-01"),
        ('kind="retention"\nfrom="soon"\nfactor=0.5', "from", "soon"),
        ('kind="retention"', "factor", "missing"),
        ('kind="retention"\nfactor=1.2', "factor", "1.2"),
        ('kind="retention"\nfactor="half"', "factor", "half"),
        ('kind="retention"\nfactor=0.5\ncategory="奶粉"', "category", "retention"),
        ('kind="price"\nfactor=0', "factor", "0"),
        ('kind="price"\nfactor=0.9\ncategory="火箭"', "category", "火箭"),
        ('kind="stock_out"\nstore="S0001"', "category", "missing"),
        ('kind="traffic"\nfactor=0.5\nweather="rain"', "weather", "traffic"),
    ],
)
def test_a_wrong_cause_is_named_with_its_place(
    tmp_path: Path, cause: str, field: str, named: str
) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(f'[[cause]]\nkind="basket"\nfactor=0.9\n[[cause]]\n{cause}', "utf-8")
    with pytest.raises(UserError, match="cause 2") as error:
        simulate(tmp_path / "out", **SIZE, plant=file)
    assert error.value.field == field
    assert named in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plant.toml"]


@pytest.mark.parametrize(
    "text", ["[[cause]", "[causes]\n", "[cause]\nkind='basket'", "cause = [1]"]
)
def test_a_plant_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plant.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"plant\.toml"):
        simulate(tmp_path / "out", **SIZE, plant=file)


def test_a_plant_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"missing\.toml"):
        simulate(tmp_path / "out", **SIZE, plant=tmp_path / "missing.toml")
