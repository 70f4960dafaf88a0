"""The day's pages and the messages, as people see them: at the desk, on the phone, refused."""

import gzip
from collections.abc import Callable, Iterator
from datetime import date

import pyarrow as pa
import pytest
from django.test import Client
from tests.understand.actions.small_chain import finding_at, staff_of

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.messages import service as messages
from regulars.ground.messages.models import Message
from regulars.ground.org.models import Position
from regulars.ground.org.service import get_node
from regulars.understand.actions.models import Action

Role = User.Role
SignIn = Callable[..., Client]
TODAY = date(2020, 2, 5)
MOST_BYTES = 60_000


@pytest.fixture(autouse=True)
def fifth_of_february(chain_of_two: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    yield


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def tell(user: User, about: str = "1", **facts: str) -> Message:
    letter = {
        "user_id": user.pk, "kind": "morning", "about": about, "title": "Briefing <b>",
        "body": "Yesterday 5.05.", "address": "/briefing/", "phone_address": "/m/briefing/",
    } | facts  # fmt: skip
    messages.write(pa.Table.from_pylist([letter], schema=messages.LETTERS))
    return Message.objects.get(user=user, about=about)


@pytest.mark.parametrize("address", ["/briefing/", "/m/briefing/"])
def test_a_head_reads_yesterday_what_costs_most_and_what_is_due(
    sign_in: SignIn, address: str
) -> None:
    finding = finding_at("S1", made_on=TODAY)
    region = sign_in(Role.REGION_HEAD, node="R1")
    Action.objects.create(
        node=get_node("S1"), what="Call the forty", due_on=date(2020, 2, 3), made_on=TODAY
    )
    page = text(region.get(f"{address}?part=morning"))
    assert "¥5.05" in page  # the day before, of Oak Street
    assert "¥305.05" in page  # the month up to it
    assert "67 % of it (1,000) is active old members not coming back" in page
    assert f"finding={finding.pk}" in page
    assert "Call the forty" in page
    assert "2 days late" in page
    assert "Stores to visit today" in page
    assert "no target is set" in page


@pytest.mark.parametrize("address", ["/briefing/", "/m/briefing/"])
def test_a_manager_reads_who_is_on_shift_and_in_the_evening_who_acted(
    sign_in: SignIn, address: str
) -> None:
    ming = staff_of("S1", "Ming", Position.Kind.STORE_MANAGER)
    manager = sign_in(Role.STORE_MANAGER, node="S1", staff=ming)
    morning = text(manager.get(f"{address}?part=morning"))
    assert "Ming" in morning
    assert "No roster kept" in morning
    evening = text(manager.get(f"{address}?part=evening&day=2020-02-03"))
    assert "¥300.00" in evening
    assert "Who acted of those on shift" in evening
    assert "Stays open" in evening
    assert "Best and worst" not in evening


@pytest.mark.parametrize("address", ["/briefing/", "/m/briefing/"])
def test_the_day_stands_in_the_address_and_must_have_come(sign_in: SignIn, address: str) -> None:
    everything = sign_in(Role.OPERATIONS)
    page = text(everything.get(f"{address}?day=2020-02-04&part=evening"))
    assert "day=2020-02-03" in page
    assert "day=2020-02-05" in page
    assert "¥5.05" in page
    for wrong in ("2020-02-06", "yesterday"):
        assert everything.get(f"{address}?day={wrong}").status_code == 400
    assert "Mill Lane" not in text(sign_in(Role.REGION_HEAD, node="R1").get(address))


def test_who_sees_some_goods_or_no_actions_reads_the_numbers_alone(sign_in: SignIn) -> None:
    category = text(
        sign_in(Role.CATEGORY_MANAGER, category_codes=["Baby"]).get("/briefing/?part=evening")
    )
    assert "¥70.00" in category
    assert "Stays open" not in category
    brand = text(sign_in(Role.BRAND_PARTNER, brand_codes=["B"]).get("/briefing/?part=morning"))
    assert "¥5.05" in brand
    assert "Due or late" not in brand


def test_the_bell_counts_what_is_unread_on_desk_and_phone(sign_in: SignIn) -> None:
    client = sign_in(Role.STORE_MANAGER, node="S1")
    me = User.objects.get(role=Role.STORE_MANAGER)
    assert "unread message" not in text(client.get("/messages/"))
    message = tell(me)
    tell(me, about="2")
    for address in ("/messages/", "/m/messages/", "/briefing/", "/m/"):
        assert "2 unread messages" in text(client.get(address))
    assert "Briefing &lt;b&gt;" in text(client.get("/messages/"))
    opened = client.post(f"/messages/{message.pk}/read/")
    assert opened["Location"] == "/briefing/"
    assert "1 unread message" in text(client.get("/messages/"))
    assert client.post("/m/messages/read/")["Location"] == "/m/messages/"
    assert messages.count_unread(me) == 0


def test_a_tap_on_the_phone_opens_the_phones_page(sign_in: SignIn) -> None:
    client = sign_in(Role.STORE_MANAGER, node="S1")
    message = tell(User.objects.get())
    assert client.post(f"/m/messages/{message.pk}/read/")["Location"] == "/m/briefing/"
    assert messages.count_unread(User.objects.get()) == 0


def test_nobody_reads_or_marks_what_another_was_told(sign_in: SignIn) -> None:
    sign_in(Role.STORE_MANAGER, node="S1")
    message = tell(User.objects.get())
    other = sign_in(Role.ADMINISTRATOR)
    for address in ("/messages/", "/m/messages/"):
        assert "Yesterday 5.05" not in text(other.get(address))
        assert other.post(f"{address}{message.pk}/read/").status_code == 404
        other.post(f"{address}read/")
    assert Message.objects.get().read_at is None
    assert Client().post(f"/messages/{message.pk}/read/").status_code == 302
    assert Message.objects.get().read_at is None


def test_to_mark_as_read_is_an_act_and_no_address_to_look_at(sign_in: SignIn) -> None:
    client = sign_in(Role.STORE_MANAGER, node="S1")
    message = tell(User.objects.get())
    for address in (f"/messages/{message.pk}/read/", "/messages/read/", "/m/messages/read/"):
        assert client.get(address).status_code == 405
    assert Message.objects.get().read_at is None


def test_the_phones_pages_are_small(sign_in: SignIn) -> None:
    finding_at("S1", made_on=TODAY)
    client = sign_in(Role.REGION_HEAD, node="R1")
    for n in range(40):
        tell(User.objects.get(), about=str(n))
    for address in ("/m/briefing/", "/m/briefing/?part=evening", "/m/messages/"):
        assert len(gzip.compress(client.get(address).content)) < MOST_BYTES / 4
