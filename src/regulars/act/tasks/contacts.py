"""By which channels a member may be approached: what she allows, how often, at what hour."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from regulars.act.tasks.models import Contact
from regulars.act.tasks.rules import Caps, Channel, allowed, is_quiet, quiet_ends
from regulars.ground.kit import clock
from regulars.ground.kit.deployment import chain
from regulars.know.members.models import Member

CONSENTS: dict[str, str] = {
    Channel.CALL: "is_call_allowed",
    Channel.SMS: "is_sms_allowed",
    Channel.WECOM: "is_wecom_allowed",
}


def caps() -> Caps:
    """As the chain has set them."""
    told = chain()
    by_channel: dict[str, int] = {
        Channel.CALL: told.most_calls,
        Channel.SMS: told.most_sms,
        Channel.WECOM: told.most_wecom,
    }
    return Caps(told.contact_days, told.most_contacts, by_channel, told.contact_unasked)


def is_quiet_now() -> bool:
    """Whether nobody is to be approached from afar at this moment."""
    told = chain()
    return is_quiet(_on_the_wall(), told.quiet_from_hour, told.quiet_until_hour)


def end_of_quiet() -> datetime:
    """This moment, or the end of the hours in which nobody is approached."""
    told = chain()
    return quiet_ends(_on_the_wall(), told.quiet_from_hour, told.quiet_until_hour)


def _on_the_wall() -> datetime:
    return clock.now().astimezone(clock.zone())


def counted_since() -> datetime:
    """From when on contacts count."""
    return clock.now() - timedelta(days=caps().days)


def channels_of(member: Member, *, is_service: bool = False) -> list[str]:
    """The channels open to her, but for the hour and the counter, where she may always be spoken
    to."""
    consents = {channel: getattr(member, name) for channel, name in CONSENTS.items()}
    made = Contact.objects.filter(member=member, made_at__gt=counted_since())
    contacts = Counter(made.values_list("channel", flat=True))
    return open_channels(consents, contacts, is_service=is_service)


def open_channels(
    consents: Mapping[str, bool | None], contacts: Mapping[str, int], *, is_service: bool
) -> list[str]:
    """The same, of what she allows and how often she was approached since `counted_since`."""
    return allowed(consents, contacts, caps(), is_service=is_service)
