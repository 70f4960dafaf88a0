"""By which channels a member may be approached: what she allows, how often, at what hour."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from regulars.act.tasks.models import Contact, Lead
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


def contacts_of(member_ids: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """How often each member was approached by each channel within the days that count."""
    since = clock.now() - timedelta(days=caps().days)
    found: dict[int, Counter[str]] = {}
    rows = Contact.objects.filter(member_id__in=list(member_ids), made_at__gt=since)
    for member_id, channel in rows.values_list("member_id", "channel"):
        found.setdefault(member_id, Counter())[channel] += 1
    return found


def channels_of(member: Member, *, is_service: bool = False) -> list[str]:
    """The channels open to her, but for the hour and the counter, where she may always be spoken
    to."""
    consents = {channel: getattr(member, name) for channel, name in CONSENTS.items()}
    contacts = contacts_of([member.pk]).get(member.pk, {})
    return allowed(consents, contacts, caps(), is_service=is_service)


def channels_of_leads(leads: Iterable[Lead]) -> dict[int, list[str]]:
    """The channels by lead, of all of them at once; none for a task without a member."""
    about = {lead.pk: lead for lead in leads if lead.member is not None}
    contacts = contacts_of(lead.member_id for lead in about.values() if lead.member_id)
    return {pk: _channels(lead, contacts) for pk, lead in about.items()}


def _channels(lead: Lead, contacts: Mapping[int, Mapping[str, int]]) -> list[str]:
    assert lead.member is not None
    consents = {channel: getattr(lead.member, name) for channel, name in CONSENTS.items()}
    is_service = bool(lead.play and lead.play.is_service)
    made = contacts.get(lead.member.pk, {})
    return allowed(consents, made, caps(), is_service=is_service)
