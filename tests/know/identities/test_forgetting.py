"""Forget me, give me my data, and what I allow."""

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.acceptance.asking import of_days
from tests.know.identities.small_chain import load, member
from tests.web.conftest import line

from regulars.ground.audit.models import Entry
from regulars.ground.jobs.models import Event
from regulars.ground.kit.crypto import seal, unseal
from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.service import query
from regulars.know.collect.models import Batch, Reject
from regulars.know.identities import service
from regulars.know.identities.models import Forgetting, Identity, Person
from regulars.know.loader import archive, forgetting
from regulars.know.loader.rebuild import rebuild
from regulars.know.loader.service import load_waiting
from regulars.know.members.models import Child, Member
from regulars.understand.metrics.trees import tree_for

pytestmark = pytest.mark.usefixtures("chain")
TELLING = ("M1", "王芳", "13812345678", "her-own-cookie", "2019-08-10")


def tree() -> Any:
    return tree_for(of_days(date(2020, 2, 1), date(2020, 2, 29)))


def totals() -> dict[str, Any]:
    rows = query("SELECT count(*) AS n, sum(net_cents)::BIGINT AS net FROM tickets").to_pylist()
    buyers = query("SELECT count(DISTINCT member_id) AS n FROM tickets").to_pylist()
    return {"tickets": rows, "buyers": buyers, "tree": tree()}


def send(*calls: dict[str, Any]) -> None:
    told = [{"type": "track", "event": "Product Viewed", **call} for call in calls]
    raw = seal(json.dumps({"batch": told}).encode())
    Batch.objects.create(kind="segment", source="shop", raw=raw, layout={})
    load_waiting()


def she_browses() -> None:
    send(
        {"messageId": "1", "anonymousId": "her-own-cookie", "timestamp": "2020-02-01T02:00:00Z"},
        {"messageId": "2", "anonymousId": "her-own-cookie", "userId": "M1",
         "timestamp": "2020-02-01T02:01:00Z", "properties": {"phone": "13812345678"}},
        {"messageId": "3", "anonymousId": "somebody-else", "timestamp": "2020-02-01T02:02:00Z"},
    )  # fmt: skip


def forget() -> Forgetting:
    forgotten = service.forget_member(None, member("M1"), "she asked")
    load_waiting()
    (event,) = Event.objects.filter(topic=service.FORGOTTEN)
    forgetting.rewrite_kept(**event.payload)
    return Forgetting.objects.get(pk=forgotten.pk)


def kept_texts() -> str:
    """All that was kept as it came, opened."""
    texts = []
    batches = [*Batch.objects.filter(archive="")]
    for path in archive.list_files():
        batches += archive.batches_of(path)
    for batch in batches:
        raw = unseal(bytes(batch.raw)).decode() if batch.raw else ""
        texts.append(f"{json.dumps(batch.body, ensure_ascii=False)} {raw}")
    texts += [f"{each.record} {each.value}" for each in Reject.objects.all()]
    return "\n".join(texts)


def test_a_forgotten_member_leaves_a_tombstone_and_every_total_as_it_was() -> None:
    she_browses()
    before = totals()
    her = member("M1").pk
    forget()
    assert totals() == before
    tombstone = Member.objects.get(pk=her)
    assert tombstone.code == f"forgotten-{her}"
    assert (tombstone.name, tombstone.birthday, tombstone.phone_sealed) == ("", None, None)
    assert not Child.objects.exists()
    assert not Person.objects.filter(member_id=her).exists()
    (row,) = query("SELECT code FROM members WHERE member_id = $id", {"id": her}).to_pylist()
    assert row == {"code": tombstone.code}
    assert query("SELECT * FROM children").to_pylist() == []


def test_nothing_that_was_kept_tells_of_her() -> None:
    load("lines", line("O7", "2020-02-11", "S9", "M1", 100))  # an unknown shop: quarantine
    she_browses()
    archived = archive.archive_loaded(timedelta(0))
    assert archived
    send({"messageId": "4", "anonymousId": "her-own-cookie", "timestamp": "2020-02-02T02:00:00Z"})
    assert all(each in kept_texts() for each in ("M1", "her-own-cookie"))
    done = forget()
    found = kept_texts()
    assert not [each for each in TELLING if each in found]
    assert "somebody-else" in found and "李静" in found
    assert (done.traces, done.done_at is not None) == (None, True)
    events = query("SELECT to_json(events)::VARCHAR AS text FROM events")["text"].to_pylist()
    assert not [text for text in events for each in TELLING if each in text]
    assert len(events) == 4
    assert not Identity.objects.filter(kind="phone").exists()
    assert not any(each in str(entry.detail) for entry in Entry.objects.all() for each in TELLING)


def test_a_warehouse_made_again_after_forgetting_holds_the_same_numbers() -> None:
    she_browses()
    archive.archive_loaded(timedelta(0))
    before = totals()
    forget()
    rebuild()
    assert totals() == before
    assert query("SELECT count(*) AS n FROM events").to_pylist() == [{"n": 3}]


def test_an_imported_file_is_rewritten_in_place(tmp_path: Path) -> None:
    path = tmp_path / "members.parquet"
    table = pa.table(
        {
            "Nr": ["M1", "M2"], "Name": ["王芳", "李静"], "joined_on": ["2019-01-02", "2020-02-02"],
            "phone": ["sealed:a", "sealed:b"],
        }
    )  # fmt: skip
    pq.write_table(table, path)
    traces = service.Traces({"M1": "forgotten-1"}, frozenset(), frozenset())
    columns = {"Nr": "member_id", "Name": "name", "joined_on": "joined_on", "phone": "phone"}
    forgetting._rewrite_imported(path, columns, traces)
    assert pq.read_table(path).to_pylist() == [
        {"Nr": "forgotten-1", "Name": None, "joined_on": "2019-01-02", "phone": None},
        {"Nr": "M2", "Name": "李静", "joined_on": "2020-02-02", "phone": "sealed:b"},
    ]
    assert list(tmp_path.iterdir()) == [path]


def test_records_merged_into_hers_are_forgotten_with_her() -> None:
    service.merge_members(None, member("M1"), member("M2"))
    load_waiting()
    before = totals()
    forget()
    assert totals() == before
    assert Member.objects.filter(forgotten_at=None).count() == 1
    assert "李静" not in kept_texts()


def test_nobody_is_forgotten_twice() -> None:
    forget()
    with pytest.raises(UserError, match="already"):
        service.forget_member(None, Member.objects.exclude(forgotten_at=None).get())


def test_a_member_gets_all_her_data_and_nobody_elses() -> None:
    she_browses()
    service.tell_consent(None, member("M1"), "marketing", "sms", is_given=True, source="store")
    given = zipfile.ZipFile(io.BytesIO(service.give_data(None, member("M1"))))
    told = {Path(name).stem: json.loads(given.read(name)) for name in given.namelist()}
    assert (told["member"][0]["phone"], told["member"][0]["name"]) == ("13812345678", "王芳")
    assert {order["order_no"] for order in told["orders"]} == {"O0"}
    assert len(told["events"]) == 2
    assert {each["kind"] for each in told["identities"]} == {"member", "cookie", "phone"}
    assert told["consents"][0]["is_given"] is True
    assert Entry.objects.filter(action="member.data_given").count() == 1
    assert "李静" not in str(told)


def test_consent_is_told_by_purpose_and_channel_and_its_history_stays() -> None:
    her = member("M1")
    for answer in (True, False):
        service.tell_consent(None, her, "marketing", "sms", is_given=answer, source="store")
    service.tell_consent(None, her, "service", "email", is_given=True, source="app")
    standing = {
        (each.purpose, each.channel): each.is_given
        for row in service.list_standing(member("M1")).values()
        for each in row
    }
    assert standing["marketing", "sms"] is False
    assert standing["service", "email"] is True
    assert standing["profiling", "app"] is None
    assert member("M1").is_sms_allowed is False
    assert [each.is_given for each in service.list_told(her)] == [True, False, True]
    with pytest.raises(UserError):
        service.tell_consent(None, her, "marketing", "pigeon", is_given=True, source="store")
