"""Files on their way in, over a real PostgreSQL and a real DuckDB."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.collect.models import Batch, Reject
from regulars.know.imports import archive
from regulars.know.imports import intake as service
from regulars.know.imports.models import Import
from regulars.know.imports.rejects import rejects_csv, write_rejects_xlsx
from regulars.know.imports.rules import KindMapping
from regulars.know.imports.service import import_path, list_imports, progress_of, wait_for

pytestmark = pytest.mark.django_db
DONE = Import.State.DONE


@pytest.fixture(autouse=True)
def _with(warehouse: Engine) -> None:
    """Every test has a warehouse of its own."""


def loaded(path: Path, **options: Any) -> list[Import]:
    imports = import_path(path, **options)
    wait_for(imports, loads_here=True)
    return imports


def sold() -> tuple[int, int]:
    """Lines and cents in the warehouse."""
    (row,) = query(
        "SELECT count(*) AS n, sum(net_cents)::BIGINT AS cents FROM order_lines"
    ).to_pylist()
    return row["n"], row["cents"]


def reject_rows(import_: Import) -> list[dict[str, str]]:
    text = b"".join(rejects_csv(import_)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def append(file: Path, *lines: str) -> None:
    file.write_text(file.read_text("utf-8") + "".join(f"{line}\n" for line in lines), "utf-8")


def test_a_folder_of_csv_files_goes_in_whole(chain: Path) -> None:
    imports = loaded(chain)
    assert [each.kind for each in imports] == ["stores", "staff", "products", "members", "lines"]
    assert [progress_of(each).state for each in imports] == [DONE] * 5
    assert sold() == (4, 89_300)


def test_the_same_file_twice_changes_nothing(chain: Path) -> None:
    first = loaded(chain)
    batches = Batch.objects.count()
    again = loaded(chain)
    assert [each.pk for each in again] == [each.pk for each in first]
    assert all(each.is_repeat for each in again)
    assert not any(each.is_repeat for each in first)
    assert Batch.objects.count() == batches
    assert sold() == (4, 89_300)


def test_bad_rows_go_to_the_reject_file_with_line_column_and_reason(chain: Path) -> None:
    append(
        chain / "lines.csv",
        "T4,2024-03-04T12:00:00+08:00,S9,,P2,1,100",
        "T5,2024-03-04T12:00:00+08:00,S1,,P2,one,100",
        "T6,2024-03-04T12:00:00+08:00,S1,,P2,1",
        "T7,2024-03-04T12:00:00+08:00,S1,,P2,1,250",
    )
    *_others, lines = loaded(chain)
    standing = progress_of(lines)
    assert (standing.rows_loaded, standing.rows_rejected, standing.rows_total) == (5, 3, 8)
    assert sold() == (5, 89_550)
    found = {int(row["#line"]): row for row in reject_rows(lines)}
    assert {line: (row["#column"], row["#value"]) for line, row in found.items()} == {
        6: ("store_id", "S9"),
        7: ("quantity", "one"),
        8: ("", "6 / 7"),
    }
    assert found[6]["#reason"] != "unknown_store"
    assert found[7]["order_id"] == "T5"
    assert found[7]["quantity"] == "one"
    assert found[6]["#file"] == "lines.csv"


def test_a_mended_reject_file_can_be_brought_as_it_is(chain: Path, tmp_path: Path) -> None:
    append(chain / "members.csv", "M3,2024-02-30,Qian,S1", "M4,2024-02-20,Sun,S1")
    members = loaded(chain)[3]
    assert progress_of(members).rows_rejected == 1
    text = b"".join(rejects_csv(members)).decode("utf-8-sig")
    mended = tmp_path / "members.csv"
    mended.write_text(text.replace("2024-02-30", "2024-02-28"), "utf-8")
    (again,) = loaded(mended)
    assert progress_of(again).rows_loaded == 1
    assert query("SELECT code FROM members ORDER BY code").column("code").to_pylist() == [
        "M1", "M2", "M3", "M4",
    ]  # fmt: skip


def test_the_reject_workbook_says_the_same_as_text(chain: Path, tmp_path: Path) -> None:
    append(chain / "members.csv", "=1+1,2024-02-30,Qian,S1")
    members = loaded(chain)[3]
    write_rejects_xlsx(members, tmp_path / "rejects.xlsx")
    header, row = (
        CalamineWorkbook.from_path(tmp_path / "rejects.xlsx").get_sheet_by_index(0).to_python()
    )
    assert dict(zip(header, row, strict=True)) == reject_rows(members)[0]
    assert row[header.index("member_id")] == "=1+1"


def test_a_run_killed_half_way_and_run_again_ends_the_same(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = service.collect.receive_file
    monkeypatch.setattr(service, "ROWS_A_SMALL_BATCH", 1)
    monkeypatch.setattr(service, "ROWS_A_BATCH", {})
    taken = []

    def dies_at_the_eighth(*args: Any, **facts: Any) -> Batch:
        taken.append(facts)
        if len(taken) == 8:
            raise KeyboardInterrupt
        return real(*args, **facts)

    monkeypatch.setattr(service.collect, "receive_file", dies_at_the_eighth)
    with pytest.raises(KeyboardInterrupt):
        import_path(chain)
    killed = Import.objects.latest("pk")
    assert Batch.objects.filter(import_id=killed.pk).exists()
    assert not Import.objects.filter(kind="lines").exists()
    loaded(chain)
    assert sold() == (4, 89_300)
    assert Import.objects.count() == 5


def test_a_run_killed_while_archiving_leaves_no_half_file(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive, "_sync", dies)
        before = set(archive.folder().glob("*"))
        with pytest.raises(KeyboardInterrupt):
            import_path(chain)
        assert set(archive.folder().glob("*")) == before
    loaded(chain)
    assert sold() == (4, 89_300)


def test_two_runs_at_once_bring_it_in_once(chain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "find_import", lambda delivery, names: None)
    first = import_path(chain / "stores.csv")
    second = import_path(chain / "stores.csv")
    assert second[0].is_repeat
    assert second[0].pk == first[0].pk
    assert Batch.objects.filter(import_id=first[0].pk).count() == 1


def test_parquet_keeps_its_types_and_row_numbers_are_its_lines(chain: Path) -> None:
    table = pa_csv.read_csv(chain / "lines.csv")
    table = table.set_column(0, "order_id", table["order_id"].cast(pa.string()))
    bad = table.slice(3, 1).set_column(2, "store_id", pa.array(["S9"]))
    pq.write_table(pa.concat_tables([table.slice(0, 2), bad]), chain / "lines-1.parquet")
    pq.write_table(table.slice(2), chain / "lines-2.parquet")
    (chain / "lines.csv").unlink()
    *_others, lines = loaded(chain)
    assert lines.file_name == "lines-1.parquet + 1"
    assert [(row["#file"], row["#line"]) for row in reject_rows(lines)] == [
        ("lines-1.parquet", "3")
    ]
    assert sold()[0] == 4


def test_workbooks_go_in_with_dates_and_numbers_as_excel_keeps_them(chain: Path) -> None:
    with xlsxwriter.Workbook(chain / "members.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["member_id", "joined_on", "home_store_id"])
        for row, member_id in enumerate(["M1", "M2", 3], 1):
            sheet.write(row, 0, member_id)
            sheet.write_datetime(row, 1, date(2024, 1, row), day)
            sheet.write(row, 2, "S1")
    (chain / "members.csv").unlink()
    loaded(chain)
    rows = query("SELECT code, joined_on FROM members ORDER BY joined_on").to_pylist()
    assert [(row["code"], row["joined_on"].day) for row in rows] == [("M1", 1), ("M2", 2), ("3", 3)]


def test_parts_in_a_folder_named_by_kind_belong_together(chain: Path) -> None:
    lines = pa_csv.read_csv(chain / "lines.csv")
    (chain / "lines.csv").unlink()
    (chain / "lines").mkdir()
    pq.write_table(lines.slice(0, 1), chain / "lines" / "part-0.parquet")
    pq.write_table(lines.slice(1), chain / "lines" / "part-1.parquet")
    loaded(chain)
    assert sold() == (4, 89_300)


def test_an_order_may_span_batches_and_parts(chain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ROWS_A_BATCH", {"lines": 1})
    loaded(chain)
    assert sold() == (4, 89_300)
    tickets = query("SELECT order_no, net_cents FROM tickets ORDER BY order_no").to_pylist()
    assert [row["net_cents"] for row in tickets] == [49_700, 9_900, 29_700]


def test_orders_and_lines_come_together_from_files_of_their_own(chain: Path) -> None:
    (chain / "orders.csv").write_text(
        "order_id,sold_at,store_id,member_id\n"
        "T1,2024-03-01T10:00:00+08:00,S1,M1\n"
        "T2,2024-03-02T11:00:00+08:00,S2,M2\n"
        "T2,2024-03-02T11:00:00+08:00,S1,M2\n"
        "T8,2024-03-02T11:00:00+08:00,S2,M2\n",
        "utf-8",
    )
    (chain / "lines.csv").write_text(
        "order_id,product_id,quantity,net\nT1,P1,2,398.00\nT1,P2,1,99\nT2,P2,1,99\nT9,P2,1,99\n",
        "utf-8",
    )
    *_others, lines = loaded(chain)
    assert sold() == (3, 59_600)
    assert sorted(
        (r["#file"], r["#line"], r["#column"], r["#value"]) for r in reject_rows(lines)
    ) == [
        ("lines.csv", "5", "order_id", "T9"),
        ("orders.csv", "4", "order_id", "T2"),
        ("orders.csv", "5", "order_id", "T8"),
    ]
    standing = progress_of(lines)
    assert (standing.rows_loaded, standing.rows_rejected, standing.rows_total) == (3, 3, 6)
    assert loaded(chain)[-1].is_repeat


def test_another_systems_columns_come_in_by_a_mapping(chain: Path) -> None:
    (chain / "members.csv").write_text(
        "卡号,入会,门店,备注\nM1,05.01.2024,S1,x\nM2,05.02.2024,S2,\nM3,5 Feb,S2,\n",
        encoding="gb18030",
    )
    mapping = KindMapping(
        columns={"member_id": "卡号", "joined_on": "入会", "home_store_id": "门店"},
        constants={"join_channel": "miniapp"},
        formats={"joined_on": "%d.%m.%Y"},
    )
    members = loaded(chain, mapping={"members": mapping})[3]
    rows = query("SELECT code, joined_on, join_channel FROM members ORDER BY code").to_pylist()
    assert [(r["code"], str(r["joined_on"]), r["join_channel"]) for r in rows] == [
        ("M1", "2024-01-05", "miniapp"),
        ("M2", "2024-02-05", "miniapp"),
    ]
    assert [(r["#line"], r["#column"], r["#value"]) for r in reject_rows(members)] == [
        ("4", "joined_on", "5 Feb")
    ]


def test_the_same_file_with_another_mapping_is_another_import(chain: Path) -> None:
    loaded(chain)
    mapping = KindMapping(constants={"level": "gold"})
    (again,) = loaded(chain / "members.csv", mapping={"members": mapping})
    assert not again.is_repeat
    assert query("SELECT DISTINCT level FROM members").to_pylist() == [{"level": "gold"}]


def test_nothing_is_stored_when_one_header_of_a_folder_is_wrong(chain: Path) -> None:
    text = (chain / "lines.csv").read_text("utf-8")
    (chain / "lines.csv").write_text(text.replace("store_id", "stroe_id"), "utf-8")
    before = set(archive.folder().glob("*"))
    with pytest.raises(UserError, match=r"lines\.csv.*stroe_id.*store_id"):
        import_path(chain)
    assert not Import.objects.exists()
    assert not Batch.objects.exists()
    assert set(archive.folder().glob("*")) == before


def test_a_file_without_rows_is_done_at_once(chain: Path) -> None:
    header = (chain / "members.csv").read_text("utf-8").splitlines()[0]
    (chain / "members.csv").write_text(header + "\n", "utf-8")
    (members,) = loaded(chain / "members.csv")
    assert progress_of(members) == service.Standing(DONE, 0, 0, 0, "")


def test_imports_are_listed_with_what_became_of_them(chain: Path) -> None:
    imports = import_path(chain)
    states = {service.standing(each).state for each in list_imports()}
    assert states == {Import.State.LOADING}
    wait_for(imports, loads_here=True)
    latest = list_imports()[0]
    assert (latest.kind, service.standing(latest).state) == ("lines", DONE)
    assert latest.last_loaded_at is not None


def test_a_batch_that_fails_for_good_shows_on_its_import(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stores,) = import_path(chain / "stores.csv")
    Batch.objects.filter(import_id=stores.pk).update(state=Batch.State.FAILED, error="no space")
    standing = progress_of(stores)
    assert (standing.state, standing.error) == (Import.State.FAILED, "no space")


def test_a_row_that_is_wrong_in_two_ways_is_one_rejected_row(chain: Path) -> None:
    text = "member_id,home_store_id,recruiter_id\nM8,S9,E9\nM9,S1,E1\n"
    (chain / "members.csv").write_text(text, "utf-8")
    members = loaded(chain)[3]
    assert Reject.objects.filter(batch__import_id=members.pk).count() == 2
    standing = progress_of(members)
    assert (standing.rows_loaded, standing.rows_rejected, standing.rows_total) == (1, 1, 2)


def test_a_replayed_reject_counts_as_loaded_and_no_longer_as_rejected(chain: Path) -> None:
    append(chain / "members.csv", "M3,2024-02-03,Qian,S9")
    members = loaded(chain)[3]
    reject = Reject.objects.get(batch__import_id=members.pk)
    service.collect.replay_reject(reject, reject.record | {"home_store_id": "S1"})
    wait_for([members], loads_here=True)
    standing = progress_of(members)
    assert (standing.rows_loaded, standing.rows_rejected, standing.rows_total) == (3, 0, 3)
