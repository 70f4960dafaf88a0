"""Uploads: looked at at once, read by a worker, once."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoCaptureOnCommitCallbacks

from regulars.ground.accounts.models import User
from regulars.ground.kit.deployment import data_dir
from regulars.ground.kit.errors import UserError
from regulars.know.imports import jobs, uploads
from regulars.know.imports.models import Import
from regulars.know.imports.rules import KindMapping
from regulars.know.imports.service import progress_of, wait_for
from regulars.know.imports.uploads import start_upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse")]
STORES = b"store_id,name\nS1,North\nS2,South\nS2,East\n"


@pytest.fixture(autouse=True)
def _nothing_left_by_others() -> None:
    shutil.rmtree(data_dir() / "uploads", ignore_errors=True)


@pytest.fixture
def person() -> User:
    return User.objects.create(username="hq", role=User.Role.OPERATIONS, language="en")


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(uploads, "publish", lambda topic, **payload: sent.append(payload))
    return sent


def stored() -> list[Path]:
    return list((data_dir() / "uploads").glob("*"))


def file(content: bytes, name: str = "stores.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_an_upload_is_read_by_a_worker_and_then_removed(
    person: User,
    published: list[dict[str, Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    import_ = start_upload(file(STORES), by=person)
    assert progress_of(import_).state == Import.State.READING
    assert len(stored()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        uploads.read_upload(published[0]["import_id"], Path(published[0]["path"]))
    assert stored() == []
    assert progress_of(import_).state == Import.State.LOADING
    (standing,) = wait_for([import_], loads_here=True)
    assert (standing.rows_total, standing.state) == (3, Import.State.DONE)
    assert standing.rows_loaded + standing.rows_rejected == 3
    assert import_.by == person


def test_the_job_reads_what_was_published(person: User, published: list[dict[str, Any]]) -> None:
    import_ = start_upload(file(STORES, "any name.csv"), by=person, kind="stores")
    jobs.read_file(**published[0])
    assert progress_of(import_).rows_total == 3


def test_the_same_upload_twice_is_told_and_not_kept(
    person: User, published: list[dict[str, Any]]
) -> None:
    first = start_upload(file(STORES), by=person)
    jobs.read_file(**published[0])
    before = len(stored())
    again = start_upload(file(STORES), by=person)
    assert again.is_repeat
    assert again.pk == first.pk
    assert len(published) == 1
    assert len(stored()) == before


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"store_id,nmae\n", "stores.csv", "nmae"),
        (b"", "stores.csv", "stores.csv"),
        (STORES, "shops.csv", "shops.csv"),
        (STORES, "stores.doc", "stores.doc"),
        (b"order_id\n", "orders.csv", "order"),
    ],
)
def test_an_upload_with_a_wrong_header_is_refused_at_once(
    person: User, published: list[dict[str, Any]], content: bytes, name: str, message: str
) -> None:
    before = stored()
    with pytest.raises(UserError, match=message):
        start_upload(file(content, name), by=person)
    assert stored() == before
    assert published == []
    assert not Import.objects.exists()


def test_what_is_wrong_further_down_fails_the_import_and_it_can_be_brought_again(
    person: User, published: list[dict[str, Any]]
) -> None:
    import_ = start_upload(file(b'store_id,name\nS1,"North\n'), by=person)
    jobs.read_file(**published[0])
    standing = progress_of(import_)
    assert standing.state == Import.State.FAILED
    assert standing.error == "stores.csv: the quotation mark in line 2 is never closed."
    again = start_upload(file(b'store_id,name\nS1,"North\n'), by=person)
    assert again.pk == import_.pk
    assert progress_of(again).state == Import.State.READING


def test_an_upload_may_bring_a_mapping(person: User, published: list[dict[str, Any]]) -> None:
    mapping = KindMapping(columns={"store_id": "店号", "name": "店名"})
    import_ = start_upload(
        file("店号,店名\nS1,北\n".encode()), by=person, kind="stores", mapping=mapping
    )
    jobs.read_file(**published[0])
    assert progress_of(import_).rows_total == 1


def test_old_uploads_that_nobody_reads_are_removed(
    person: User, published: list[dict[str, Any]]
) -> None:
    start_upload(file(STORES), by=person)
    folder = Path(published[0]["path"]).parent
    uploads.forget_uploads()
    assert folder.exists()
    old = time.time() - uploads.KEPT_FOR.total_seconds() - 60
    os.utime(folder, (old, old))
    uploads.forget_uploads()
    assert not folder.exists()
