"""Sources on the desk: made, shown once with their key, rotated, closed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.know.collect.models import Source, SourceMinute
from regulars.know.collect.service import hash_of_key

Role = User.Role
SignIn = Callable[..., Client]
NEW = {"name": "Web shop", "kind": "segment", "records": "lines", "project": ""}

pytestmark = pytest.mark.usefixtures("chain_of_two")


def key_on(page: str) -> str:
    return page.split('user-select-all">')[1].split("<", maxsplit=1)[0]


def test_a_source_is_made_and_its_key_shown_once(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    page = hq.post(reverse("source_new"), NEW).content.decode()
    source = Source.objects.get()
    assert bytes(source.key_hash or b"") == hash_of_key(key_on(page))
    assert "/v1/batch" in page
    again = hq.get(reverse("source", args=[source.code])).content.decode()
    assert key_on(page) not in again
    assert "Nothing came in the last hour" in again
    assert Entry.objects.filter(action="source.made").exists()


def test_another_key_shuts_the_one_before(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    first = key_on(hq.post(reverse("source_new"), NEW).content.decode())
    second = key_on(hq.post(reverse("source_rotate", args=["web-shop"])).content.decode())
    assert first != second
    assert bytes(Source.objects.get().key_hash or b"") == hash_of_key(second)


def test_a_source_is_closed_and_opened_again(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    hq.post(reverse("source_new"), NEW)
    for is_active in (False, True):
        hq.post(reverse("source_switch", args=["web-shop"]))
        assert Source.objects.get().is_active is is_active


def test_the_list_says_what_came_of_late(sign_in: SignIn) -> None:
    from regulars.ground.kit import clock

    hq = sign_in(Role.OPERATIONS)
    hq.post(reverse("source_new"), NEW)
    minute = clock.now().replace(second=0, microsecond=0)
    SourceMinute.objects.create(source="web-shop", minute_at=minute, events=4321, refused=7)
    page = hq.get(reverse("sources")).content.decode()
    assert "4,321" in page
    assert hq.get(reverse("source", args=["web-shop"])).status_code == 200


def test_a_webhook_names_its_records_and_a_sensors_source_its_project(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    page = hq.post(reverse("source_new"), NEW | {"kind": "webhook", "records": "members"})
    assert key_on(page.content.decode()).startswith("whsec_")
    hq.post(reverse("source_new"), NEW | {"name": "Mini", "kind": "sensors", "project": "shop"})
    settings = dict(Source.objects.values_list("kind", "settings"))
    assert settings == {
        "webhook": {"kind": "members"}, "sensors": {"project": "shop", "is_open": True},
    }  # fmt: skip


def test_whoever_may_not_import_makes_no_source(sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    assert manager.get(reverse("sources")).status_code == 403
    assert manager.post(reverse("source_new"), NEW).status_code == 403
    assert not Source.objects.exists()
