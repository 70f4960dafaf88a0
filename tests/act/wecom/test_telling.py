"""What staff are told in WeCom: one message a person and batch, nobody too often, nothing twice."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pytest
from tests.act.wecom.conftest import PUBLIC, Colleague
from tests.act.wecom.fake import FakeWecom

from regulars.act.tasks.models import Launch, Lead
from regulars.act.wecom import jobs, sending, telling
from regulars.act.wecom.connecting import connection, save_connection
from regulars.act.wecom.models import Sending, StaffMatch
from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import User
from regulars.ground.jobs.models import Event
from regulars.ground.kit import clock
from regulars.ground.messages import service as messages
from regulars.ground.messages.models import Message
from regulars.ground.org.models import Node, Staff

SEND = "/cgi-bin/message/send"
State = Sending.State


def write(users: Sequence[User], about: str = "1", **facts: str) -> list[int]:
    same = {
        "kind": "morning", "about": about, "title": "Briefing", "body": "Yesterday 12.00.",
        "address": "/briefing/", "phone_address": "/m/briefing/?day=2020-05-03",
    } | facts  # fmt: skip
    rows = [{"user_id": user.pk, **same} for user in users]
    messages.write(pa.Table.from_pylist(rows, schema=messages.LETTERS))
    return Event.objects.filter(topic="messages.written").latest("pk").payload["message_ids"]


def open_leads(store: Node, counts: dict[Staff | None, int], launch: Launch | None = None) -> Any:
    due = clock.today() + timedelta(days=7)
    leads = [
        Lead(
            store=store, staff=staff, launch=launch, title="Call her", source="play",
            due_on=due, opened_on=clock.today(),
        )
        for staff, count in counts.items()
        for _ in range(count)
    ]  # fmt: skip
    return [lead.pk for lead in Lead.objects.bulk_create(leads)]


def make_due() -> None:
    Sending.objects.filter(state=State.WAITING).update(due_at=clock.now())


def test_a_set_of_messages_is_one_event_and_arrives_as_one_call(
    connected: FakeWecom, colleague: Colleague
) -> None:
    users = [colleague(name, wecom=connected) for name in ("lan", "hua")]
    ids = write(users)
    assert len(ids) == 2
    jobs.tell_messages(ids)
    jobs.tell_messages(ids)
    assert Event.objects.filter(topic="wecom.queued").count() == 1
    jobs.send_queued()
    (body,) = connected.calls_of(SEND)
    assert set(body["touser"].split("|")) == {"lan", "hua"}
    card = body["textcard"]
    assert (card["title"], card["description"]) == ("Briefing", "Yesterday 12.00.")
    assert card["url"].startswith(f"{PUBLIC}/wecom/enter/?next=")
    (next_path,) = parse_qs(urlsplit(card["url"]).query)["next"]
    assert next_path == "/m/briefing/?day=2020-05-03"
    assert {userid for userid, _card in connected.delivered} == {"lan", "hua"}
    assert sending.send_due() == 0
    assert set(Sending.objects.values_list("state", flat=True)) == {State.SENT}


def test_who_is_not_in_wecom_is_told_nothing_there(
    connected: FakeWecom, colleague: Colleague
) -> None:
    user = colleague("lan", wecom=connected)
    StaffMatch.objects.all().delete()
    assert telling.tell_messages(write([user])) == 0
    assert Message.objects.count() == 1


def test_messages_written_before_are_not_told_again(
    connected: FakeWecom, colleague: Colleague
) -> None:
    user = colleague("lan", wecom=connected)
    write([user])
    count = Event.objects.filter(topic="messages.written").count()
    rows = pa.Table.from_pylist(
        [{"user_id": user.pk, "kind": "morning", "about": "1", "title": "again"}],
        schema=messages.LETTERS,
    )
    assert messages.write(rows) == 0
    assert Event.objects.filter(topic="messages.written").count() == count


def test_a_message_without_a_phone_page_opens_the_messages(
    connected: FakeWecom, colleague: Colleague
) -> None:
    telling.tell_messages(write([colleague("lan")], phone_address=""))
    assert Sending.objects.get().path == "/m/messages/"


def test_the_leads_of_a_morning_are_one_message_a_person(
    connected: FakeWecom, colleague: Colleague, store: Node
) -> None:
    lan, hua = colleague("lan", wecom=connected), colleague("hua", wecom=connected)
    boss = colleague("boss", User.Role.STORE_MANAGER, wecom=connected)
    accounts.choose_language(hua, "en")
    launch = Launch.objects.create(on=clock.today())
    ids = open_leads(store, {lan.staff: 15, hua.staff: 1, None: 4}, launch)
    jobs.tell_leads(lead_ids=ids, store_ids=[store.pk])
    jobs.tell_leads(lead_ids=ids)
    sending.send_due()
    told = {userid: card["title"] for userid, card in connected.delivered}
    assert told["hua"] == "1 lead for today"
    assert "15" in told["lan"]
    assert "4" in told["boss"]
    assert len(connected.delivered) == 3
    assert boss.staff is not None
    about = set(Sending.objects.values_list("about", flat=True))
    assert about == {f"launch-{launch.pk}"}
    paths = {parse_qs(urlsplit(c["url"]).query)["next"][0] for _u, c in connected.delivered}
    assert paths == {"/m/leads/"}


def test_leads_given_by_hand_are_told_once_and_those_of_nobody_are_not(
    connected: FakeWecom, colleague: Colleague, store: Node
) -> None:
    lan = colleague("lan", wecom=connected)
    colleague("boss", User.Role.STORE_MANAGER, wecom=connected)
    accounts.choose_language(lan, "en")
    ids = open_leads(store, {lan.staff: 3, None: 1})
    Lead.objects.filter(pk=ids[0]).update(state=Lead.State.TAKEN)  # by herself
    jobs.tell_assigned(lead_ids=ids, store_ids=[store.pk], staff_id=lan.staff_id)
    sending.send_due()
    titles = [(userid, card["title"]) for userid, card in connected.delivered]
    assert titles == [("lan", "2 leads were given to you")]


def test_at_night_only_the_mornings_own_leads_are_told_at_once(
    connected: FakeWecom, colleague: Colleague, store: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = colleague("lan", wecom=connected)
    opens_at = clock.now() + timedelta(hours=3)
    monkeypatch.setattr(telling, "end_of_quiet", lambda: opens_at)
    launch = Launch.objects.create(on=clock.today())
    jobs.tell_leads(lead_ids=open_leads(store, {lan.staff: 15}, launch))
    by_event = open_leads(store, {lan.staff: 1})
    jobs.tell_leads(lead_ids=by_event)
    jobs.tell_assigned(lead_ids=by_event)
    sending.send_due()
    assert len(connected.delivered) == 1
    waiting = Sending.objects.filter(state=State.WAITING)
    assert set(waiting.values_list("kind", "due_at")) == {
        ("leads", opens_at), ("leads_assigned", opens_at),
    }  # fmt: skip


def test_thousands_are_told_by_a_call_for_each_thousand(connected: FakeWecom) -> None:
    names = [f"u{n}" for n in range(2300)]
    connected.users |= set(names)
    Sending.objects.bulk_create(
        Sending(userid=name, kind="k", about="1", title="同一条", path="/m/") for name in names
    )
    assert sending.send_due() == 2300
    sizes = [len(body["touser"].split("|")) for body in connected.calls_of(SEND)]
    assert sorted(sizes) == [300, 1000, 1000]
    assert len(connected.delivered) == 2300


def test_whom_wecom_does_not_know_is_tried_again_and_then_told_on_the_page(
    connected: FakeWecom, colleague: Colleague
) -> None:
    users = [colleague("lan", wecom=connected), colleague("Ghost")]
    telling.tell_messages(write(users))
    assert sending.send_due() == 1
    ghost = Sending.objects.get(userid="Ghost")
    assert (ghost.state, ghost.tries, ghost.error) == (State.WAITING, 1, "invaliduser")
    assert ghost.due_at > clock.now() + timedelta(seconds=50)
    for _ in range(2):
        make_due()
        sending.send_due()
    ghost.refresh_from_db()
    assert (ghost.state, ghost.tries) == (State.FAILED, 3)
    assert "does not know" in sending.reason_of(ghost)
    connected.users.add("Ghost")
    assert sending.send_failed_again(None) == 1
    assert sending.send_due() == 1
    assert [userid for userid, _card in connected.delivered] == ["lan", "Ghost"]


def test_nobody_is_sent_more_than_30_a_minute_and_none_is_lost(
    connected: FakeWecom, colleague: Colleague
) -> None:
    colleague("lan", wecom=connected)
    Sending.objects.bulk_create(
        Sending(userid="lan", kind="k", about=str(n), title=f"No. {n}", path="/m/")
        for n in range(40)
    )
    assert sending.send_due() == 30
    assert len(connected.delivered) == 30  # nothing was dropped over there
    held = Sending.objects.filter(state=State.WAITING)
    assert held.count() == 10
    assert sending.send_due() == 0
    Sending.objects.filter(state=State.SENT).update(sent_at=clock.now() - timedelta(seconds=61))
    connected.later = 61
    make_due()
    assert sending.send_due() == 10
    assert len(connected.delivered) == 40


def test_the_fake_drops_what_is_too_much_without_a_word(connected: FakeWecom) -> None:
    from regulars.act.wecom.api import Card, send_card

    connected.users.add("lan")
    for n in range(31):
        assert not send_card(["lan"], Card(f"No. {n}", "", f"{PUBLIC}/m/", "Open"))
    assert len(connected.delivered) == 30


@pytest.mark.parametrize(("code", "tries"), [(45009, 0), (60020, 1), (48002, 1)])
def test_what_wecom_refuses_waits_and_is_told(
    connected: FakeWecom, colleague: Colleague, code: int, tries: int
) -> None:
    telling.tell_messages(write([colleague("lan", wecom=connected)]))
    connected.troubles[SEND].append(code)
    assert sending.send_due() == 0
    row = Sending.objects.get()
    assert (row.state, row.tries) == (State.WAITING, tries)
    assert row.due_at > clock.now()
    assert bool(connection().trouble) is bool(tries)
    make_due()
    assert sending.send_due() == 1
    assert not connection().trouble


def test_while_wecom_is_away_what_is_to_be_told_waits(
    connected: FakeWecom, colleague: Colleague
) -> None:
    telling.tell_messages(write([colleague("lan", wecom=connected)]))
    save_connection(None, api_address="http://127.0.0.1:9")
    assert sending.send_due() == 0
    assert (Sending.objects.get().tries, Sending.objects.get().state) == (0, State.WAITING)
    assert "reached" in connection().trouble
    save_connection(None, api_address=connected.address)
    make_due()
    assert sending.send_due() == 1


def test_a_call_whose_answer_was_lost_is_made_again_and_arrives_once(
    connected: FakeWecom, colleague: Colleague
) -> None:
    telling.tell_messages(write([colleague("lan", wecom=connected)]))
    sending.send_due()
    Sending.objects.update(state=State.WAITING, sent_at=None)
    assert sending.send_due() == 1
    assert len(connected.calls_of(SEND)) == 2
    assert len(connected.delivered) == 1


def test_without_wecom_nothing_is_put_down_and_nothing_sent(
    connected: FakeWecom, colleague: Colleague, store: Node
) -> None:
    user = colleague("lan", wecom=connected)
    save_connection(None, is_active=False)
    assert telling.tell_messages(write([user])) == 0
    assert telling.tell_opened(open_leads(store, {user.staff: 1})) == 0
    assert telling.tell_assigned([]) == 0
    assert sending.send_due() == 0
    assert not connected.calls


def test_what_was_sent_is_forgotten_after_60_days(
    connected: FakeWecom, colleague: Colleague
) -> None:
    telling.tell_messages(write([colleague("lan")]))
    Sending.objects.update(made_at=clock.now() - timedelta(days=61))
    assert sending.forget_sendings() == 1
