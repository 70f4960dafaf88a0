"""Leads as the phone and the desk show them: who, why, what to offer, what to send."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signing import TimestampSigner
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.act.tasks import service
from regulars.act.tasks.models import Lead
from regulars.act.wecom.service import chats_of
from regulars.ground.kit import clock
from regulars.know.catalog.models import Product
from regulars.know.members.models import Member
from regulars.know.members.service import ChildToday, list_children
from regulars.know.tags.service import Subject, Value, defined
from regulars.understand.experiments.models import Touch
from regulars.web.parts.names import masked_name
from regulars.web.parts.tags_of import text_of
from regulars.web.parts.who import signed_in

RATING_SALT = "regulars.rating"
FINDING, ASKED = "finding", ("org", "category", "from", "to", "against")
"""What a finding's task keeps of the question that its evidence answers."""


@dataclass(frozen=True)
class Card:
    """A lead for one thumb. `offer` is the one thing to suggest, `text` what is copied and sent,
    `link` its content alone; `channels` those that may be used with her now; `chat` is whom WeCom
    knows her as, "" where the reader has no contact with her there."""

    lead: Lead
    name: str
    child: str
    offer: str
    text: str
    link: str
    channels: Sequence[str]
    chat: str

    @property
    def may_send(self) -> bool:
        return bool({Touch.Channel.SMS, Touch.Channel.WECOM} & set(self.channels))


@dataclass(frozen=True)
class Fact:
    name: str
    text: str


def cards_of(request: HttpRequest, leads: QuerySet[Lead] | Sequence[Lead]) -> list[Card]:
    """Of many at once: children, goods and contacts are asked for together."""
    found = list(leads)
    prefetch_related_objects([lead.member for lead in found if lead.member], "children")
    goods = _names_of({lead.goods[0] for lead in found if lead.goods})
    channels = service.channels_of_leads(found)
    members = {lead.member_id for lead in found if lead.member_id}
    chats = chats_of(signed_in(request).staff, members)
    return [
        Card(
            lead,
            masked_name(lead.member) if lead.member else "",
            child_of(lead.member) if lead.member else "",
            offer_of(lead, goods),
            text_to_send(request, lead),
            lead.content_url,
            channels.get(lead.pk, ()),
            chats.get(lead.member_id or 0, ""),
        )
        for lead in found
    ]


def offer_of(lead: Lead, goods: Mapping[str, str]) -> str:
    """The one suggestion of a lead: what suits her first, and the coupon for it."""
    first = goods.get(lead.goods[0], lead.goods[0]) if lead.goods else ""
    return " · ".join(each for each in (first, lead.coupon) if each)


def child_of(member: Member) -> str:
    """Her youngest child's age in months, or when it is expected; nothing without one."""
    children = list_children(member, clock.today())
    return age_of(children[-1]) if children else ""


def age_of(child: ChildToday) -> str:
    if child.age_months < 0:
        due = child.due_on or child.birth_on
        return _("expected %(due)s") % {"due": f"{due:%m-%d}" if due else "—"}
    months = child.age_months
    return ngettext("%(months)s month", "%(months)s months", months) % {"months": months}


def text_to_send(request: HttpRequest, lead: Lead) -> str:
    """What the customer gets, in the chain's language whoever sends it: the talk, its content, and
    where she says with one tap how it was."""
    if lead.member is None:
        return lead.talk
    address = request.build_absolute_uri(reverse("rate", args=[rating_token(lead.pk)]))
    with translation.override(settings.LANGUAGE_CODE):
        asked = _("How was our service? One tap: %(address)s") % {"address": address}
    return "\n".join(each for each in (lead.talk, lead.content_url, asked) if each)


def rating_token(lead_id: int) -> str:
    return TimestampSigner(salt=RATING_SALT, sep="~").sign(str(lead_id))


def evidence_of(lead: Lead) -> str:
    """Where a finding's task has its evidence: the phone's page of why; "" for any other lead."""
    if lead.source != FINDING:
        return ""
    asked = {name: lead.facts[name] for name in ASKED if lead.facts.get(name)}
    return f"{reverse('phone_why')}?{urlencode(asked)}"


def ended_because(lead: Lead) -> str:
    """Why it ended by itself; "" where somebody closed it, or it is to do."""
    last = lead.changes.filter(what="closed").order_by("-pk").first()
    if lead.is_to_do or last is None:
        return ""
    return {
        "play_stopped": _("Its play was stopped before anybody began."),
        "play_paused": _("Its play rests: it comes back when the play is approved again."),
        "finding_gone": _("It is not found any more."),
        "lapsed": _("Nobody worked on it in time."),
    }.get(last.detail.get("why", ""), "")


def facts_of(lead: Lead) -> list[Fact]:
    """What the reason was written from, in the reader's language."""
    if lead.source == FINDING:
        return []
    tags = {tag.code: tag for tag in defined(Subject.MEMBER).checked.tags}
    return [_fact(code, value, tags) for code, value in lead.facts.items() if value is not None]


def _fact(code: str, value: Any, tags: Mapping[str, Any]) -> Fact:
    if code not in tags:
        return Fact(code.replace("_", " "), str(value))
    told = Value(tags[code], value)
    try:
        return Fact(told.name, text_of(told) or "—")
    except (TypeError, ValueError, AttributeError):  # a date as JSON keeps it
        return Fact(told.name, str(value))


def _names_of(codes: Iterable[str]) -> dict[str, str]:
    wanted = list(codes)
    if not wanted:
        return {}
    return dict(Product.objects.filter(code__in=wanted).values_list("code", "name"))
