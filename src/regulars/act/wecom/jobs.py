"""What the worker does for WeCom."""

from typing import Any

from regulars.act.wecom import callbacks, contacts, handling, limits, marking, sending, telling
from regulars.ground.jobs.service import PROMPT, every, publish, subscribe
from regulars.ground.messages.service import WRITTEN
from regulars.know.identities.service import FORGOTTEN, get_forgetting
from regulars.know.members.models import Member

QUEUED = "wecom.queued"


@subscribe(callbacks.CALLED_BACK, queue=PROMPT)
def answer_callback(callback_id: int) -> None:
    handling.handle(callback_id)


@subscribe(WRITTEN)
def tell_messages(message_ids: list[int]) -> None:
    _queued(telling.tell_messages(message_ids))


@subscribe("lead.opened")
def tell_leads(lead_ids: list[int], **_others: Any) -> None:
    _queued(telling.tell_opened(lead_ids))


@subscribe("lead.assigned")
def tell_assigned(lead_ids: list[int], **_others: Any) -> None:
    _queued(telling.tell_assigned(lead_ids))


@subscribe(QUEUED)
def send_queued() -> None:
    """In a job of its own: what was put down stands, whatever becomes of sending it."""
    sending.send_due()


@subscribe(FORGOTTEN)
def forget_person(forgetting_id: int) -> None:
    member_id = get_forgetting(forgetting_id).member_id
    merged = Member.objects.filter(merged_into=member_id).values_list("pk", flat=True)
    marking.take_off([member_id, *merged])
    contacts.forget_contacts([member_id, *merged])


@every("* * * * *")
def send_due() -> None:
    sending.send_due()


@every("*/10 * * * *")
def sync_contacts() -> None:
    contacts.sync_contacts()


@every("8,23,38,53 * * * *")
def compare_tags() -> None:
    marking.compare()


@every("* * * * *")
def tell_marks() -> None:
    marking.tell_marks()


@every("41 * * * *")
def forget_calls() -> None:
    limits.forget_calls()


@every("47 19 * * *")
def forget_old() -> None:
    sending.forget_sendings()
    callbacks.forget_callbacks()


def _queued(count: int) -> None:
    if count:
        publish(QUEUED)
