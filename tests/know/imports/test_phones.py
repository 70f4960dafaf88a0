"""No phone stands in clear: not in the archive, the warehouse, the inbox or the quarantine."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from django.db import connection

from regulars.ground.kit import crypto
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Staff
from regulars.ground.warehouse import service as warehouse_service
from regulars.ground.warehouse.engine import Engine
from regulars.ground.warehouse.service import query
from regulars.know.collect.models import Batch, Reject
from regulars.know.collect.service import get_shown_record, receive, replay_reject
from regulars.know.imports import archive
from regulars.know.imports.intake import import_path, wait_for
from regulars.know.imports.rejects import rejects_csv
from regulars.know.imports.rules import KindMapping
from regulars.know.loader.service import load_waiting, prepare
from regulars.know.members.models import Member

pytestmark = pytest.mark.django_db
PHONES = [f"139{number:08}" for number in range(31415926, 31415936)]
MEMBERS = f"""\
member_id,name,joined_on,home_store_id,phone,#note
M1,Li,2024-01-05,S1,{PHONES[0]},x
M2,Zhao,2024-02-05,S2,+86 {PHONES[1][:3]}-{PHONES[1][3:7]}-{PHONES[1][7:]},call {PHONES[9]}
M3,Qian,2024-02-30,S1,{PHONES[2]},
M4,Sun,2024-02-20,S9,{PHONES[3]},
M5,Wu,Jr,2024-02-20,S1,{PHONES[4]},
"""
STAFF = f"""\
staff_id,name,position,store_id,phone
E1,Wang,store_manager,S1,{PHONES[5]}
E2,Feng,store_manager,S9,{PHONES[6]}
"""


@pytest.fixture(autouse=True)
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A warehouse in a file of its own, of which nothing was in clear at any time."""
    engine = Engine(tmp_path / "warehouse.duckdb", memory_limit="1GB")
    monkeypatch.setattr(warehouse_service, "_backend", lambda: engine)
    prepare()
    yield engine
    written = b"".join(path.read_bytes() for path in tmp_path.glob("warehouse.duckdb*"))
    engine.close()
    assert not [phone for phone in PHONES if phone.encode() in written]


@pytest.fixture(autouse=True)
def _archive_of_its_own() -> Iterator[None]:
    """What earlier tests archived stands aside: a whole demo takes long to read."""
    folder, aside = archive.folder(), archive.folder().with_name("aside")
    if folder.exists():
        folder.rename(aside)
    yield
    shutil.rmtree(folder, ignore_errors=True)
    if aside.exists():
        aside.rename(folder)


@pytest.fixture
def chain_with_phones(chain: Path) -> Path:
    (chain / "members.csv").write_text(MEMBERS, "utf-8")
    (chain / "staff.csv").write_text(STAFF, "utf-8")
    return chain


def loaded(path: Path, **options: Any) -> list[Any]:
    imports = import_path(path, **options)
    wait_for(imports, loads_here=True)
    return imports


def everything_stored() -> str:
    """All text in the archive, in Postgres and in the warehouse."""
    files = [str(pq.read_table(path).to_pylist()) for path in archive.folder().glob("*.parquet")]
    tables = query("SELECT table_name FROM duckdb_tables()").column("table_name").to_pylist()
    in_warehouse = [str(query(f'FROM "{table}"').to_pylist()) for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'character varying')"
        )
        columns = cursor.fetchall()
        in_postgres = []
        for table, column in columns:
            cursor.execute(f'SELECT "{column}"::text FROM "{table}"')
            in_postgres.append(str(cursor.fetchall()))
    return "\n".join([*files, *in_warehouse, *in_postgres])


def in_clear() -> list[str]:
    """Phones found by any eight of their digits, with or without separators."""
    stored = everything_stored()
    assert "Zhao" in stored
    joined = stored.replace("-", "").replace(" ", "")
    return [phone for phone in PHONES if phone[3:] in joined]


def reject_file(import_: Any) -> str:
    return b"".join(rejects_csv(import_)).decode("utf-8-sig")


def test_good_and_bad_rows_leave_no_phone_in_clear(chain_with_phones: Path) -> None:
    _stores, staff, _products, members, _lines = loaded(chain_with_phones)
    rejected = Reject.objects.filter(batch__import_id__in=[staff.pk, members.pk])
    assert sorted(rejected.values_list("reason", flat=True)) == [
        "not_a_date", "unknown_store", "unknown_store", "wrong_width",
    ]  # fmt: skip
    assert in_clear() == []
    assert Member.objects.get(phone_hash=crypto.lookup_hash(PHONES[1])).code == "M2"
    assert Staff.objects.get(phone_hash=crypto.lookup_hash(PHONES[5])).code == "E1"
    assert not [phone for phone in PHONES if phone in reject_file(members)]
    again = loaded(chain_with_phones)
    assert all(each.is_repeat for each in again)


def test_a_reject_file_carries_sealed_phones_that_go_in_as_they_stand(
    chain_with_phones: Path, tmp_path: Path
) -> None:
    members = loaded(chain_with_phones)[3]
    mended = tmp_path / "members.csv"
    text = reject_file(members).replace("2024-02-30", "2024-02-28").replace(",S9,", ",S2,")
    readable = [row for row in csv.reader(io.StringIO(text)) if row[3] != "" and row[5] != ""]
    with mended.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(readable)
    loaded(mended)
    for code, phone in (("M3", PHONES[2]), ("M4", PHONES[3])):
        assert Member.objects.get(phone_hash=crypto.lookup_hash(phone)).code == code
    assert in_clear() == []


def test_parquet_with_phones_is_archived_sealed_and_other_parquet_as_it_is(chain: Path) -> None:
    table = pa_csv.read_csv(io.BytesIO(STAFF.encode()))
    assert pa.types.is_integer(table["phone"].type)
    (chain / "staff.csv").unlink()
    pq.write_table(table, chain / "staff.parquet")
    pq.write_table(pa_csv.read_csv(chain / "lines.csv"), chain / "lines.parquet")
    (chain / "lines.csv").unlink()
    imports = loaded(chain)
    kept = {path.name: path for path in archive.folder().glob("*.parquet")}
    lines = kept[Batch.objects.get(import_id=imports[-1].pk).file.rsplit("/", 1)[-1]]
    assert lines.read_bytes() == (chain / "lines.parquet").read_bytes()
    assert in_clear() == []
    assert Staff.objects.get(phone_hash=crypto.lookup_hash(PHONES[5])).code == "E1"
    rejects = Reject.objects.filter(batch__import_id=imports[1].pk)
    assert [(reject.line_no, reject.reason) for reject in rejects] == [(2, "unknown_store")]
    assert loaded(chain)[1].is_repeat


def test_workbook_rows_that_cannot_be_read_keep_no_phone_either(chain: Path) -> None:
    with xlsxwriter.Workbook(chain / "members.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["member_id", "name", "phone"])
        sheet.write_row(1, 0, ["M1", "Zhao", int(PHONES[0])])
        sheet.write_row(2, 0, [10**17, "Li", PHONES[1]])
        sheet.write_row(3, 0, ["M3", "Wu", "Jr", PHONES[2]])
        sheet.write_row(4, 0, ["M3", PHONES[3], "Jr", "x"])
    (chain / "members.csv").unlink()
    loaded(chain)
    assert in_clear() == []
    assert Reject.objects.filter(batch__kind="members").count() == 3


def test_a_mapping_decides_what_is_kept_and_sealed(chain: Path) -> None:
    (chain / "members.csv").write_text(
        f"卡号,name,手机,紧急联系\nM1,Zhao,{PHONES[0]},{PHONES[1]}\n", "utf-8"
    )
    first = KindMapping(columns={"member_id": "卡号", "phone": "手机"})
    second = KindMapping(columns={"member_id": "卡号", "phone": "紧急联系"})
    for mapping in (first, second):
        loaded(chain / "members.csv", mapping={"members": mapping})
    assert in_clear() == []
    assert Member.objects.get().phone_hash == crypto.lookup_hash(PHONES[1])
    columns = [pq.read_schema(path).names for path in archive.folder().glob("*.parquet")]
    assert ["line_no", "卡号", "name", "手机"] in columns
    with pytest.raises(UserError, match="phone"):
        one_for_all = KindMapping(columns={"member_id": "卡号"}, constants={"phone": PHONES[0]})
        import_path(chain / "members.csv", mapping={"members": one_for_all})


def test_requests_are_stored_with_sealed_phones() -> None:
    receive("members", source="api", body={"records": [
        {"member_id": "M1", "name": "Zhao", "phone": PHONES[0]},
        {"member_id": "M2", "name": "Li", "phone": int(PHONES[1]), "home_store_id": "S9"},
        {"member_id": "M3", "name": "Wu"},
    ]})  # fmt: skip
    load_waiting()
    assert in_clear() == []
    assert Member.objects.get(phone_hash=crypto.lookup_hash(PHONES[0])).code == "M1"
    assert Reject.objects.count() == 1


def test_a_record_mended_in_quarantine_keeps_its_phone_or_gets_another(
    chain_with_phones: Path,
) -> None:
    members = loaded(chain_with_phones)[3]
    in_quarantine = Reject.objects.filter(batch__import_id=members.pk)
    kept, changed = in_quarantine.get(line_no=5), in_quarantine.get(line_no=4)
    shown = get_shown_record(kept)
    assert shown["phone"] == crypto.mask(PHONES[3])
    replay_reject(kept, shown | {"home_store_id": "S1"})
    shown = get_shown_record(changed)
    assert shown["joined_on"] == "2024-02-30"
    replay_reject(changed, shown | {"joined_on": "2024-02-28", "phone": PHONES[7]})
    load_waiting()
    assert Member.objects.get(phone_hash=crypto.lookup_hash(PHONES[3])).code == "M4"
    assert Member.objects.get(phone_hash=crypto.lookup_hash(PHONES[7])).code == "M3"
    assert in_clear() == []


def test_a_phone_sealed_by_another_system_is_refused(chain: Path) -> None:
    (chain / "members.csv").write_text(f"member_id,phone\nM1,sealed:{'A' * 52}\n", "utf-8")
    (members,) = loaded(chain / "members.csv")
    assert [(r.column, r.reason) for r in Reject.objects.filter(batch__import_id=members.pk)] == [
        ("phone", "sealed_elsewhere")
    ]
