"""What is done about a callback: the greeting first, since it has 20 seconds; then the rest."""

from collections.abc import Callable
from datetime import timedelta

from regulars.act.wecom import api, client, errors
from regulars.act.wecom.connecting import connection
from regulars.act.wecom.contacts import End, add_contact, end_contact
from regulars.act.wecom.errors import Away, Later, NotConnected, WecomError
from regulars.act.wecom.models import Callback
from regulars.act.wecom.rules import WELCOME_SECONDS
from regulars.ground.kit import clock

Welcome = Callback.Welcome
CONTACT_CHANGED = "change_external_contact"
TRIED_AGAIN_AFTER = 1.0


def handle(callback_id: int) -> None:
    """Do what a callback asks for, once."""
    told = Callback.objects.select_for_update().filter(pk=callback_id).first()
    if told is None or told.handled_at is not None:
        return
    if told.event == CONTACT_CHANGED and (act := ACTS.get(told.change_type)):
        act(told)
    told.handled_at = clock.now()
    told.facts.pop("WelcomeCode", None)
    told.save(update_fields=["handled_at", "facts", "welcome"])


def greet(told: Callback) -> str:
    """Send the greeting, while there is time for it; what became of it. Another app that is
    sending one is waited for, as long as the 20 seconds last; one that has sent it is left at it.
    """
    text, code = connection().welcome, told.facts.get("WelcomeCode", "")
    if not (text and code):
        return Welcome.NONE
    until = told.received_at + timedelta(seconds=WELCOME_SECONDS)
    while clock.now() < until:
        try:
            api.send_welcome(code, text)
        except WecomError as refusal:
            if refusal.code in ENDS:
                return ENDS[refusal.code]
            if refusal.code != errors.WELCOME_BUSY and not isinstance(refusal, Later):
                return Welcome.FAILED
            client.pause(TRIED_AGAIN_AFTER)
        except (Away, NotConnected):
            return Welcome.FAILED  # whether it arrived is not known: never twice
        else:
            return Welcome.SENT
    return Welcome.LATE


def _added(told: Callback) -> None:
    told.welcome = greet(told)
    add_contact(told)


def _ended_by_staff(told: Callback) -> None:
    end_contact(told, End.STAFF)


def _ended_by_customer(told: Callback) -> None:
    end_contact(told, End.CUSTOMER)


ENDS = {errors.WELCOME_EXPIRED: Welcome.LATE, errors.WELCOME_SENT: Welcome.BEFORE}
ACTS: dict[str, Callable[[Callback], None]] = {
    "add_external_contact": _added,
    "add_half_external_contact": _added,
    "del_external_contact": _ended_by_staff,
    "del_follow_user": _ended_by_customer,
}
