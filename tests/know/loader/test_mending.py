"""One store restored, lost or broken without the other: noticed, and mended from the archive."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.know.loader.conftest import contents, forget_warehouse, line, send, telling

from regulars.ground.kit.deployment import data_dir
from regulars.ground.warehouse import service as warehouse
from regulars.know.collect import service as collect
from regulars.know.collect.models import Batch, Reject
from regulars.know.loader import archive, rebuild
from regulars.know.loader import service as loader
from regulars.know.loader.rebuild import mend

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past")]
AT_ONCE = timedelta(0)


def warehouse_file() -> Path:
    return data_dir() / "warehouse.duckdb"


def start_again(file: Path | None = None) -> bool:
    """As a start finds the warehouse: `file` in its place, or none; whether it was mended."""
    if file:
        kept = file.read_bytes()
    forget_warehouse()
    if file:
        warehouse_file().write_bytes(kept)
    loader.prepare()
    return mend()


def is_noticed_at_the_start() -> bool:
    loader.prepare()
    return mend()


def test_stores_that_agree_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "replay", None)
    archive.archive_loaded(AT_ONCE)
    assert not mend()
    assert not collect.list_troubles()


@pytest.mark.parametrize("is_archived", [False, True])
def test_a_warehouse_that_is_gone_is_made_again(is_archived: bool) -> None:
    before, told = contents(), telling()
    if is_archived:
        archive.archive_loaded(AT_ONCE)
    assert start_again()
    assert contents() == before
    assert telling() == told
    assert not mend()


@pytest.mark.parametrize("harm", ["garbage", "half", "flipped"])
def test_a_broken_warehouse_is_set_aside_and_made_again(harm: str) -> None:
    before = contents()
    warehouse.checkpoint()
    whole = warehouse_file().read_bytes()
    broken = {
        "garbage": b"\x07" * 9_999,
        "half": whole[: len(whole) // 2],
        "flipped": b"".join(bytes([b ^ 255]) for b in whole[4096:4200]).join(
            [whole[:4096], whole[4200:]]
        ),
    }[harm]
    forget_warehouse()
    warehouse_file().write_bytes(broken)
    if not is_noticed_at_the_start():
        with pytest.raises(warehouse.WarehouseError):  # half a file may open all the same
            contents()
        warehouse._usual().close()  # the process has ended and is started again
        warehouse._usual.cache_clear()
        assert is_noticed_at_the_start()
    assert contents() == before
    assert list(data_dir().glob("warehouse.duckdb.broken-*"))


def test_a_warehouse_that_is_behind_gets_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.copy_to(tmp_path / "old")
    send(line("A1", version=3, cents=33), line("N1", member_id="M2"), line("N2", product="P7"))
    send(line("N1", version=1, member_id="M1", cents=5))
    after, told = contents(), telling()
    archive.archive_loaded(AT_ONCE)
    monkeypatch.setattr(rebuild, "rebuild", None)  # the little that it lacks is added
    assert start_again(tmp_path / "old")
    assert contents() == after
    assert telling() == told


def test_a_database_that_is_behind_receives_again_what_the_archive_knows(tmp_path: Path) -> None:
    known = set(Batch.objects.values_list("pk", flat=True))
    send(line("N1", member_id="M2"), line("N2", product="P7"))
    send(line("N1", version=1, member_id="M1", cents=5))
    after = contents()
    archive.archive_loaded(AT_ONCE)
    lost = Batch.objects.exclude(pk__in=known)
    received = dict(lost.values_list("pk", "received_at"))
    Reject.objects.filter(batch__in=lost).delete()
    lost.delete()
    assert mend()
    assert set(collect.list_waiting(9)) == set(Batch.objects.filter(pk__in=received))
    assert dict(Batch.objects.filter(pk__in=received).values_list("pk", "received_at")) == received
    loader.load_waiting()
    again = contents()
    assert again.pop("loaded_batches")["n"] == after.pop("loaded_batches")["n"]
    assert again == after
    assert Reject.objects.get(value="P7").batch_id in received


def test_whoever_watches_is_told_while_the_stores_are_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []
    usual = rebuild.take_dimensions
    monkeypatch.setattr(
        rebuild, "take_dimensions", lambda: (seen.extend(collect.list_troubles()), usual())
    )
    start_again()
    assert [trouble.code for trouble in seen][:1] == ["stores_apart"]
    assert not collect.list_troubles()


def test_a_mending_that_is_cut_off_goes_on_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.copy_to(tmp_path / "old")
    for number in range(4):
        send(line(f"N{number}", member_id="M2", cents=number))
    after = contents()
    archive.archive_loaded(AT_ONCE)
    usual, calls = rebuild.replay.__globals__["_replay_part"], []

    def dies_at_the_third(part: list[Batch]) -> None:
        calls.append(part)
        if len(calls) == 3:
            raise KeyboardInterrupt
        usual(part)

    with monkeypatch.context() as patch:
        patch.setitem(rebuild.replay.__globals__, "AT_ONCE", 1)
        patch.setitem(rebuild.replay.__globals__, "_replay_part", dies_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            start_again(tmp_path / "old")
    assert [trouble.code for trouble in collect.list_troubles()] == ["stores_apart"]
    loader.prepare()
    assert mend()
    assert contents() == after
