"""Callbacks: checked, stored once, answered at once; a new customer is greeted in time, kept, and
told to the house."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.act.wecom.conftest import Colleague
from tests.act.wecom.fake import AES_KEY, CALLBACK_TOKEN, CORP, FakeWecom
from tests.act.wecom.test_crypt import CORP as VECTOR_CORP
from tests.act.wecom.test_crypt import ECHO, NONCE, SIGNATURE, TIMESTAMP

from regulars.act.wecom import callbacks, contacts, handling, jobs
from regulars.act.wecom.connecting import save_connection
from regulars.act.wecom.models import Callback, Contact
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock, crypto
from regulars.ground.warehouse.engine import Engine
from regulars.know.collect.models import Batch
from regulars.know.collect.service import receive
from regulars.know.identities.service import Kind, find_member_id, forget_member
from regulars.know.loader.service import load_waiting
from regulars.know.members.models import Member

ADDRESS = "/wecom/callback/"
ADDED, STAFF_DELETES, SHE_DELETES = (
    "add_external_contact", "del_external_contact", "del_follow_user",
)  # fmt: skip
Welcome = Callback.Welcome


def tell(wecom: FakeWecom, message: str, **sealing: Any) -> int:
    query, body = wecom.callback(wecom.seal(message, **sealing))
    return Client().post(f"{ADDRESS}?{query}", body, content_type="text/xml").status_code


def handled(wecom: FakeWecom, change: str, userid: str, external: str, **more: str) -> Callback:
    assert tell(wecom, wecom.told(change, userid, external, **more)) == 200
    told = Callback.objects.latest("pk")
    handling.handle(told.pk)
    told.refresh_from_db()
    return told


def test_the_first_call_is_answered_with_what_it_sealed(connected: FakeWecom) -> None:
    save_connection(None, corp_id=VECTOR_CORP, token=CALLBACK_TOKEN, aes_key=AES_KEY)
    query = {
        "msg_signature": SIGNATURE, "timestamp": TIMESTAMP, "nonce": NONCE, "echostr": ECHO,
    }  # fmt: skip
    answer = Client().get(ADDRESS, query)
    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    wrong = Client().get(ADDRESS, query | {"nonce": "1"})
    assert (wrong.status_code, b"1616140317555161061" in wrong.content) == (403, False)
    save_connection(None, corp_id=CORP)
    assert Client().get(ADDRESS, query).status_code == 403  # meant for another corp


def test_a_callback_is_stored_and_answered_with_nothing(connected: FakeWecom) -> None:
    message = connected.told(ADDED, "lan", "wm1", State="S1-till")
    query, body = connected.callback(connected.seal(message))
    answer = Client(enforce_csrf_checks=True).post(
        f"{ADDRESS}?{query}", body, content_type="text/xml"
    )
    assert (answer.status_code, answer.content) == (200, b"")
    stored = Callback.objects.get()
    assert (stored.change_type, stored.userid, stored.external_userid) == (ADDED, "lan", "wm1")
    assert stored.handled_at is None
    assert Event.objects.get(topic="wecom.called_back").payload == {"callback_id": stored.pk}
    assert not connected.calls  # nothing is asked before it is answered


def test_what_is_told_twice_is_stored_once(connected: FakeWecom) -> None:
    message = connected.told(ADDED, "lan", "wm1")
    assert [tell(connected, message), tell(connected, message)] == [200, 200]
    assert Callback.objects.count() == 1
    assert Event.objects.filter(topic="wecom.called_back").count() == 1
    connected.later = 5
    tell(connected, connected.told(ADDED, "lan", "wm1"))
    tell(connected, connected.told(ADDED, "lan", "wm2"))
    assert Callback.objects.count() == 3


def test_what_is_tampered_with_is_refused_and_not_stored(connected: FakeWecom) -> None:
    message = connected.told(ADDED, "lan", "wm1")
    query, body = connected.callback(connected.seal(message))
    browser = Client()
    broken = body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[AAAA")
    for address, sent in (
        (f"{ADDRESS}?{query}", broken),
        (f"{ADDRESS}?{query.replace('nonce=2', 'nonce=3')}", body),
        (ADDRESS, body),
    ):
        assert browser.post(address, sent, content_type="text/xml").status_code == 403
    assert tell(connected, message, receive_id="ww-another-corp") == 403
    assert tell(connected, message, key="B" * 43) == 403
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no xml", b"<xml>", b"<xml>&a;</xml>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml><Encrypt>&a;</Encrypt></xml>",
        b"<xml>" + b"a" * 70_000 + b"</xml>",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(connected: FakeWecom, body: bytes) -> None:
    query = urlencode({"msg_signature": "x", "timestamp": "1", "nonce": "1"})
    answer = Client().post(f"{ADDRESS}?{query}", body, content_type="text/xml")
    assert answer.status_code == 400
    assert not Callback.objects.exists()


def test_a_message_without_a_moment_is_refused(connected: FakeWecom) -> None:
    assert tell(connected, "<xml><Event>change_external_contact</Event></xml>") == 400
    swollen = "<!DOCTYPE x [<!ENTITY a 'b'>]><xml><CreateTime>1</CreateTime></xml>"
    assert tell(connected, swollen) == 400


def test_what_is_older_than_we_remember_is_not_taken_again(connected: FakeWecom) -> None:
    connected.later = -91 * 86_400
    assert tell(connected, connected.told(ADDED, "lan", "wm1")) == 200
    assert not Callback.objects.exists()


@pytest.mark.usefixtures("db")
def test_without_a_connection_there_is_no_such_address() -> None:
    assert Client().get(ADDRESS).status_code == 404
    assert Client().post(ADDRESS, b"<xml/>", content_type="text/xml").status_code == 404


def test_callbacks_are_handled_in_the_queue_that_long_work_never_fills(
    connected: FakeWecom,
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    tell(connected, connected.told(ADDED, "lan", "wm1"))
    job = ProcrastinateJob.objects.get(task_name="wecom.answer_callback")
    assert job.queue_name == "prompt"


def test_a_new_customer_is_greeted_first_and_asked_about_afterwards(
    connected: FakeWecom, colleague: Colleague
) -> None:
    colleague("Lan")
    connected.customers["Lan"]["wm1"] = {}
    told = handled(connected, ADDED, "lan", "wm1", State="S1-till", WelcomeCode="w1")
    assert connected.greeted == {"w1": "您好，我是您的育儿顾问。"}
    order = [path.rpartition("/")[2] for path, _query, _body in connected.calls]
    assert order == ["gettoken", "send_welcome_msg", "get"]
    assert told.welcome == Welcome.SENT
    assert "WelcomeCode" not in told.facts
    contact = Contact.objects.get()
    assert (contact.userid, contact.external_userid, contact.state) == ("Lan", "wm1", "S1-till")
    assert contact.synced_at is not None
    handling.handle(told.pk)
    assert len(connected.calls_of("send_welcome_msg")) == 1


@pytest.mark.parametrize(
    ("code", "became"), [(41050, Welcome.LATE), (41051, Welcome.BEFORE), (40058, Welcome.FAILED)]
)
def test_a_greeting_that_is_refused_is_left_at_that(
    connected: FakeWecom, code: int, became: str
) -> None:
    connected.troubles["/cgi-bin/externalcontact/send_welcome_msg"].append(code)
    told = handled(connected, ADDED, "lan", "wm1", WelcomeCode="w1")
    assert told.welcome == became
    assert len(connected.calls_of("send_welcome_msg")) == 1
    assert Contact.objects.count() == 1


def test_another_app_that_is_greeting_is_waited_for(
    connected: FakeWecom, pauses: list[float]
) -> None:
    connected.troubles["/cgi-bin/externalcontact/send_welcome_msg"].extend([41096, 41096])
    assert handled(connected, ADDED, "lan", "wm1", WelcomeCode="w1").welcome == Welcome.SENT
    assert pauses == [1.0, 1.0]


def test_after_20_seconds_no_greeting_is_tried(connected: FakeWecom) -> None:
    tell(connected, connected.told(ADDED, "lan", "wm1", WelcomeCode="w1"))
    Callback.objects.update(received_at=clock.now() - timedelta(seconds=21))
    told = Callback.objects.get()
    handling.handle(told.pk)
    told.refresh_from_db()
    assert told.welcome == Welcome.LATE
    assert not connected.calls_of("send_welcome_msg")
    assert Contact.objects.count() == 1


def test_without_a_text_or_a_code_nobody_is_greeted(connected: FakeWecom) -> None:
    assert handled(connected, ADDED, "lan", "wm1").welcome == Welcome.NONE
    save_connection(None, welcome="")
    assert handled(connected, ADDED, "lan", "wm2", WelcomeCode="w2").welcome == Welcome.NONE
    assert not connected.greeted


def test_a_contact_ends_by_whoever_deletes_the_other_and_begins_again(
    connected: FakeWecom,
) -> None:
    connected.customers["lan"] |= {"wm1": {}, "wm2": {}}
    for external in ("wm1", "wm2"):
        handled(connected, ADDED, "lan", external)
    connected.later = 1000
    handled(connected, STAFF_DELETES, "LAN", "wm1")
    handled(connected, SHE_DELETES, "lan", "wm2")
    ended = Contact.objects.exclude(ended_at=None).values_list("external_userid", "ended_by")
    assert dict(ended) == {"wm1": "staff", "wm2": "customer"}
    connected.later = 2000
    handled(connected, ADDED, "lan", "wm1")
    assert Contact.objects.get(external_userid="wm1").ended_at is None
    connected.later = 1000
    handled(connected, SHE_DELETES, "lan", "wm1")  # older than the addition: comes too late
    assert Contact.objects.get(external_userid="wm1").ended_at is None


def test_events_of_chats_and_tags_are_stored_and_change_nothing(connected: FakeWecom) -> None:
    told = handled(connected, "edit_external_contact", "lan", "wm1")
    assert told.handled_at is not None
    assert not Contact.objects.exists()
    assert not Batch.objects.exists()


def test_while_wecom_is_away_a_contact_is_kept_and_asked_about_later(
    connected: FakeWecom,
) -> None:
    connected.customers["lan"]["wm1"] = {}
    save_connection(None, api_address="http://127.0.0.1:9")
    told = handled(connected, ADDED, "lan", "wm1", WelcomeCode="w1")
    assert told.welcome == Welcome.FAILED
    assert Contact.objects.get().synced_at is None
    save_connection(None, api_address=connected.address)
    assert contacts.sync_contacts() == 1
    assert Contact.objects.get().synced_at is not None
    assert contacts.sync_contacts() == 0


def test_who_is_no_longer_there_when_asked_about_has_ended(connected: FakeWecom) -> None:
    handled(connected, ADDED, "lan", "wm1")
    contact = Contact.objects.get()
    assert (contact.ended_by, contact.ended_at is None) == ("unknown", False)


@pytest.fixture
def wang(warehouse: Engine) -> Member:
    records = [{"member_id": "M1", "name": "王芳", "phone": "13812345678"}]
    receive("members", source="test", body={"records": records})
    load_waiting()
    return Member.objects.get(code="M1")


def test_a_new_contact_is_an_event_of_the_member_whose_phone_was_noted(
    connected: FakeWecom, wang: Member, warehouse: Engine
) -> None:
    connected.customers["lan"]["wm1"] = {"mobiles": ["138 1234 5678"]}
    told = handled(connected, ADDED, "lan", "wm1", State="S1-till")
    assert Contact.objects.get().member == wang
    contacts._tell(contacts.ADDED, Contact.objects.get(), told.told_at)  # told again, known
    load_waiting()
    from regulars.ground.warehouse.service import query

    (row,) = query(
        "SELECT name, member_id, properties->>'state' AS state FROM events"
        " JOIN persons USING (person_id) WHERE source = 'wecom'"
    ).to_pylist()
    assert row == {"name": "wecom_contact_added", "member_id": wang.pk, "state": "S1-till"}
    assert find_member_id(Kind.EXTERNAL_USERID, "wm1") == wang.pk
    assert find_member_id(Kind.EXTERNAL_USERID, "wm2") is None
    assert find_member_id(Kind.PHONE, "") is None
    handled(connected, ADDED, "hua", "wm1")  # known by her identity, whoever adds her
    assert Contact.objects.get(userid="hua").member == wang


def test_a_phone_of_two_members_says_nothing(connected: FakeWecom, wang: Member) -> None:
    Member.objects.create(code="M2", phone_hash=crypto.lookup_hash("13812345678"))
    connected.customers["lan"]["wm1"] = {"mobiles": ["13812345678"]}
    handled(connected, ADDED, "lan", "wm1")
    assert Contact.objects.get().member is None


def test_a_forgotten_person_leaves_no_contact(connected: FakeWecom, wang: Member) -> None:
    connected.customers["lan"]["wm1"] = {"mobiles": ["13812345678"]}
    handled(connected, ADDED, "lan", "wm1")
    handled(connected, ADDED, "hua", "wm2")
    forgetting = forget_member(None, wang)
    jobs.forget_person(forgetting.pk)
    assert [each.external_userid for each in Contact.objects.all()] == ["wm2"]
    assert [each.external_userid for each in Callback.objects.all()] == ["wm2"]


def test_callbacks_are_forgotten_after_90_days(connected: FakeWecom) -> None:
    tell(connected, connected.told(ADDED, "lan", "wm1"))
    Callback.objects.update(received_at=clock.now() - timedelta(days=91))
    assert callbacks.forget_callbacks() == 1
