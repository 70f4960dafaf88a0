"""Customers whom colleagues have in WeCom: added, known as members, gone."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.act.wecom import api, errors
from regulars.act.wecom.errors import Away, NotConnected, WecomError
from regulars.act.wecom.models import Callback, Contact, StaffMatch
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.errors import NotFound
from regulars.ground.kit.sql import named
from regulars.know.collect.models import Source
from regulars.know.collect.service import make_source, receive_events
from regulars.know.identities.service import Kind, find_member_id
from regulars.know.members.models import Member

SOURCE_NAME = "WeCom"
ADDED, ENDED, KNOWN = "wecom_contact_added", "wecom_contact_ended", "wecom_contact_known"
ASKED_FOR = timedelta(days=3)
MOST_AT_ONCE = 200
End = Contact.End


def add_contact(told: Callback) -> Contact:
    """She was added: kept, and told to the house as an event."""
    contact, _is_new = Contact.objects.update_or_create(
        userid=_userid(told.userid),
        external_userid=told.external_userid,
        defaults={
            "state": told.facts.get("State", ""), "added_at": told.told_at,
            "ended_at": None, "ended_by": "",
        },
    )  # fmt: skip
    contact.marks.all().delete()  # added again she wears nothing any more
    sync(contact)
    _tell(ADDED, contact, told.told_at)
    return contact


def end_contact(told: Callback, ended_by: str) -> None:
    """One of the two deleted the other; told later than she was added again, it changes nothing."""
    open_ = Contact.objects.filter(
        userid__iexact=told.userid, external_userid=told.external_userid, ended_at=None,
        added_at__lte=told.told_at,
    )  # fmt: skip
    for contact in open_:
        contact.ended_at, contact.ended_by = told.told_at, ended_by
        contact.save(update_fields=["ended_at", "ended_by"])
        _tell(ENDED, contact, told.told_at)


def find_contact(user: User, external_userid: str) -> Contact | None:
    """The user's own, that has not ended."""
    match = _match_of(user)
    own = Contact.objects.filter(external_userid=external_userid, ended_at=None)
    return own.filter(userid__iexact=match.userid).first() if match else None


def own_contact(user: User, external_userid: str) -> Contact:
    """The same; one from before we heard of such things is asked for. Raises NotFound."""
    if known := find_contact(user, external_userid):
        return known
    match = _match_of(user)
    if match is None:
        raise NotFound(_("Your account is not matched with a WeCom user yet."))
    try:
        facts = api.get_customer(external_userid)
    except WecomError:
        facts = {}
    if not _followed_by(match.userid, facts):
        raise NotFound(_("This is no customer of yours in WeCom."))
    contact, _is_new = Contact.objects.update_or_create(
        userid=match.userid,
        external_userid=external_userid,
        defaults={"ended_at": None, "ended_by": "", "synced_at": clock.now()},
    )
    if contact.member_id is None:
        contact.member_id = _member_in(match.userid, external_userid, facts)
        contact.save(update_fields=["member"])
    return contact


def find_member_of(user: User, external_userid: str) -> Member | None:
    """The member behind a customer: as this colleague told, as her identities say, or as another
    colleague told who has her too."""
    contact = find_contact(user, external_userid)
    known = contact.member_id if contact else None
    known = known or find_member_id(Kind.EXTERNAL_USERID, external_userid)
    if known is None:
        told = Contact.objects.filter(external_userid=external_userid, member__isnull=False)
        known = told.values_list("member_id", flat=True).first()
    return Member.objects.filter(pk=known, forgotten_at=None).first() if known else None


def tell_member(actor: User, external_userid: str, member: Member) -> Contact:
    """The colleague says with whom she chats. Raises NotFound for a customer who is not hers."""
    contact = own_contact(actor, external_userid)
    contact.member = member
    contact.save(update_fields=["member"])
    record(actor, "wecom.member_told", "member", member.pk, userid=contact.userid)
    _tell(KNOWN, contact, clock.now())
    return contact


def chats_of(user: User, member_ids: Iterable[int]) -> dict[int, str]:
    """{member: her external_userid} of those whom this colleague can chat with now."""
    asked: dict[str, Any] = {"staff": user.staff_id, "members": list(member_ids)}
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "chats"), asked)
        return dict(cursor.fetchall())


def list_contacts() -> QuerySet[Contact]:
    return Contact.objects.select_related("member").order_by("-added_at", "-pk")


def forget_contacts(member_ids: Sequence[int]) -> None:
    """A forgotten person leaves no trace of whom she chatted with."""
    theirs = Contact.objects.filter(member_id__in=member_ids)
    external = list(theirs.values_list("external_userid", flat=True))
    Callback.objects.filter(external_userid__in=external).delete()
    Contact.objects.filter(external_userid__in=external).delete()


def sync_contacts() -> int:
    """Ask about those added lately whom WeCom has not told of yet; how many."""
    since = clock.now() - ASKED_FOR
    waiting = Contact.objects.filter(synced_at=None, ended_at=None, added_at__gt=since)
    found = list(waiting.order_by("-added_at")[:MOST_AT_ONCE])
    for contact in found:
        sync(contact)
    return len(found)


def sync(contact: Contact) -> None:
    """Ask WeCom who she is. What it does not answer stays open, and is asked again; the colleague
    can tell, too."""
    facts: dict[str, Any] = {}
    try:
        facts = api.get_customer(contact.external_userid)
        contact.synced_at = clock.now()
    except WecomError as refusal:
        if refusal.code == errors.NO_RELATION:
            contact.ended_at, contact.ended_by = clock.now(), End.UNKNOWN
    except (Away, NotConnected):
        pass
    if contact.member_id is None:
        contact.member_id = _member_in(contact.userid, contact.external_userid, facts)
    contact.save()


def _member_in(userid: str, external_userid: str, facts: dict[str, Any]) -> int | None:
    """By her identities, or by a phone that the colleague noted, if just one member has it."""
    if known := find_member_id(Kind.EXTERNAL_USERID, external_userid):
        return known
    unionid = facts.get("external_contact", {}).get("unionid", "")
    if unionid and (known := find_member_id(Kind.UNIONID, unionid)):
        return known
    noted = [
        phone
        for follow in _followed_by(userid, facts)
        for phone in follow.get("remark_mobiles", [])
    ]
    hashes = [crypto.lookup_hash(phone) for phone in noted]
    found = Member.objects.filter(phone_hash__in=hashes, merged_into=None, forgotten_at=None)
    ids = list(found.values_list("pk", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None


def _followed_by(userid: str, facts: dict[str, Any]) -> list[dict[str, Any]]:
    follows = facts.get("follow_user", [])
    return [each for each in follows if each.get("userid", "").lower() == userid.lower()]


def _tell(event: str, contact: Contact, at: datetime) -> None:
    """Into the house's inbox, by the road that all events take; told again it is known."""
    external = contact.external_userid
    call = {
        "type": "track",
        "event": event,
        "messageId": f"{event}:{contact.userid}:{external}:{int(at.timestamp())}",
        "anonymousId": f"wecom:{external}",
        "originalTimestamp": at.isoformat(),
        "properties": {
            "external_userid": external, "wecom_userid": contact.userid, "state": contact.state,
        },
    }  # fmt: skip
    if contact.member is not None:
        call["userId"] = contact.member.code
    receive_events(orjson.dumps({"batch": [call]}), source=_source().code)


def _source() -> Source:
    known = Source.objects.filter(name=SOURCE_NAME, kind=Source.Kind.SEGMENT).first()
    return known or make_source(None, SOURCE_NAME, Source.Kind.SEGMENT)[0]


def _match_of(user: User) -> StaffMatch | None:
    return StaffMatch.objects.filter(staff_id=user.staff_id).first() if user.staff_id else None


def _userid(told: str) -> str:
    """As the colleague is matched, in whatever letters WeCom writes it."""
    match = StaffMatch.objects.filter(userid__iexact=told).first()
    return match.userid if match else told
