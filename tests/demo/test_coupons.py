"""The demo's coupons come in as events and become tags."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.know.identities.small_chain import bring
from tests.know.tags.small_library import TODAY, counted

from regulars.demo.coupon_system import send_coupons
from regulars.demo.coupons import FILE, write_simulated
from regulars.demo.simulate import simulate
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.loader.service import load_waiting
from regulars.know.tags.service import Subject, compute_all, save_all


def test_of_a_simulated_chain_they_are_always_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        simulate(folder, members=400, stores=4, days=200, seed=3, end=date(2026, 10, 31))
        write_simulated(folder)
    told = [pq.read_table(folder / FILE) for folder in folders]
    assert told[0].equals(told[1])
    counts = duckdb.sql(f"""
        SELECT
            count(*) FILTER (event = 'coupon_used') AS used,
            count(*) FILTER (event = 'coupon_issued') > used AS is_more_issued,
            count(DISTINCT message_id) = count(*) AS is_each_once,
            (SELECT count(*) FROM '{folders[0]}/lines-*.parquet' WHERE discount_chain_cents > 0)
        FROM '{folders[0] / FILE}'
    """).fetchall()
    ((used, is_more_issued, is_each_once, discounted_lines),) = counts
    assert 0 < used < discounted_lines
    assert (is_more_issued, is_each_once) == (True, True)


@pytest.mark.usefixtures("db")
def test_sent_twice_they_are_counted_once(warehouse: Engine, tmp_path: Path) -> None:
    bring()
    names = ("event", "message_id", "member_id", "occurred_at", "store_id", "coupon", "campaign")
    rows = [
        ("coupon_issued", "i1", "M1", "2020-02-01T12:00:00+08:00", None, None, "spring"),
        ("coupon_issued", "i2", "M2", "2020-02-01T12:00:00+08:00", None, "c2", "spring"),
        ("coupon_used", "u2", "M2", "2020-02-03T12:00:00+08:00", "S1", "c2", "spring"),
    ]
    (tmp_path / FILE).parent.mkdir()
    table = [dict(zip(names, row, strict=True)) for row in rows]
    pq.write_table(pa.Table.from_pylist(table), tmp_path / FILE)
    for _time in range(2):
        assert send_coupons(tmp_path) == 3
        load_waiting()
    save_all(None, {
        "coupons_issued": counted("coupons", "count", where='state = "issued"'),
        "coupons_used": counted("coupons", "count", where='state = "used"'),
        "campaign": counted("coupons", "last", field="campaign"),
        "coupon": counted("coupons", "last", field="coupon"),
        "store_used": counted("coupons", "count", where='state = "used"', subject="store"),
    })  # fmt: skip
    compute_all(Subject.MEMBER, TODAY)
    compute_all(Subject.STORE, TODAY)
    members = query(
        "SELECT coupons_issued, coupons_used, campaign, coupon FROM member_tags ORDER BY member_id"
    ).to_pylist()
    assert [tuple(row.values()) for row in members] == [
        (1, 0, "spring", None), (1, 1, "spring", "c2"), (0, 0, None, None),
    ]  # fmt: skip
    assert query("SELECT store_used FROM store_tags ORDER BY store_id")["store_used"].to_pylist() \
        == [1, 0]  # fmt: skip
    assert send_coupons(tmp_path / "nothing") == 0
